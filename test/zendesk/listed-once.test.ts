import { afterEach, expect, test } from "bun:test";
import { ListedOnce } from "../../lib/zendesk/listed-once.ts";
import type { Page } from "../../lib/zendesk/ports.ts";
import { seedOrganization, seedUser, serveZendesk } from "./serve-zendesk.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

async function all<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  return (await Array.fromAsync(pages)).flatMap(({ records }) => records);
}
const LISTS = /GET \/api\/v2\/(?:organizations|users|organization_memberships|organization_fields)\?/;
const row = (index: number) => ({
  name: `New ${index}`,
  external_id: `0014M00001n000${index}AAA`,
  organization_fields: { support_level: "gold" },
});

async function world() {
  const organizations = [1, 2, 3].map((index) => seedOrganization(`Org ${index}`));
  const users = [
    seedUser("a@example.com", { organization_ids: [organizations[0]?.id ?? 0] }),
    seedUser("b@example.com"),
  ];
  served = await serveZendesk({ organizations, users });
  return organizations.map(({ id }) => id);
}

test("each list is asked for once, whoever asks", async () => {
  await world();
  const lists = new ListedOnce(true);
  const reader = lists.reader(served.reader);
  const connection = lists.connection(served);
  const first = [await all(reader.organizations()), await all(reader.users()), await all(reader.memberships())];
  const asked = served.requests(LISTS).length;
  const again = [
    await all(reader.organizations()),
    await all(connection.reader.users()),
    await all(connection.reader.memberships()),
  ];
  expect(again).toEqual(first);
  expect(served.requests(LISTS)).toHaveLength(asked);
});

test("S10: the instance is proved again for the connection that writes, and once for all that only read", async () => {
  await world();
  const lists = new ListedOnce(true);
  const [reader, connection] = [lists.reader(served.reader), lists.connection(served)];
  const proofs = () => served.requests(/organization_fields/).length;
  await reader.organizationFields();
  const one = proofs();
  await reader.organizationFields();
  expect(proofs()).toBe(one);
  await connection.reader.organizationFields();
  expect(proofs()).toBe(2 * one);
});

test("U1: a connection lists organizations for itself, as they are now", async () => {
  await world();
  const lists = new ListedOnce(true);
  const [reader, connection] = [lists.reader(served.reader), lists.connection(served)];
  await all(reader.organizations());
  await connection.writer.createOrganizations([row(1)]);
  expect((await all(connection.reader.organizations())).map(({ name }) => name)).toContain("New 1");
});

test("S1: a list that broke off is asked for again; so are users once users were written", async () => {
  const [first = 0] = await world();
  const lists = new ListedOnce(true);
  const { reader, writer } = lists.connection(served);
  for await (const _ of reader.users()) break;
  expect(await all(reader.users())).toHaveLength(2);
  await writer.createUsers([{ name: "c", email: "c@example.com", organization_id: first }]);
  expect(await all(reader.users())).toHaveLength(3);
});
