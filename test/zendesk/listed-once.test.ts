import { afterEach, expect, test } from "bun:test";
import { ListedOnce } from "../../lib/remotes/zendesk/listed-once.ts";
import type { Page } from "../../lib/remotes/zendesk/ports.ts";
import { seedOrganization, seedUser, serveZendesk } from "./serve-zendesk.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

async function all<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  return (await Array.fromAsync(pages)).flatMap(({ records }) => records);
}
const LISTS = /GET \/api\/v2\/(?:organizations|users|organization_memberships|organization_fields)\?/;

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

test("a list is shared by those who want it while it is being read", async () => {
  await world();
  const lists = new ListedOnce(true);
  const [reader, connection] = [lists.reader(served.reader), lists.connection(served)];
  lists.begin(served.reader);
  const [one, other] = await Promise.all([all(reader.users()), all(connection.reader.users())]);
  expect(one).toEqual(other);
  const asked = served.requests(LISTS).length;
  await all(reader.organizations());
  await all(reader.memberships());
  expect(served.requests(LISTS)).toHaveLength(asked);
});

test("S1: nobody counts twice in a run, but where Zendesk told no count", async () => {
  await world();
  const lists = new ListedOnce(true);
  const reader = lists.reader(served.reader);
  served.fault({ kind: "404", path: "/organizations/count", times: 1 });
  await all(reader.organizations());
  expect(await reader.organizationCount()).toBe(3);
  expect(await lists.connection(served).reader.organizationCount()).toBe(3);
  expect(served.requests(/organizations\/count/)).toHaveLength(2);
});

test("users are asked for again once users were written", async () => {
  const [first = 0] = await world();
  const lists = new ListedOnce(true);
  const { reader, writer } = lists.connection(served);
  expect(await all(reader.users())).toHaveLength(2);
  await writer.createUsers([{ name: "c", email: "c@example.com", organization_id: first }]);
  expect(await all(reader.users())).toHaveLength(3);
});
