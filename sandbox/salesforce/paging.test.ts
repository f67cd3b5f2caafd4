import { describe, expect, test } from "bun:test";
import { accountQuery, accountsWith, Client, type QueryBody, smallWorld } from "../test/salesforce.ts";
import type { SalesforceRecord } from "../types.ts";

const withChildren = "SELECT Name, (SELECT Name FROM Zuora__Subscriptions__r) FROM Account";
const world = smallWorld();

/** The child names of each account; null where it has no list. */
function childNames(records: SalesforceRecord[]): unknown[] {
  return records.map(({ Zuora__Subscriptions__r: list }) =>
    (list as QueryBody | null)?.records.map(({ Name }) => Name),
  );
}

describe("root pages", () => {
  test("the next page is behind a relative link with an 18-character locator", async () => {
    const client = new Client(accountsWith(0, 0, 0, 0, 0), { batch: 2 });
    const { body } = await client.query("SELECT Name FROM Account");
    expect(body).toMatchObject({ totalSize: 5, done: false, records: [{ Name: "A0" }, { Name: "A1" }] });
    expect(body.nextRecordsUrl).toMatch(/^\/services\/data\/v66\.0\/query\/0r8[A-Za-z0-9]{15}-2$/);
    const second = (await client.get<QueryBody>(body.nextRecordsUrl ?? "")).body;
    expect(second.nextRecordsUrl).toBe(body.nextRecordsUrl?.replace(/-2$/, "-4") ?? "");
    const last = (await client.get<QueryBody>(second.nextRecordsUrl ?? "")).body;
    expect(last).toEqual({ totalSize: 5, done: true, records: [expect.objectContaining({ Name: "A4" })] });
  });

  test("children count: a record that does not fit with all of them opens the next page", async () => {
    const client = new Client(accountsWith(2, 0, 1, 3), { batch: 5 });
    const { body } = await client.query(withChildren);
    expect(childNames(body.records)).toEqual([["S0", "S1"], undefined]);
    const next = (await client.get<QueryBody>(body.nextRecordsUrl ?? "")).body;
    expect(childNames(next.records)).toEqual([["S0"]]);
    expect(next.nextRecordsUrl).toEndWith("-3");
  });

  test("a client may ask for smaller pages, from 200 rows on", async () => {
    const client = new Client(accountsWith(...Array.from({ length: 450 }, () => 0)));
    const ask = async (batchSize: number) => {
      const headers = { "sforce-query-options": `batchSize=${batchSize}` };
      return (await client.query("SELECT Name FROM Account", { headers })).body.records.length;
    };
    expect([await ask(300), await ask(10), await ask(9000)]).toEqual([300, 200, 450]);
  });
});

describe("child pages", () => {
  test("a list that does not fit even alone is cut to the page, and goes on behind a locator of its own", async () => {
    const client = new Client(accountsWith(12), { batch: 5 });
    const { body } = await client.query(withChildren);
    const list = body.records[0]?.Zuora__Subscriptions__r as QueryBody;
    expect(list).toMatchObject({ totalSize: 12, done: false });
    expect(list.records.map(({ Name }) => Name)).toEqual(["S0", "S1", "S2", "S3"]);
    expect(list.nextRecordsUrl).toMatch(/^\/services\/data\/v66\.0\/query\/0r8[A-Za-z0-9]{15}-4$/);
    const second = (await client.get<QueryBody>(list.nextRecordsUrl ?? "")).body;
    expect(second).toMatchObject({ totalSize: 12, done: false });
    expect(second.records).toHaveLength(5);
    expect(second.nextRecordsUrl).toEndWith("-9");
    const last = (await client.get<QueryBody>(second.nextRecordsUrl ?? "")).body;
    expect(last.records.map(({ Name }) => Name)).toEqual(["S9", "S10", "S11"]);
    expect(last.done).toBe(true);
  });

  for (const batch of [1, 2, 3, 7, 200, 2000]) {
    test(`the account query loses nothing with ${batch} rows to a page`, async () => {
      const { records, totalSize } = await new Client(world, { batch }).everything(accountQuery("2023-11-22"));
      expect(records).toHaveLength(totalSize);
      const whole = await new Client(world, { batch: 1e9 }).query(accountQuery("2023-11-22"));
      expect(records.map(withoutPaging)).toEqual(whole.body.records.map(withoutPaging));
    });
  }

  test("no page has more rows than asked for", async () => {
    const client = new Client(world, { batch: 7 });
    let next: string | undefined;
    do {
      const { body } = next ? await client.get<QueryBody>(next) : await client.query(accountQuery("2023-11-22"));
      const rows = body.records.flatMap((record) => [record, ...lists(record).flatMap(({ records }) => records)]);
      expect(rows.length).toBeLessThanOrEqual(7);
      next = body.nextRecordsUrl;
    } while (next);
  });
});

describe("locators", () => {
  test("work again, in another session, and see the records as the query found them", async () => {
    const records = accountsWith(0, 0, 0);
    const client = new Client(records, { batch: 2 });
    const { nextRecordsUrl = "" } = (await client.query("SELECT Name FROM Account")).body;
    client.salesforce.expireSessions();
    expect((await client.get(nextRecordsUrl)).status).toBe(401);
    await client.logIn();
    client.salesforce.edit("Account", String(records.Account[2]?.Id), { Name: "renamed" });
    const again = [await client.get<QueryBody>(nextRecordsUrl), await client.get<QueryBody>(nextRecordsUrl)];
    expect(again.map(({ body }) => body.records[0]?.Name)).toEqual(["A2", "A2"]);
    expect(await client.column("SELECT Name FROM Account WHERE Name = 'renamed'", "Name")).toEqual(["renamed"]);
  });

  test("are gone after two days", async () => {
    const client = new Client(accountsWith(0, 0, 0), { batch: 2 });
    const { nextRecordsUrl = "" } = (await client.query("SELECT Name FROM Account")).body;
    client.now = new Date(client.now.getTime() + 2 * 24 * 3600 * 1000);
    expect((await client.get(nextRecordsUrl)).status).toBe(200);
    client.now = new Date(client.now.getTime() + 1);
    expect(await client.get(nextRecordsUrl)).toMatchObject({
      status: 400,
      body: [{ errorCode: "INVALID_QUERY_LOCATOR" }],
    });
  });

  test("that are none, or point behind the last row, are refused", async () => {
    const client = new Client(accountsWith(0, 0, 0), { batch: 2 });
    const { nextRecordsUrl = "" } = (await client.query("SELECT Name FROM Account")).body;
    const wrong = ["/services/data/v66.0/query/0r8xx0000000001AAA-2000", nextRecordsUrl.replace(/-2$/, "-3")];
    for (const path of [...wrong, nextRecordsUrl.replace(/-2$/, "")]) {
      expect(await client.get(path)).toMatchObject({ status: 400, body: [{ errorCode: "INVALID_QUERY_LOCATOR" }] });
    }
  });
});

describe("edits", () => {
  test("a child that moves to another account is found there", async () => {
    const records = accountsWith(1, 0);
    const client = new Client(records);
    await client.query(withChildren);
    client.salesforce.edit("Zuora__Subscription__c", "a0S0-0", { Zuora__Account__c: records.Account[1]?.Id });
    expect(childNames((await client.query(withChildren)).body.records)).toEqual([undefined, ["S0"]]);
  });

  test("a record that does not exist cannot be edited", () => {
    const { salesforce } = new Client(accountsWith(1));
    expect(() => salesforce.edit("Account", "001nobody", {})).toThrow("no Account 001nobody");
  });
});

function lists(record: SalesforceRecord): QueryBody[] {
  return Object.values(record).filter(
    (value): value is QueryBody => typeof value === "object" && value !== null && "records" in value,
  );
}

/** A record with its child lists as plain arrays. */
function withoutPaging(record: SalesforceRecord): SalesforceRecord {
  const entries = Object.entries(record).map(([key, value]) => {
    const list = typeof value === "object" && value !== null && "records" in value;
    return [key, list ? (value as QueryBody).records : value];
  });
  return Object.fromEntries(entries);
}
