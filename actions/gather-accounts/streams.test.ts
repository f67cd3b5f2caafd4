import { describe, expect, test } from "bun:test";
import type { AccountsMemory } from "../../lib/remotes/salesforce/accounts-memory.ts";
import { NEVER } from "../../lib/stop.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import { Random } from "../../sandbox/seed/random.ts";
import { to18 } from "../../sandbox/seed/salesforce-ids.ts";
import type { SalesforceRecord, World } from "../../sandbox/types.ts";
import { SandboxOrg } from "../../test/support/salesforce/sandbox-session.ts";
import { type GatheredAccounts, gatherAccounts } from "./gather.ts";

const TODAY = "2026-11-23";
const NO_LINE = { add() {}, total() {}, end() {}, breakOff() {} };
const SUBSCRIPTION = "Zuora__Subscription__c";
const CHARGE = "Zuora__SubscriptionProductCharge__c";

function worldOf(seed: number, accounts = 150): World {
  return buildWorld({ accounts, seed, today: TODAY, now: new Date(`${TODAY}T12:00:00Z`) });
}

function orgOf({ salesforce, deletedAccounts }: World, batch: number): SandboxOrg {
  return new SandboxOrg(salesforce, batch, deletedAccounts);
}

function gather(org: SandboxOrg, accounts: AccountsMemory | null): Promise<GatheredAccounts> {
  const terms = { allianceAccountId: null, remembered: { merges: [], accounts } };
  return gatherAccounts(org.reader, TODAY, terms, NO_LINE, NEVER);
}

/** Everything that becomes an artifact, as bytes. */
function bytesOf({ accounts, partners, merged, quarantined, notes }: GatheredAccounts): string {
  return JSON.stringify({ accounts, partners, merged, quarantined, notes });
}

function memoryOf({ memory }: GatheredAccounts): AccountsMemory {
  if (!memory) throw new Error("nothing was left for the next run");
  return memory;
}

const isFlat = (soql: string) =>
  soql.startsWith("SELECT ") && !soql.includes("(SELECT ") && /Zuora|Account_ID/.test(soql);
const isNestedOfAll = (soql: string) => soql.includes("(SELECT ") && !soql.includes(" AND Id ");

/** One of the things that happen to accounts, at random. All its edits are one moment. */
function change(org: SandboxOrg, random: Random): void {
  const { salesforce } = org.client.salesforce.standing();
  const pick = (records: SalesforceRecord[]) => (records.length === 0 ? null : random.pick(records));
  const account = pick(salesforce.Account);
  if (!account) return;
  const id = String(account.Id);
  const own = (object: typeof SUBSCRIPTION | typeof CHARGE) =>
    salesforce[object].filter((one) => one.Zuora__Account__c === id);
  const other = String(pick(salesforce.Account)?.Id);
  const charge = pick(own(CHARGE));
  const changes: (() => void)[] = [
    () => org.salesforce.edit("Account", id, { Name: `Renamed ${random.integer(1, 99)}` }),
    () => org.salesforce.edit("Account", id, { Type: random.pick(["Customer", "Former Customer", "Prospect"]) }),
    () =>
      org.salesforce.edit("Account", id, {
        Type: "Partner",
        Partners_Partner_Status__c: "Authorized",
        Partner_Track__c: "Open",
      }),
    () => renew(org, id),
    () => org.salesforce.delete("Account", id),
    () => (other === id ? undefined : org.salesforce.mergeAccounts(id, other)),
    () => charge && org.salesforce.delete(CHARGE, String(charge.Id)),
    () => charge && org.salesforce.edit(CHARGE, String(charge.Id), { Zuora__EffectiveEndDate__c: "2026-11-22" }),
    () => charge && org.salesforce.edit(CHARGE, String(charge.Id), { Zuora__Account__c: other }),
    () => charge && org.salesforce.edit(CHARGE, String(charge.Id), { Zuora__Quantity__c: "many" }),
    () => org.salesforce.add("Account", { ...account, ...newAccount(random) }),
  ];
  random.pick(changes)();
}

function newAccount(random: Random): SalesforceRecord {
  const id = to18(`0014M0000${String(random.integer(100_000, 999_999))}`);
  return { Id: id, Account_ID_18__c: id, Name: `New ${id}` };
}

/** What was bought ends, and the same begins anew: for a moment that nobody may see, there is neither. */
function renew(org: SandboxOrg, accountId: string): void {
  const { salesforce } = org.client.salesforce.standing();
  for (const object of [SUBSCRIPTION, CHARGE] as const)
    for (const record of salesforce[object].filter((one) => one.Zuora__Account__c === accountId)) {
      const id = String(record.Id);
      org.salesforce.delete(object, id);
      org.salesforce.add(object, {
        ...record,
        Id: to18(`${id.slice(0, 5)}9${id.slice(6, 15)}`),
        Name: `${record.Name} renewed`,
      });
    }
}

describe("read in streams", () => {
  test("the same bytes as by the nested query, whatever changed since the last run", async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const org = orgOf(worldOf(seed, random.integer(5, 160)), random.pick([7, 20, 40]));
      const left = memoryOf(await gather(org, null));
      for (let many = random.integer(0, 8); many > 0; many--) change(org, random);
      const nested = await gather(org, null);
      org.asked.length = 0;
      const pageRows = random.pick([3, 10, 50, 2000]);
      const streamed = await gather(org, { ...left, pageRows });
      expect(bytesOf(streamed), `seed ${seed}`).toBe(bytesOf(nested));
      expect(memoryOf(streamed).accounts, `seed ${seed}`).toEqual(memoryOf(nested).accounts);
      if (left.accounts.length > 0 && left.nestedRequests > 2) {
        expect(org.asked.some(isFlat)).toBe(true);
        expect(org.asked.some(isNestedOfAll), `seed ${seed}`).toBe(false);
      }
    }
  }, 120_000);

  test("a change at any request: every account is as it was before or after it, and none is lost", async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const world = worldOf(seed, 30);
      const { before, memory, requests } = await quietRun(world, 20, 12);
      for (let at = 1; at <= requests; at++) {
        const org = orgOf(world, 20);
        const changes = new Random(seed * 1000 + at);
        org.atRequest = (nth) => {
          if (nth === at) for (const _ of [1, 2, 3]) change(org, changes);
          return undefined;
        };
        const torn = await gather(org, memory);
        const after = await gather(orgOf({ ...world, ...org.salesforce.standing() }, 20), null);
        expectOneOf(torn, before, after, `seed ${seed}, request ${at}`);
      }
    }
  }, 120_000);

  test("everything is renewed in the middle, at any request: nobody is without what they bought", async () => {
    const world = worldOf(1, 40);
    const { before, memory, requests } = await quietRun(world, 20, 12);
    expect(requests).toBeGreaterThan(15);
    for (let at = 1; at <= requests; at++) {
      const org = orgOf(world, 20);
      org.atRequest = (nth) => {
        if (nth === at) for (const { Id } of world.salesforce.Account) renew(org, String(Id));
        return undefined;
      };
      const torn = await gather(org, memory);
      const after = await gather(orgOf({ ...world, ...org.salesforce.standing() }, 20), null);
      expectOneOf(torn, before, after, `request ${at}`);
    }
  }, 60_000);

  test("an account of which only the children came is asked for at once", async () => {
    const world = worldOf(1, 40);
    const { memory, before } = await quietRun(world, 20, 2000);
    const [someone] = before.accounts.filter((one) => one.subs.length > 0 && one.charges.length > 0);
    const id = String(someone?.salesforce_id);
    const org = orgOf(world, 20);
    org.salesforce.edit("Account", id, { Type: "Prospect" });
    org.atRequest = (_, soql) => {
      if (isFlat(soql) && soql.includes(`FROM ${CHARGE}`)) org.salesforce.edit("Account", id, { Type: "Customer" });
      return undefined;
    };
    const unknown = { ...memory, accounts: memory.accounts.filter((one) => one.id !== id) };
    expect((await gather(org, unknown)).accounts.find((one) => one.salesforce_id === id)).toEqual(someone);
  });

  test("a customer who becomes a partner, or the other way, at any request, is found as one of them", async () => {
    const world = worldOf(2, 40);
    const { before, memory, requests } = await quietRun(world, 20, 12);
    const partner = { Type: "Partner", Partners_Partner_Status__c: "Authorized", Partner_Track__c: "Open" };
    for (let at = 1; at <= requests; at++) {
      const org = orgOf(world, 20);
      org.atRequest = (nth) => {
        if (nth === at) for (const one of before.accounts) org.salesforce.edit("Account", one.salesforce_id, partner);
        return undefined;
      };
      const now = await gather(org, memory);
      const found = new Set([...now.accounts, ...now.partners].map((one) => one.salesforce_id));
      expect(
        before.accounts.filter((one) => !found.has(one.salesforce_id)),
        `request ${at}`,
      ).toEqual([]);
    }
  }, 60_000);
});

describe("requests", () => {
  /** Rows of all pages together, at 2,000 to a page. */
  const leastOf = ({ accounts }: AccountsMemory) =>
    Math.ceil(accounts.reduce((sum, one) => sum + 1 + one.subscriptions + one.charges, 0) / 2000);

  test.each([1_000, 5_000, 20_000])(
    "of an hour in which nothing changed, at %d accounts: hardly more than there are full pages",
    async (accounts) => {
      const world = worldOf(4, accounts);
      const org = orgOf(world, 2000);
      const memory = { ...memoryOf(await gather(org, null)), nestedRequests: 9 };
      org.asked.length = 0;
      await gather(org, memory);
      const streams = org.asked.filter((soql) => isFlat(soql) && /Type IN \('Customer'/.test(soql));
      // Each kind has a last page that is not full.
      expect(streams.length).toBeLessThanOrEqual(Math.ceil(1.05 * leastOf(memory)) + 3);
      // Beside them partners and merges.
      expect(org.asked.length).toBe(streams.length + 2);
      expect(org.asked.some((soql) => soql.startsWith("/services"))).toBe(false);
    },
    60_000,
  );

  test("where 1 of 100 accounts changed they are asked for together", async () => {
    const world = worldOf(4, 5_000);
    const org = orgOf(world, 2000);
    const before = await gather(org, null);
    const memory = { ...memoryOf(before), nestedRequests: 9 };
    const changed = before.accounts.filter((_, index) => index % 100 === 0);
    for (const { salesforce_id } of changed) org.salesforce.edit("Account", salesforce_id, { Name: "Renamed" });
    org.asked.length = 0;
    const now = await gather(org, memory);
    expect(now.accounts.filter(({ name }) => name === "Renamed")).toHaveLength(changed.length);
    expect(org.asked.filter((soql) => soql.includes(" AND Id IN ("))).toHaveLength(1);
  }, 60_000);

  test("where everything changed, the streams end early and the nested query reads the rest, range by range", async () => {
    const world = worldOf(4, 3_000);
    const org = new SandboxOrg(world.salesforce, 200);
    const left = memoryOf(await gather(org, null));
    const memory = { ...left, pageRows: 200 };
    for (const { Id } of world.salesforce.Account) org.salesforce.edit("Account", String(Id), { Name: `New of ${Id}` });
    org.salesforce.delete("Account", memory.accounts[5]?.id ?? "");
    org.salesforce.delete("Account", memory.accounts.at(-5)?.id ?? "");
    const nested = await gather(org, null);
    org.asked.length = 0;
    const now = await gather(org, memory);
    expect(bytesOf(now)).toBe(bytesOf(nested));
    expect(memoryOf(now).accounts).toEqual(memoryOf(nested).accounts);
    expect(org.asked.length).toBeLessThan(1.4 * left.nestedRequests);
  }, 60_000);
});

describe("what the streams answer is not believed where it cannot be", () => {
  const world = worldOf(3, 60);

  test.each(["MALFORMED_QUERY", "INVALID_TYPE", "INVALID_QUERY_FILTER_OPERATOR", "QUERY_TIMEOUT"])(
    "%s of any flat query: the nested one is used, with the same result",
    async (code) => {
      const { before, memory, requests } = await quietRun(world, 20, 12);
      for (let at = 1; at <= requests; at += 3) {
        const org = orgOf(world, 20);
        org.atRequest = (nth, soql) => (nth >= at && isFlat(soql) && soql.includes(">=") ? code : undefined);
        const now = await gather(org, memory);
        expect(bytesOf(now), `request ${at}`).toBe(bytesOf(before));
        expect(memoryOf(now).accounts).toEqual(memory.accounts);
      }
    },
  );

  test("without ranges that are kept to, the nested query is used", async () => {
    const { before, memory } = await quietRun(world, 20, 12);
    const org = orgOf(world, 20);
    const get = org.session.get;
    // A server that does not understand the bounds gives everything, whatever range is asked for.
    org.session.get = (path) => get(path.replace(/%20AND%20\w+%20%3C%20'\w+'/g, ""));
    expect(bytesOf(await gather(org, memory))).toBe(bytesOf(before));
    expect(org.asked.some(isNestedOfAll)).toBe(true);
  });

  test("a row that a stream keeps to itself, without a word, is missed in nobody's account", async () => {
    const { before, memory, requests } = await quietRun(world, 20, 12);
    for (let kept = 1; kept <= requests; kept += 2) {
      const org = orgOf(world, 20);
      const get = org.session.get;
      org.session.get = async (path) => {
        const page = (await get(path)) as { totalSize: number; done: boolean; records: unknown[] };
        const soql = new URL(path, "http://x").searchParams.get("q") ?? "";
        if (org.asked.indexOf(soql) !== kept - 1 || !isFlat(soql) || !page.done) return page;
        return { ...page, totalSize: page.totalSize - 1, records: page.records.slice(1) };
      };
      expect((await gather(org, memory)).accounts, `request ${kept}`).toEqual(before.accounts);
    }
  });

  test("another refusal ends the run", async () => {
    const { memory } = await quietRun(world, 20, 12);
    const org = orgOf(world, 20);
    org.atRequest = (nth) => (nth === 5 ? "REQUEST_LIMIT_EXCEEDED" : undefined);
    await expect(gather(org, memory)).rejects.toThrow("REQUEST_LIMIT_EXCEEDED");
  });

  test.each([
    ["of another Salesforce", { host: "other.test" }],
    ["of another query", { query: "x" }],
    ["where a page or two are enough", { nestedRequests: 2 }],
    ["without the names of the children's objects", { children: null }],
  ])("a memory %s is not used", async (_, difference) => {
    const { before, memory } = await quietRun(world, 20, 12);
    const org = orgOf(world, 20);
    expect(bytesOf(await gather(org, { ...memory, ...difference }))).toBe(bytesOf(before));
    expect(org.asked.some((soql) => soql.includes(" AND Id "))).toBe(false);
  });
});

/** What the last run leaves, and how many requests the next one takes where nothing happens. */
async function quietRun(world: World, batch: number, pageRows: number) {
  const org = orgOf(world, batch);
  const before = await gather(org, null);
  const memory = { ...memoryOf(before), pageRows };
  org.asked.length = 0;
  await gather(org, memory);
  return { before, memory, requests: org.asked.length };
}

/** Every account as it was before or after, and there where it was at both times. */
function expectOneOf(torn: GatheredAccounts, before: GatheredAccounts, after: GatheredAccounts, where: string): void {
  const states = [before, after].map(({ accounts }) => new Map(accounts.map((one) => [one.salesforce_id, one])));
  for (const account of torn.accounts) {
    const possible = states.map((state) => JSON.stringify(state.get(account.salesforce_id)));
    expect(possible, where).toContain(JSON.stringify(account));
  }
  const idsOf = ({ accounts, partners, quarantined, merged }: GatheredAccounts) =>
    new Set([
      ...accounts.map((one) => one.salesforce_id),
      ...partners.map((one) => one.salesforce_id),
      ...quarantined.accounts,
      ...merged.map((one) => one.salesforce_id),
    ]);
  const [there, now] = [idsOf(after), idsOf(torn)];
  const lost = [...idsOf(before)].filter((id) => there.has(id) && !now.has(id));
  expect(lost, where).toEqual([]);
}
