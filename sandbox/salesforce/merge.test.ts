import { describe, expect, test } from "bun:test";
import { accountsWith, Client, type QueryBody } from "../test/salesforce.ts";

const MERGED =
  "SELECT Id, MasterRecordId, SystemModstamp FROM Account WHERE IsDeleted = true AND MasterRecordId != null";
const id = (number: number) => `001${String(number).padStart(12, "0")}AAA`;

/** Three accounts with one, two and three subscriptions; the second is merged into the first. */
function merged(): Client {
  const client = new Client(accountsWith(1, 2, 3));
  client.salesforce.mergeAccounts(id(0), id(1));
  return client;
}

async function queryAll(client: Client, soql: string): Promise<QueryBody> {
  return (await client.get<QueryBody>(`/services/data/v66.0/queryAll?q=${encodeURIComponent(soql)}`)).body;
}

describe("merged accounts", () => {
  test("lie in the recycle bin with the account they were merged into; only queryAll sees them", async () => {
    const client = merged();
    const { totalSize, records } = await queryAll(client, MERGED);
    expect(totalSize).toBe(1);
    expect(records[0]).toMatchObject({
      Id: id(1),
      MasterRecordId: id(0),
      SystemModstamp: "2026-11-23T12:00:00.000+0000",
    });
    expect((await client.query(MERGED)).body.totalSize).toBe(0);
    expect((await client.query("SELECT Name FROM Account")).body.totalSize).toBe(2);
    expect((await queryAll(client, "SELECT Name FROM Account")).totalSize).toBe(3);
  });

  test("leave what hung on them to the winner", async () => {
    const { records } = (
      await merged().query("SELECT Name, (SELECT Name FROM Zuora__Subscriptions__r) FROM Account ORDER BY Name")
    ).body;
    expect(records.map((one) => [one.Name, (one.Zuora__Subscriptions__r as QueryBody).totalSize])).toEqual([
      ["A0", 3],
      ["A2", 3],
    ]);
  });

  test("can be merged on, and are forgotten when the recycle bin is emptied", async () => {
    const client = merged();
    client.salesforce.mergeAccounts(id(2), id(0));
    expect((await queryAll(client, MERGED)).records.map((one) => [one.Id, one.MasterRecordId])).toEqual([
      [id(1), id(0)],
      [id(0), id(2)],
    ]);
    client.salesforce.emptyRecycleBin();
    expect((await queryAll(client, MERGED)).totalSize).toBe(0);
  });

  test("are accounts that are there, and two", () => {
    const { salesforce } = merged();
    for (const [winner, loser] of [
      [id(0), id(0)],
      [id(0), id(1)],
      [id(1), id(0)],
      ["", id(0)],
    ] as const)
      expect(() => salesforce.mergeAccounts(winner, loser)).toThrow("to merge");
  });
});
