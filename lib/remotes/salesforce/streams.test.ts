import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { Fault, SandboxOptions } from "../../../sandbox/types.ts";
import { id18 } from "../../../test/support/salesforce/records.ts";
import type { Account } from "../../domain/account.ts";
import { salesforceSettings } from "../../settings/environment.ts";
import { type AccountsMemory, parseAccountsMemory, renderAccountsMemory } from "./accounts-memory.ts";
import { connectSalesforce } from "./connect.ts";
import { idRanges, isInRange } from "./id-ranges.ts";
import type { SalesforceReader } from "./ports.ts";
import { Streams } from "./streams.ts";

const TODAY = "2026-11-23";

async function start(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ accounts: 150, today: TODAY, salesforceBatch: 50, ...options });
  const settings = salesforceSettings(sandbox.env, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  const connect = () => connectSalesforce(settings, { sleep: async () => {}, timeoutMs: 2000 });
  return { sandbox, connect, [Symbol.asyncDispose]: () => sandbox.stop() };
}

async function read(
  reader: SalesforceReader,
  remembered: AccountsMemory | null = null,
  eachPage = () => {},
): Promise<{ accounts: Account[]; memory: AccountsMemory }> {
  const accounts: Account[] = [];
  const known: AccountsMemory["accounts"] = [];
  let memory: AccountsMemory | undefined;
  const leave = (header: Omit<AccountsMemory, "accounts">) => {
    memory = { ...header, accounts: known.sort((one, other) => (one.id < other.id ? -1 : 1)) };
  };
  for await (const page of reader.accounts(TODAY, { remembered, leave })) {
    accounts.push(...page.accounts);
    known.push(...page.known);
    eachPage();
  }
  if (!memory) throw new Error("nothing was left");
  return { accounts: accounts.sort((one, other) => (one.salesforce_id < other.salesforce_id ? -1 : 1)), memory };
}

/** An org that was read once, and is to be read again in streams. */
async function known(options: SandboxOptions = {}) {
  const org = await start(options);
  const reader = await org.connect();
  const { accounts, memory } = await read(reader);
  org.sandbox.clearRequests();
  return { ...org, reader, accounts, memory: { ...memory, pageRows: 25 } };
}

const inStreams = { service: "salesforce", path: "Id >=|Zuora__Account__c >=" } as const;

describe("over HTTP", () => {
  test("streams give what the nested query gives, without it", async () => {
    await using org = await known();
    const { accounts, memory } = await read(org.reader, org.memory);
    expect(accounts).toEqual(org.accounts);
    expect(memory.accounts).toEqual(org.memory.accounts);
    const paths = org.sandbox.requests.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => path.includes("(SELECT "))).toEqual([]);
  });

  test.each<Fault>([
    { kind: "reset", ...inStreams, after: 3 },
    { kind: "truncate", ...inStreams },
    { kind: "lost-answer", ...inStreams, after: 5 },
    { kind: "503-html", ...inStreams, after: 3, times: 3 },
    { kind: "500", ...inStreams, times: 4 },
    { kind: "429", ...inStreams, retryAfter: 1, times: 3 },
    { kind: "concurrent-limit", ...inStreams, times: 3 },
    { kind: "401", ...inStreams, after: 2, times: 2 },
  ])("%j passes, and nothing is lost", async (fault) => {
    await using org = await known();
    org.sandbox.addFault(fault);
    expect((await read(org.reader, org.memory)).accounts).toEqual(org.accounts);
    expect(org.sandbox.requests.filter((one) => one.fault === fault.kind)).toHaveLength(fault.times ?? 1);
  });

  test.each<Fault>([
    { kind: "drop-record", ...inStreams, after: 2 },
    { kind: "duplicate-record", ...inStreams, after: 2 },
    { kind: "empty", ...inStreams, after: 2, times: 40 },
  ])("S1: %j of a stream is noticed, or made good by asking again", async (fault) => {
    await using org = await known();
    org.sandbox.addFault(fault);
    const answer = await read(org.reader, org.memory).catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer.message).toContain("Salesforce's response is incomplete");
    else expect((answer as { accounts: Account[] }).accounts).toEqual(org.accounts);
    expect(org.sandbox.requests.some((one) => one.fault === fault.kind)).toBe(true);
  });

  test("a session that ends between two pages of the streams is renewed once", async () => {
    await using org = await known();
    const expireOnce = [() => org.sandbox.expireSessions()];
    const { accounts } = await read(org.reader, { ...org.memory, pageRows: 10 }, () => expireOnce.pop()?.());
    expect(accounts).toEqual(org.accounts);
    const logins = org.sandbox.requests.filter((one) => one.path === "/services/oauth2/token");
    expect(logins).toHaveLength(1);
  });

  test("the names of the children's objects are asked for once, where there are pages enough", async () => {
    await using small = await known({ salesforceBatch: 2000 });
    expect(small.memory).toMatchObject({ nestedRequests: 1, children: null });
    await using large = await known();
    expect(large.memory.children).toEqual({
      subscriptions: { object: "Zuora__Subscription__c", lookup: "Zuora__Account__c" },
      charges: { object: "Zuora__SubscriptionProductCharge__c", lookup: "Zuora__Account__c" },
    });
    await read(large.reader, large.memory);
    expect(large.sandbox.requests.some(({ path }) => path.includes("/describe"))).toBe(false);
  });

  test("nothing more is asked once nobody wants more", async () => {
    await using org = await known();
    for await (const _ of org.reader.accounts(TODAY, { remembered: { ...org.memory, pageRows: 5 } })) break;
    const { length } = org.sandbox.requests;
    expect(length).toBeLessThan(30);
    await Bun.sleep(30);
    expect(org.sandbox.requests).toHaveLength(length);
  });

  test("at most ten requests are under way at once, and they are", async () => {
    let [now, most] = [0, 0];
    await using org = await known({
      onRequest: async (request, phase) => {
        if (!/query/.test(request.path)) return undefined;
        if (phase === "before") most = Math.max(most, ++now);
        if (phase === "before") await Bun.sleep(5);
        if (phase === "answered") now--;
        return undefined;
      },
    });
    [now, most] = [0, 0];
    await read(org.reader, { ...org.memory, pageRows: 6 });
    expect(most).toBe(10);
  });
});

describe("what may be under way at once", () => {
  test("is halved by every complaint, one at least, and grows by one with as many successes", async () => {
    const streams = new Streams(8);
    const allowed: number[] = [];
    for (const _ of [1, 2, 3, 4]) {
      streams.slowDown();
      allowed.push(streams.allowed);
    }
    expect(allowed).toEqual([4, 2, 1, 1]);
    const grown: number[] = [];
    for (let sent = 0; sent < 40; sent++) {
      await streams.send(async () => {});
      grown.push(streams.allowed);
    }
    expect(grown.slice(0, 6)).toEqual([2, 2, 3, 3, 3, 4]);
    expect(grown.at(-1)).toBe(8);
  });
});

describe("ranges of ids", () => {
  const accounts = fc
    .uniqueArray(fc.nat(9_999), { maxLength: 60 })
    .chain((numbers) =>
      fc.tuple(
        fc.constant(numbers.map((number) => id18("001", number)).sort()),
        fc.array(fc.nat(9), { minLength: 60 }),
      ),
    )
    .map(([ids, rows]) => ids.map((id, index) => ({ id, rows: rows[index] ?? 0 })));

  test("tile: every id is in just one of them, known or not; none has more rows than it may, but for a single account's", () => {
    fc.assert(
      fc.property(accounts, fc.integer({ min: 1, max: 20 }), fc.nat(9_999), (known, perRange, number) => {
        const ranges = idRanges(known, perRange, ({ rows }) => rows);
        for (const id of [id18("001", number), ...known.map((one) => one.id)])
          expect(ranges.filter((range) => isInRange(id, range))).toHaveLength(1);
        for (const range of ranges) {
          const inside = known.filter(({ id }) => isInRange(id, range));
          expect(inside.reduce((sum, { rows }) => sum + rows, 0)).toBe(range.rows);
          if (inside.filter(({ rows }) => rows > 0).length > 1) expect(range.rows).toBeLessThanOrEqual(perRange);
        }
      }),
    );
  });

  test("leave no id out in whatever order a server compares ids", () => {
    fc.assert(
      fc.property(
        accounts,
        fc.array(fc.nat(9_999), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (known, others, seed) => {
          // Any order: by a number that has nothing to do with the id.
          const rank = (id: string) => Number(Bun.hash.wyhash(id, BigInt(seed)) % 1_000_003n);
          const ranges = idRanges(known, 3, ({ rows }) => rows);
          for (const number of others) {
            const own = rank(id18("001", number));
            const found = ranges.some(
              ({ from, to }) => (from === null || own >= rank(from)) && (to === null || own < rank(to)),
            );
            expect(found).toBe(true);
          }
        },
      ),
    );
  });
});

describe("what is remembered of accounts", () => {
  const memory: AccountsMemory = {
    host: "example.my.salesforce.com",
    query: "q",
    nestedRequests: 7,
    pageRows: 2000,
    children: null,
    accounts: [1, 2, 3].map((number) => ({
      id: id18("001", number),
      digest: `digest_${"x".repeat(14)}${number}`,
      subscriptions: number,
      charges: 2 * number,
    })),
  };
  const text = renderAccountsMemory(memory);

  test("is read as it was written", () => {
    expect(parseAccountsMemory(text)).toEqual(memory);
    expect(parseAccountsMemory(renderAccountsMemory({ ...memory, accounts: [] }))).toEqual({ ...memory, accounts: [] });
  });

  test("is nothing where it was cut off, altered or is of another version", () => {
    for (let length = 0; length < text.length; length++) expect(parseAccountsMemory(text.slice(0, length))).toBeNull();
    const lines = text.trimEnd().split("\n");
    for (const wrong of [
      text.replace('"version":1', '"version":2'),
      text.replace('"pageRows":2000', '"pageRows":0'),
      `${[lines[0], lines[2], lines[1], lines[3]].join("\n")}\n`,
      `${[lines[0], lines[1], lines[1], lines[3]].join("\n")}\n`,
      text.replace(id18("001", 2), "0' OR Name != 'xxx"),
      `${text}\n`,
    ])
      expect(parseAccountsMemory(wrong)).toBeNull();
  });
});
