import { describe, expect, test } from "bun:test";
import { FakeOrg, type FakeRecord } from "../../../test/support/salesforce/fake-org.ts";
import { accountRecord, chargeRecord, id18, subscriptionRecord } from "../../../test/support/salesforce/records.ts";
import { connectSalesforce } from "./connect.ts";
import type { AccountPage, SalesforceReader } from "./ports.ts";

const TODAY = "2026-11-23";

function readAccounts(reader: SalesforceReader): Promise<AccountPage[]> {
  return Array.fromAsync(reader.accounts(TODAY));
}

/** Accounts with seven subscriptions and five charges each. */
function manyAccounts(count: number): FakeRecord[] {
  const numbers = (account: number, length: number) => Array.from({ length }, (_, index) => account * 100 + index);
  return Array.from({ length: count }, (_, index) =>
    accountRecord(index, {
      Zuora__Subscriptions__r: numbers(index, 7).map((number) => subscriptionRecord(number)),
      Zuora__R00N40000001lGjTEAU__r: numbers(index, 5).map((number) => chargeRecord(number)),
    }),
  );
}

describe("accounts", () => {
  test("small pages at both levels give every account with every child", async () => {
    await using org = new FakeOrg({ records: manyAccounts(25), pageSize: 10, childPageSize: 3 });
    const reader = await connectSalesforce(org.settings);
    const pages = await readAccounts(reader);
    expect(pages.map((page) => page.accounts.length)).toEqual([10, 10, 5]);
    expect(new Set(pages.map((page) => page.total))).toEqual(new Set([25]));
    const accounts = pages.flatMap((page) => page.accounts);
    expect(new Set(accounts.map((one) => one.salesforce_id)).size).toBe(25);
    expect(accounts.every((one) => one.subs.length === 7 && one.charges.length === 5)).toBe(true);
    expect(org.tokens).toBe(1);
    // 3 pages, 25 × (2 + 1) further child pages, 1 log-in.
    expect(org.requests.length).toBe(3 + 75 + 1);
  });

  test("the query is sent as text, for pages of 2,000, to the configured version", async () => {
    await using org = new FakeOrg({ records: [] });
    await readAccounts(await connectSalesforce({ ...org.settings, version: "61.0" }));
    const query = org.requests.find((one) => one.query !== null);
    expect(query?.path).toBe("/services/data/v61.0/query");
    expect(query?.query).toStartWith("SELECT Account_ID_18__c, ");
    expect(query?.headers.get("sforce-query-options")).toBe("batchSize=2000");
  });

  test("an account that cannot be read is told beside the others", async () => {
    await using org = new FakeOrg({ records: [accountRecord(1), accountRecord(2, { Name: null }), accountRecord(3)] });
    const [page] = await readAccounts(await connectSalesforce(org.settings));
    expect(page?.accounts.map((one) => one.salesforce_id)).toEqual([id18("001", 1), id18("001", 3)]);
    expect(page?.unreadable).toEqual([{ salesforce_id: id18("001", 2), reason: "Name: expected string" }]);
    expect(page?.total).toBe(3);
  });

  test("what Salesforce said of API usage is known", async () => {
    await using org = new FakeOrg({ records: [] });
    const reader = await connectSalesforce(org.settings);
    expect(reader.apiUsage()).toBeNull();
    await readAccounts(reader);
    expect(reader.apiUsage()).toEqual({ used: 18, limit: 5000 });
    expect(reader.host).toBe(new URL(org.url).host);
  });
});

test("partners come sorted, the alliance account by its configured id of 15 characters", async () => {
  const records = [3, 1, 2].map((number) => accountRecord(number, { Partner_Track__c: "Open" }));
  await using org = new FakeOrg({ records, pageSize: 2 });
  const reader = await connectSalesforce(org.settings);
  const { partners, unreadable } = await reader.partners(id18("001", 2).slice(0, 15));
  expect(partners.map((one) => [one.salesforce_id, one.account_type])).toEqual([
    [id18("001", 1), "open_partner"],
    [id18("001", 2), "alliance_partner"],
    [id18("001", 3), "open_partner"],
  ]);
  expect(unreadable).toEqual([]);
});

test("contacts are asked for in chunks of 500 accounts and come sorted", async () => {
  const contact = (number: number) => ({
    Id: id18("003", number),
    Name: `Contact ${number}`,
    Email: `C${number}@example.com`,
    Account: { Account_ID_18__c: id18("001", number) },
  });
  const chunks = [[contact(3), contact(1)], [contact(2)]];
  await using org = new FakeOrg({
    intercept: (request) => {
      const soql = new URL(request.url).searchParams.get("q");
      if (soql === null) return undefined;
      const records = (chunks[soql.includes(id18("001", 501)) ? 1 : 0] ?? []).map((record) => ({
        attributes: { url: `/x/${record.Id}` },
        ...record,
      }));
      return Response.json({ totalSize: records.length, done: true, records });
    },
  });
  const reader = await connectSalesforce(org.settings);
  const { contacts } = await reader.contacts(Array.from({ length: 502 }, (_, index) => id18("001", index)));
  expect(contacts.map((one) => one.email)).toEqual(["c1@example.com", "c2@example.com", "c3@example.com"]);
  const sizes = org.requests.flatMap((one) => one.query?.match(/001\w{15}/g)?.length ?? []);
  expect(sizes.toSorted((one, other) => one - other)).toEqual([2, 500]);
});
