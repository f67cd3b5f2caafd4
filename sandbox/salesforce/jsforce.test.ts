import { afterEach, describe, expect, test } from "bun:test";
import { Connection } from "jsforce";
import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { serveApp } from "../server/serve.ts";
import { accountQuery, Client, credentials, type QueryBody, smallWorld } from "../test/salesforce.ts";
import type { SalesforceRecord } from "../types.ts";

/** What the most used client of the real API makes of the sandbox, on a port. */
const running: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

const world = smallWorld();
const { clientId, clientSecret } = credentials;

async function served(batch: number) {
  const address = { url: "" };
  const { salesforce } = new Client(world, { batch, baseUrl: () => address.url });
  const log = new RequestLog();
  const { url, stop } = await serveApp({ service: "salesforce", fetch: salesforce.fetch, log, faults: new Faults() });
  running.push(stop);
  address.url = url;
  return { url, salesforce, log };
}

async function connected(url: string): Promise<Connection> {
  const connection = new Connection({
    oauth2: { loginUrl: url, clientId, clientSecret },
    version: "66.0",
    refreshFn: async (self, done) => {
      const token = await self.oauth2.requestToken({ grant_type: "client_credentials" });
      done(null, token.access_token);
    },
  });
  await connection.authorize({ grant_type: "client_credentials" });
  return connection;
}

describe("jsforce", () => {
  for (const batch of [10, 200, 2000]) {
    test(`autoFetch reads everything at both levels, ${batch} rows to a page`, async () => {
      const { url, log } = await served(batch);
      const connection = await connected(url);
      const soql = accountQuery("2023-11-22");
      const result = await connection.query<SalesforceRecord>(soql, { autoFetch: true, maxFetch: 1e9 });
      expect(result.done).toBe(true);
      expect(result.records).toHaveLength(result.totalSize);
      const whole = await new Client(world, { batch: 1e9 }).query(soql);
      expect(result.records.map(children)).toEqual(whole.body.records.map(children));
      const pages = log.entries.filter(({ path }) => path.includes("/query/0r8")).length;
      expect(pages > 0).toBe(batch < 2000);
      expect(connection.limitInfo.apiUsage).toMatchObject({ limit: 100_000 });
    });
  }

  test("reads children by ranges of their accounts' ids, as many as the lists have", async () => {
    const { url } = await served(200);
    const connection = await connected(url);
    const rows = (soql: string): Promise<SalesforceRecord[]> =>
      Promise.resolve(connection.query<SalesforceRecord>(soql, { autoFetch: true, maxFetch: 1e9 })).then(
        (result) => result.records,
      );
    const nested = await rows(accountQuery("2023-11-22"));
    const middle = nested.map((one) => String(one.Account_ID_18__c)).toSorted()[40] ?? "";
    const filter =
      "Subscription_Status__c != 'Cancelled' AND Zuora__EffectiveEndDate__c >= 2023-11-22 AND Zuora__Account__r.Type IN ('Customer', 'Former Customer')";
    const flat = [">=", "<"].map((operator) =>
      rows(
        `SELECT Zuora__Account__c, Id FROM Zuora__SubscriptionProductCharge__c WHERE ${filter} AND Zuora__Account__c ${operator} '${middle}'`,
      ),
    );
    const ids = (await Promise.all(flat)).flat().map(({ Id }) => String(Id));
    expect(ids.toSorted()).toEqual(nested.flatMap((one) => (children(one)[1] ?? []) as string[]).toSorted());
  });

  test("logs in again when the session expires between two pages", async () => {
    const { url, salesforce } = await served(10);
    const connection = await connected(url);
    const first = await connection.query<SalesforceRecord>("SELECT Name FROM Account");
    salesforce.expireSessions();
    const second = await connection.queryMore<SalesforceRecord>(first.nextRecordsUrl ?? "");
    expect(second.records[0]?.Name).toBe(String(world.Account[10]?.Name));
    expect(salesforce.tokens()).toHaveLength(2);
  });

  test("tells the error code of a bad query", async () => {
    const { url } = await served(10);
    const connection = await connected(url);
    await expect(Promise.resolve(connection.query("SELECT Nme FROM Account"))).rejects.toMatchObject({
      errorCode: "INVALID_FIELD",
    });
  });
});

/** The ids of all children of a record. */
function children(record: SalesforceRecord): unknown[] {
  return [record.Zuora__Subscriptions__r, record.Zuora__R00N40000001lGjTEAU__r].map((list) =>
    (list as QueryBody | null)?.records.map(({ Id }) => Id),
  );
}
