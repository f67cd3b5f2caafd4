import { afterEach, describe, expect, test } from "bun:test";
import { ListedOnce } from "../../lib/remotes/zendesk/listed-once.ts";
import type { Page, ZendeskConnection, ZendeskReader } from "../../lib/remotes/zendesk/ports.ts";
import { seedOrganization, serveZendesk } from "./serve-zendesk.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

const LIST = /GET \/api\/v2\/organizations\?/;
const LOOK = /GET \/api\/v2\/organizations\/show_many/;
const accountId = (index: number) => `0014M00001n000${index}AAA`;
const row = (index: number) => ({
  name: `New ${index}`,
  external_id: accountId(index),
  organization_fields: { support_level: "gold" },
});

async function all<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  return (await Array.fromAsync(pages)).flatMap(({ records }) => records);
}

/** A run that has listed three organizations, with the list that a stage would be given now, and what really is there. */
async function listed(): Promise<{ ids: number[]; connection: ZendeskConnection; expectAsListedNow(): Promise<void> }> {
  const organizations = [1, 2, 3].map((index) => seedOrganization(`Org ${index}`));
  served = await serveZendesk({ organizations, users: [] });
  const lists = new ListedOnce(true);
  await all(lists.reader(served.reader).organizations());
  const connection = lists.connection(served);
  return {
    ids: organizations.map(({ id }) => id),
    connection,
    async expectAsListedNow() {
      const before = served.requests(LIST).length;
      const now = await all(connection.reader.organizations());
      expect(served.requests(LIST)).toHaveLength(before);
      expect(now).toEqual(await all(served.reader.organizations()));
    },
  };
}

describe("U1: after sync the organizations are those listed before it, with what the run wrote", () => {
  test("nothing was written: nothing is asked for", async () => {
    const { connection } = await listed();
    const before = served.requests(/./).length;
    expect(await all(connection.reader.organizations())).toHaveLength(3);
    expect(served.requests(/./)).toHaveLength(before);
  });

  test("what was created and changed is asked for, in one look each", async () => {
    const { ids, connection, expectAsListedNow } = await listed();
    await connection.writer.createOrganizations([row(1), row(2)]);
    await connection.writer.updateOrganizations([{ id: ids[1] ?? 0, name: "Renamed" }]);
    await connection.writer.updateOrganization({ id: ids[2] ?? 0, organization_fields: { support_level: "gold" } });
    await connection.writer.createOrganization(row(3));
    const before = served.requests(LOOK).length;
    await expectAsListedNow();
    expect(served.requests(LOOK).length - before).toBe(2);
  });

  test("Y6: what was read back since is not asked for again", async () => {
    const { ids, connection, expectAsListedNow } = await listed();
    await connection.writer.createOrganizations([row(1)]);
    await connection.writer.updateOrganizations([{ id: ids[1] ?? 0, name: "Renamed" }]);
    const [created] = await connection.reader.organizationsByExternalId([accountId(1)]);
    await connection.reader.organizationsById([created?.id ?? 0, ids[1] ?? 0]);
    const before = served.requests(LOOK).length;
    await expectAsListedNow();
    expect(served.requests(LOOK)).toHaveLength(before);
  });

  test("a look that began before the write says nothing of it", async () => {
    const { ids } = await listed();
    const written = Promise.withResolvers<void>();
    const slow: ZendeskReader = {
      ...served.reader,
      async organizationsById(given) {
        const found = await served.reader.organizationsById(given);
        await written.promise;
        return found;
      },
    };
    const lists = new ListedOnce(true);
    await all(lists.reader(served.reader).organizations());
    const { reader, writer } = lists.connection({ reader: slow, writer: served.writer });
    const looking = reader.organizationsById(ids);
    await writer.updateOrganizations([{ id: ids[0] ?? 0, name: "Renamed" }]);
    written.resolve();
    await looking;
    expect((await all(reader.organizations())).map(({ name }) => name)).toContain("Renamed");
  });

  test("one that a look before a create found, though the list left it out, is among them", async () => {
    const { connection, expectAsListedNow } = await listed();
    await served.writer.createOrganizations([row(1)]);
    await connection.reader.organizationsByExternalId([accountId(1)]);
    await expectAsListedNow();
  });

  test("where what was written cannot be looked at, everything is listed again", async () => {
    const { ids, connection } = await listed();
    await connection.writer.updateOrganizations([{ id: ids[0] ?? 0, name: "Renamed" }]);
    const before = served.requests(LIST).length;
    served.fault({ kind: "404", path: "show_many", times: 100 });
    expect((await all(connection.reader.organizations())).map(({ name }) => name)).toContain("Renamed");
    expect(served.requests(LIST).length).toBeGreaterThan(before);
  });
});
