import { describe, expect, test } from "bun:test";
import { to18 } from "../seed/salesforce-ids.ts";
import { accountsWith, Client, type QueryBody, smallWorld, tables } from "../test/salesforce.ts";
import type { SalesforceRecord } from "../types.ts";

/** Ids count up in digits, capitals, small letters: 0–9A–Za–z (salesforce.stackexchange.com 181541). */
const SHORT = ["0010000000000a9", "001000000000010", "00100000000001A", "00100000000001a", "0010000000000A0"];
const ASCENDING = ["001000000000010", "00100000000001A", "00100000000001a", "0010000000000A0", "0010000000000a9"];

describe("ids are ordered", () => {
  const client = new Client(tables({ Account: SHORT.map((id) => ({ Id: to18(id), Name: id })) }));

  test("by case: digits, capitals, small letters, in both of their lengths", async () => {
    expect(await client.column("SELECT Name FROM Account ORDER BY Id", "Name")).toEqual(ASCENDING);
    for (const form of [to18, (id: string) => id])
      for (const [index, id] of ASCENDING.entries()) {
        const above = await client.column(`SELECT Name FROM Account WHERE Id >= '${form(id)}'`, "Name");
        const below = await client.column(`SELECT Name FROM Account WHERE Id < '${form(id)}'`, "Name");
        expect([below, above]).toEqual([ASCENDING.slice(0, index), ASCENDING.slice(index)]);
      }
  });

  test("a bound that is no id is refused", async () => {
    expect(await client.query("SELECT Name FROM Account WHERE Id >= '001'")).toMatchObject({
      status: 400,
      body: [{ errorCode: "INVALID_QUERY_FILTER_OPERATOR" }],
    });
  });
});

describe("a range of ids", () => {
  const world = smallWorld();
  const ids = world.Account.map((one) => String(one.Id)).toSorted();
  const bounds = [ids[10], ids[60], ids[61]] as [string, string, string];

  test.each([
    ["Account", "Id"],
    ["Zuora__Subscription__c", "Zuora__Account__c"],
    ["Zuora__SubscriptionProductCharge__c", "Zuora__Account__c"],
  ] as const)("of %s by %s: ranges that tile have every record once", async (object, column) => {
    const client = new Client(world, { batch: 1e9 });
    const all = await client.column(`SELECT Id FROM ${object}`, "Id");
    const of = (condition: string) => client.column(`SELECT Id FROM ${object} WHERE ${condition}`, "Id");
    const [a, b, c] = bounds;
    const parts = [
      await of(`${column} < '${a}'`),
      await of(`${column} >= '${a}' AND ${column} < '${b}'`),
      await of(`Id != null AND ${column} < '${c}' AND ${column} >= '${b}'`),
      await of(`${column} >= '${c}'`),
    ];
    expect(parts.every((part) => part.length > 0)).toBe(true);
    expect(parts.flat().toSorted()).toEqual(all.toSorted());
    expect(await of(`(${column} < '${a}' OR ${column} >= '${c}')`)).toHaveLength(
      (parts[0]?.length ?? 0) + (parts[3]?.length ?? 0),
    );
  });

  test("sees records that were added, moved and deleted since it was asked for last", async () => {
    const client = new Client(world, { batch: 1e9 });
    const [, from] = bounds;
    const found = () => client.column(`SELECT Id FROM Account WHERE Id >= '${from}'`, "Id");
    const before = await found();
    client.salesforce.add("Account", { Id: to18("001zzzzzzzzzzzz"), Name: "last" });
    client.salesforce.delete("Account", from);
    expect(await found()).toEqual([...before.filter((id) => id !== from), to18("001zzzzzzzzzzzz")]);
  });

  test("a parent's field limits children as the child lists of the accounts that have it", async () => {
    const client = new Client(world, { batch: 1e9 });
    const type = "Type IN ('Customer', 'Former Customer')";
    const flat = await client.column(
      `SELECT Id FROM Zuora__Subscription__c WHERE Zuora__Status__c != 'Cancelled' AND Zuora__Account__r.${type}`,
      "Id",
    );
    const { body } = await client.query(
      `SELECT Id, (SELECT Id FROM Zuora__Subscriptions__r WHERE Zuora__Status__c != 'Cancelled') FROM Account WHERE ${type}`,
    );
    const nested = body.records.flatMap(
      ({ Zuora__Subscriptions__r: list }) => (list as QueryBody | null)?.records ?? [],
    );
    expect(flat.toSorted()).toEqual(nested.map(({ Id }) => Id).toSorted());
  });
});

test("an org may give fewer rows to a page of a query with child lists than to others", async () => {
  const client = new Client(accountsWith(2, 2, 2, 2), { batch: 8, behaviour: { nestedRows: 3 } });
  const pages = async (soql: string) => (await client.everything(soql)).pages;
  expect(await pages("SELECT Name, (SELECT Name FROM Zuora__Subscriptions__r) FROM Account")).toBe(4);
  expect(await pages("SELECT Name FROM Zuora__Subscription__c")).toBe(1);
  const records: SalesforceRecord[] = (
    await client.everything("SELECT Name, (SELECT Name FROM Zuora__Subscriptions__r) FROM Account")
  ).records;
  expect(records.map(({ Name }) => Name)).toEqual(["A0", "A1", "A2", "A3"]);
});
