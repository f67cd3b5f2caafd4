import { describe, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { Fault, SandboxOptions } from "../../../sandbox/types.ts";
import type { Account } from "../../domain/account.ts";
import { salesforceSettings } from "../../settings/environment.ts";
import { connectSalesforce } from "./connect.ts";
import { missingFields } from "./describe.ts";
import type { SalesforceReader } from "./ports.ts";

const TODAY = "2026-11-23";

/** The sandbox with the seeded world; `connect` logs in with its own settings and never waits. */
async function start(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ accounts: 150, today: TODAY, ...options });
  const connect = () => connectTo(sandbox.env);
  return { sandbox, connect, [Symbol.asyncDispose]: () => sandbox.stop() };
}

function connectTo(env: Record<string, string>): Promise<SalesforceReader> {
  const settings = salesforceSettings(env, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  return connectSalesforce(settings, { sleep: async () => {}, timeoutMs: 2000 });
}

async function readAccounts(reader: SalesforceReader, afterPage = () => {}): Promise<Account[]> {
  const accounts: Account[] = [];
  for await (const page of reader.accounts(TODAY)) {
    accounts.push(...page.accounts);
    afterPage();
  }
  return accounts.sort((one, other) => (one.salesforce_id < other.salesforce_id ? -1 : 1));
}

test("the same accounts whatever the size of the pages", async () => {
  await using whole = await start();
  const accounts = await readAccounts(await whole.connect());
  expect(accounts.length).toBeGreaterThan(100);
  expect(accounts.some((one) => one.charges.length > 1)).toBe(true);
  for (const salesforceBatch of [7, 1]) {
    await using small = await start({ salesforceBatch });
    expect(await readAccounts(await small.connect())).toEqual(accounts);
  }
});

test("partners, contacts, field access and JWT bearer", async () => {
  await using org = await start({ salesforceBatch: 10 });
  const { env, jwt, world } = org.sandbox;
  const keys = { SALESFORCE_USERNAME: jwt.username, SALESFORCE_PRIVATE_KEY: jwt.privateKey };
  const reader = await connectTo({ ...env, ...keys });
  const { partners } = await reader.partners(null);
  const tracks = world.salesforce.Account.filter((one) => one.Partners_Partner_Status__c === "Authorized").flatMap(
    ({ Partner_Track__c: track }) => (track === "Open" || track === "Select" ? `${track.toLowerCase()}_partner` : []),
  );
  expect(tracks.length).toBeGreaterThan(2);
  expect(partners.map((one) => String(one.account_type)).sort()).toEqual(tracks.sort());
  const { contacts, unreadable } = await reader.contacts(
    world.salesforce.Account.map((one) => String(one.Account_ID_18__c)),
  );
  expect(contacts.length).toBeGreaterThan(0);
  expect(unreadable).toEqual([]);
  expect(await missingFields(reader)).toEqual([]);
  expect(reader.apiUsage()?.used).toBeGreaterThan(0);
});

test("merged accounts come from the recycle bin, page after page", async () => {
  await using org = await start({ salesforceBatch: 1 });
  const merged = org.sandbox.world.deletedAccounts ?? [];
  expect(merged.length).toBeGreaterThan(2);
  const read = await (await org.connect()).mergedAccounts();
  expect(read.unreadable).toEqual([]);
  expect(read.merged.map((one) => [one.salesforce_id, one.merged_into])).toEqual(
    merged
      .map((one): [string, string] => [String(one.Id), String(one.MasterRecordId)])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  expect(read.merged.every((one) => one.merged_at.endsWith("T10:00:00.000Z"))).toBe(true);
});

describe("faults", () => {
  const query = { service: "salesforce", path: "/query" } as const;

  test.each<Fault>([
    { kind: "reset", ...query, after: 3 },
    { kind: "truncate", ...query, after: 3 },
    { kind: "lost-answer", ...query, after: 3 },
    { kind: "503-html", ...query, after: 3, times: 3 },
    { kind: "500", ...query },
    { kind: "429", ...query, retryAfter: 1 },
    { kind: "401", ...query, after: 2, times: 2 },
    { kind: "502-html", ...query, path: "oauth2/token" },
  ])("%j passes, and nothing is lost", async (fault) => {
    await using whole = await start();
    await using damaged = await start({ salesforceBatch: 50 });
    damaged.sandbox.addFault(fault);
    expect(await readAccounts(await damaged.connect())).toEqual(await readAccounts(await whole.connect()));
    expect(damaged.sandbox.requests.filter((one) => one.fault === fault.kind)).toHaveLength(fault.times ?? 1);
  });

  test.each<Fault>([
    { kind: "drop-record", ...query },
    { kind: "drop-record", ...query, after: 5 },
    { kind: "duplicate-record", ...query },
    // The fifth and sixth answers are pages of one record, which cannot come twice in one page.
    { kind: "duplicate-record", ...query, after: 3 },
    { kind: "empty", ...query, after: 5 },
  ])("%j is noticed", async (fault) => {
    await using org = await start({ salesforceBatch: 50 });
    org.sandbox.addFault(fault);
    const reader = await org.connect();
    await expect(readAccounts(reader)).rejects.toThrow("Salesforce's response is incomplete");
  });

  test("a session that ends between two pages is renewed", async () => {
    await using org = await start({ salesforceBatch: 50 });
    const expireOnce = [() => org.sandbox.expireSessions()];
    const accounts = await readAccounts(await org.connect(), () => expireOnce.pop()?.());
    expect(accounts.length).toBeGreaterThan(100);
    expect(expireOnce).toEqual([]);
    const logins = org.sandbox.requests.filter((one) => one.path === "/services/oauth2/token");
    expect(logins).toHaveLength(2);
  });
});
