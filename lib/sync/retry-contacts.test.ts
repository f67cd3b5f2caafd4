import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Fault } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "../../test/pipeline/world.ts";
import { RecordedOutput } from "../../test/support/stage/recorded-output.ts";
import { type ReasonCode, reason } from "../domain/reason.ts";
import type { RemoteTiming } from "../pipeline/remotes.ts";
import { openSession } from "../pipeline/session.ts";
import { reasonText } from "../reasons/reason-text.ts";
import { takeLock } from "../storage/runs/run-lock.ts";
import { RETRY_NEEDS, type RetryEnd, retryContacts } from "./retry-contacts.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Over the sandbox, after a run: the oddities of its world are the reasons why organizations have nobody. */

let world: TestWorld;
const output = new RecordedOutput();
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run({ instance: "global" })).exit).toBe(0);
});
afterAll(async () => {
  const printed = output.said.join("\n");
  expect(world.sandbox.secrets.filter((secret) => printed.includes(secret))).toEqual([]);
  expect(printed).not.toContain("@");
  await world[Symbol.asyncDispose]();
});

function openRetry(change: Record<string, string | undefined> = {}, timing: RemoteTiming = QUICK, dataDir?: string) {
  return () =>
    openSession({
      command: "retry contacts",
      locks: false,
      dataDir: dataDir ?? world.dataDir,
      runId: "",
      today: TODAY,
      needs: RETRY_NEEDS,
      dryRun: false,
      writes: true,
      deadlineMs: null,
      rateShare: null,
      env: {
        ...world.sandbox.env,
        ZDSYNC_CONFIG: join(dirname(world.dataDir), "zdsync.config.yml"),
        PLANS_FILE: join(import.meta.dir, "../../plans.yml"),
        ...change,
      },
      output,
      clock: () => new Date(),
      timing,
    });
}

const retry = (id: number) => retryContacts(id, openRetry());

function accountOf(oddity: string): string {
  const found = world.sandbox.world.oddities.find(({ name }) => name === oddity)?.salesforce_id;
  if (!found) throw new Error(`the sandbox has no oddity ${oddity}`);
  return found;
}

function organizationOf(account: string): { id: number } {
  const found = world.sandbox.zendesk("global").organizations.find(({ external_id }) => external_id === account);
  if (!found) throw new Error(`no organization of account ${account}`);
  return { id: Number(found.id) };
}

const idOf = (oddity: string) => organizationOf(accountOf(oddity)).id;
const soldTo = (account: string, email: string | null, name = "New Buyer") =>
  world.sandbox.editSalesforce("Account", account, {
    Latest_Sold_To_Contact__r: email === null ? null : { Name: name, Email: email },
  });
const usersWith = (email: string) => world.sandbox.zendesk("global").users.filter((user) => user.email === email);
const writes = () => world.sandbox.writes().length;

function addressesOf(end: RetryEnd) {
  if (end.is !== "done") throw new Error(`not done: ${end.reason.code}`);
  return end.addresses;
}

describe("the sold-to contact was corrected in Salesforce", () => {
  test("the user is created in the organization, and the results can be undone", async () => {
    const oddity = "Y2 sold-to address of an agent";
    const id = idOf(oddity);
    expect(await retry(id)).toMatchObject({ is: "done", has: "nobody" });
    soldTo(accountOf(oddity), "Corrected@buyer.example", "Cora Corrected");
    const end = await retry(id);
    expect(end).toMatchObject({ is: "done", has: "somebody" });
    const corrected = addressesOf(end).filter(({ email }) => email === "corrected@buyer.example");
    expect(corrected).toEqual([
      { email: "corrected@buyer.example", became: "created", reason: reason("contact.created") },
    ]);
    expect(usersWith("corrected@buyer.example")).toMatchObject([
      { name: "Cora Corrected", organization_id: id, role: "end-user" },
    ]);
    const runId = end.is === "done" ? end.runId : "";
    const kept = join("history", runId, "global_results.json");
    expect(JSON.parse(await readFile(join(world.dataDir, kept), "utf8"))).toHaveLength(addressesOf(end).length);
    expect((await world.artifact("global_results.json")).length).toBeGreaterThan(10);
    const undone = await world.undo(kept, { "dry-run": "true" });
    expect(JSON.stringify(undone.summary)).toContain(runId);
  });

  test("again: the user is there already, nothing is written", async () => {
    const before = writes();
    const end = await retry(idOf("Y2 sold-to address of an agent"));
    expect(end).toMatchObject({ is: "done", has: "somebody" });
    expect(addressesOf(end).map(({ became }) => became)).toContain("already a member");
    expect(writes()).toBe(before);
  });

  test("more addresses than an organization may have contacts: those there stay, nobody is added", async () => {
    const before = writes();
    const end = await retry(idOf("Y2 more sold-to addresses than an organization may have contacts"));
    const became = addressesOf(end).map((one) => [one.became, one.reason.code] as const);
    expect(became.filter(([what]) => what === "already a member")).toHaveLength(30);
    expect(became.filter(([, code]) => code === "contact.over_maximum")).toHaveLength(3);
    expect(writes()).toBe(before);
  });

  test("clicked twice at once: both are answered, one user", async () => {
    const oddity = "Y2 sold-to address of a suspended user";
    soldTo(accountOf(oddity), "twice@buyer.example");
    const ends = await Promise.all([retry(idOf(oddity)), retry(idOf(oddity))]);
    expect(ends).toMatchObject([
      { is: "done", has: "somebody" },
      { is: "done", has: "somebody" },
    ]);
    expect(usersWith("twice@buyer.example")).toHaveLength(1);
  });

  test("twice at once from two machines without a common folder: one user all the same", async () => {
    const oddity = "Y2 sold-to address that is the secondary address of someone";
    soldTo(accountOf(oddity), "machines@buyer.example");
    const other = join(dirname(world.dataDir), "other-data");
    const ends = await Promise.all([retry(idOf(oddity)), retryContacts(idOf(oddity), openRetry({}, QUICK, other))]);
    expect(ends).toMatchObject([
      { is: "done", has: "somebody" },
      { is: "done", has: "somebody" },
    ]);
    expect(usersWith("machines@buyer.example")).toHaveLength(1);
  });
});

describe("addresses that are left alone, with the reason (Y2)", () => {
  const id = () => idOf("Y2 sold-to address of an end user of another organization");
  test.each([
    ["Y2 sold-to address of an end user of another organization", "contact.in_other_organization"],
    ["Y4 young organization that nobody can be associated with", "contact.is_staff"],
    ["Y2 sold-to address of a protected domain", "contact.protected_address"],
  ])("%s", async (oddity, code) => {
    const before = writes();
    const end = await retry(idOf(oddity));
    expect(end).toMatchObject({ is: "done", has: "nobody" });
    expect(addressesOf(end).map((one) => one.became)).toEqual(["skipped"]);
    expect(addressesOf(end)[0]?.reason.code).toBe(code as ReasonCode);
    expect(writes()).toBe(before);
  });

  test("suspended, and a secondary address: seen again once the contact is theirs", async () => {
    for (const [oddity, code] of [
      ["Y2 sold-to address of a suspended user", "contact.suspended"],
      ["Y2 sold-to address that is the secondary address of someone", "contact.address_secondary"],
    ] as const) {
      const theirs = world.sandbox.world.salesforce.Account.find((one) => one.Account_ID_18__c === accountOf(oddity));
      const original = (theirs?.Latest_Sold_To_Contact__r as { Email?: string } | null)?.Email ?? "";
      const account = accountOf("Y2 sold-to address of an end user of another organization");
      soldTo(account, original);
      const found = addressesOf(await retry(id())).find(({ email }) => email === original.toLowerCase());
      expect(found?.became).toBe("skipped");
      expect(found?.reason.code).toBe(code);
    }
  });
});

describe("organizations that nothing is done for", () => {
  test.each([
    ["gone", () => 999_999, { code: "retry.organization_gone", params: { organization_id: 999_999 } }],
    [
      "not created by zdsync",
      () => Number(world.sandbox.zendesk("global").organizations.find((one) => one.external_id === null)?.id),
      { code: "retry.not_created_by_zdsync" },
    ],
  ])("%s", async (_, id, why) => {
    const before = writes();
    const end = await retry(id());
    expect(end).toMatchObject({ is: "not retried", reason: why });
    expect(writes()).toBe(before);
  });

  test.each([
    [
      "a partner now",
      { Type: "Partner", Partners_Partner_Status__c: "Authorized", Partner_Track__c: "Open" },
      { code: "retry.wants_none", params: { because: "is_partner" } },
    ],
    ["a prospect now", { Type: "Prospect" }, { code: "retry.wants_none", params: { because: "no_customer" } }],
  ])("%s", async (_, change, why) => {
    const oddity = "E14 sold-to address in capitals, twice, and null";
    const account = accountOf(oddity);
    const was = world.sandbox.world.salesforce.Account.find((one) => one.Account_ID_18__c === account) ?? {};
    const back = Object.fromEntries(Object.keys(change).map((key) => [key, was[key] ?? null]));
    world.sandbox.editSalesforce("Account", account, change);
    const before = writes();
    const end = await retry(idOf(oddity));
    world.sandbox.editSalesforce("Account", account, { ...back, Type: "Customer" });
    expect(end).toMatchObject({ is: "not retried", reason: why });
    expect(writes()).toBe(before);
  });
});

describe("faults", () => {
  const oddity = "Y4 young organization that nobody can be associated with";
  test.each<[string, Fault]>([
    ["429", { kind: "429", service: "zendesk-global", path: "users", retryAfter: 1 }],
    ["500", { kind: "500", service: "zendesk-global", path: "users/search" }],
    ["lost answer on create", { kind: "lost-answer", service: "zendesk-global", method: "POST", path: "/users" }],
    ["Salesforce stumbles", { kind: "503-html", service: "salesforce", path: "/query" }],
  ])("%s: passes, one user", async (name, fault) => {
    const email = `fault-${name.toLowerCase().replaceAll(" ", "-")}@buyer.example`;
    soldTo(accountOf(oddity), email);
    world.sandbox.clearRequests();
    world.sandbox.addFault(fault);
    const end = await retry(idOf(oddity));
    world.sandbox.clearFaults();
    expect(world.sandbox.requests.filter((one) => one.fault === fault.kind)).toHaveLength(1);
    expect(end).toMatchObject({ is: "done", has: "somebody" });
    expect(usersWith(email)).toHaveLength(1);
    expect(usersWith(email)[0]?.organization_id).toBe(idOf(oddity));
  });

  test("Zendesk stays down: said so, nothing half done, and the lock is given back", async () => {
    soldTo(accountOf(oddity), "down@buyer.example");
    world.sandbox.addFault({ kind: "500", service: "zendesk-global", times: 1000 });
    expect(await retry(idOf(oddity))).toMatchObject({ is: "not retried" });
    world.sandbox.clearFaults();
    expect(usersWith("down@buyer.example")).toEqual([]);
    expect(await readdir(world.dataDir)).not.toContain("zdsync.lock");
  });

  test("the look-up of the address fails for good: failed, and nobody claims that somebody is there", async () => {
    soldTo(accountOf("Y2 sold-to address of a protected domain"), "lookup@buyer.example");
    world.sandbox.addFault({ kind: "500", service: "zendesk-global", path: "users/search", times: 1000 });
    const end = await retry(idOf("Y2 sold-to address of a protected domain"));
    world.sandbox.clearFaults();
    expect(end).toMatchObject({ is: "done", has: "unknown" });
    expect(addressesOf(end).find(({ email }) => email === "lookup@buyer.example")?.became).toBe("failed");
  });
});

describe("not over a run, not in the wrong place", () => {
  test("S11: a run in progress does it itself", async () => {
    const unlock = await takeLock(world.dataDir, "run", "20261124T100000Z-000001");
    const before = world.sandbox.requests.length;
    const end = await retry(idOf("Y2 sold-to address of an agent"));
    await unlock();
    expect(end).toMatchObject({ is: "run goes on" });
    expect(JSON.stringify(end)).toContain("20261124T100000Z-000001");
    expect(world.sandbox.requests).toHaveLength(before);
  });

  test("settings are missing: each is named, and that the next run tries again", async () => {
    const open = openRetry({ SALESFORCE_LOGIN_URL: "", ZENDESK_GLOBAL_CLIENT_SECRET: undefined });
    const end = await retryContacts(idOf("Y2 sold-to address of an agent"), open);
    expect(end).toMatchObject({ is: "not retried" });
    expect(end.is === "not retried" && reasonText(end.reason)).toMatch(
      /SALESFORCE_LOGIN_URL.*ZENDESK_GLOBAL_CLIENT_SECRET.*seven days/,
    );
  });

  test("S10: the other instance under this name: refused before anything is written", async () => {
    const { env } = world.sandbox;
    const before = writes();
    const swapped = {
      ZENDESK_GLOBAL_URL: env.ZENDESK_USGOV_URL,
      ZENDESK_GLOBAL_CLIENT_ID: env.ZENDESK_USGOV_CLIENT_ID,
    };
    const open = openRetry({ ...swapped, ZENDESK_GLOBAL_CLIENT_SECRET: env.ZENDESK_USGOV_CLIENT_SECRET });
    const end = await retryContacts(idOf("Y2 sold-to address of an agent"), open);
    expect(end).toMatchObject({ is: "not retried" });
    expect(JSON.stringify(end)).toContain("us-government instance");
    expect(writes()).toBe(before);
  });
});
