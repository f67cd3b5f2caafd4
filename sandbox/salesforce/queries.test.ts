import { describe, expect, test } from "bun:test";
import { accountQuery, Client, type QueryBody, smallWorld } from "../test/salesforce.ts";
import type { SalesforceRecord } from "../types.ts";

/** The three queries of the stages over a small world, against what plain array code finds. */
const world = smallWorld();
const client = new Client(world, { batch: 1e9 });
const endDate = "2023-11-22";

describe("the account query", () => {
  test("finds the customers, each with its lists cut to the end date", async () => {
    const { body } = await client.query(accountQuery(endDate));
    const customers = world.Account.filter(({ Type }) => /^(?:former )?customer$/i.test(String(Type)));
    expect(body).toMatchObject({ totalSize: customers.length, done: true });
    expect(body.records.map(({ Account_ID_18__c }) => Account_ID_18__c)).toEqual(customers.map(({ Id }) => Id));
    for (const record of body.records) {
      const id = record.Account_ID_18__c;
      expect(ids(record.Zuora__Subscriptions__r)).toEqual(
        kept(world.Zuora__Subscription__c, id, "Zuora__Status__c", "Zuora__SubscriptionEndDate__c"),
      );
      expect(ids(record.Zuora__R00N40000001lGjTEAU__r)).toEqual(
        kept(world.Zuora__SubscriptionProductCharge__c, id, "Subscription_Status__c", "Zuora__EffectiveEndDate__c"),
      );
    }
  });

  test("a world without anything to leave out would prove nothing", () => {
    expect(world.Account.some(({ Type }) => Type === "Partner")).toBe(true);
    const subscriptions = world.Zuora__Subscription__c;
    expect(subscriptions.some(({ Zuora__Status__c: status }) => status === "Cancelled")).toBe(true);
    expect(subscriptions.some(({ Zuora__SubscriptionEndDate__c: end }) => end === null)).toBe(true);
    expect(subscriptions.some(({ Zuora__SubscriptionEndDate__c: end }) => String(end) < endDate)).toBe(true);
  });

  test("records are as on the wire: every key, lookups nested or null", async () => {
    const { body } = await client.query(accountQuery(endDate));
    const architects = body.records.map((record) => record.Solutions_Architect_Lookup__r);
    expect(architects).toContain(null);
    const architect = architects.find((one) => one !== null);
    expect(architect).toEqual({ attributes: { type: "User", url: expect.any(String) }, Name: expect.any(String) });
    for (const record of body.records) expect(Object.keys(record)).toEqual(Object.keys(body.records[0] ?? {}));
    expect(Object.keys(body.records[0] ?? {})).toHaveLength(20);
  });
});

test("the partner query (P1) finds authorized open and select partners, and the alliance account", async () => {
  const alliance = String(world.Account.find(({ Type }) => Type === "Customer")?.Id);
  const { body } = await client.query(`
    SELECT Account_ID_18__c, Name, Account_Owner_Calc__c, Technical_Account_Manager_Name__c, Restricted_Account__c,
      Solutions_Architect_Lookup__r.Name, Partner_Track__c, Support_Hold__c, Account_Risk_Level__c, Type,
      Partners_Partner_Status__c
    FROM Account
    WHERE Account_ID_18__c = '${alliance}' OR (Type = 'Partner' AND Partners_Partner_Status__c IN ('Authorized')
      AND Partner_Track__c IN ('Open','Select'))`);
  const expected = world.Account.filter(
    ({ Id, Type, Partners_Partner_Status__c: status, Partner_Track__c: track }) =>
      Id === alliance || (Type === "Partner" && status === "Authorized" && (track === "Open" || track === "Select")),
  );
  expect(expected.length).toBeGreaterThan(1);
  expect(body.records.map(({ Account_ID_18__c }) => Account_ID_18__c)).toEqual(expected.map(({ Id }) => Id));
});

test("the contact query (U3) finds the active Gitlab Admins of the accounts asked for", async () => {
  const asked = world.Contact.filter((_, index) => index % 2 === 0).map(({ AccountId }) => String(AccountId));
  const { body } = await client.query(`
    SELECT Name, Email, Account.Account_ID_18__c FROM Contact
    WHERE Inactive_Contact__c = false AND Role__c INCLUDES ('Gitlab Admin') AND Name != '' AND Email != ''
      AND Account.Account_ID_18__c IN (${asked.map((id) => `'${id}'`).join(",")})`);
  const expected = world.Contact.filter(
    ({ Inactive_Contact__c: inactive, Role__c: role, Name, Email, AccountId }) =>
      !inactive &&
      String(role).split(";").includes("Gitlab Admin") &&
      Name &&
      Email &&
      asked.includes(String(AccountId)),
  );
  expect(expected.length).toBeGreaterThan(1);
  expect(expected.length).toBeLessThan(world.Contact.length);
  expect(body.records.map(({ Email }) => Email)).toEqual(expected.map(({ Email }) => Email));
  expect(body.records[0]?.Account).toMatchObject({
    attributes: { type: "Account" },
    Account_ID_18__c: expect.any(String),
  });
});

function ids(list: unknown): unknown[] {
  return (list as QueryBody | null)?.records.map(({ Id }) => Id) ?? [];
}

/** What the filters of a child list leave of an account's children. */
function kept(children: SalesforceRecord[], account: unknown, status: string, end: string): unknown[] {
  return children
    .filter((child) => child.Zuora__Account__c === account && child[status] !== "Cancelled")
    .filter((child) => child[end] !== null && String(child[end]) >= endDate)
    .map(({ Id }) => Id);
}
