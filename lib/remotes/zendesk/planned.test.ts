import { afterEach, describe, expect, test } from "bun:test";
import { seedOrganization, seedUser, serveZendesk } from "../../../test/zendesk/serve-zendesk.ts";
import { planOn } from "./planned.ts";
import type { PlannedConnection } from "./planned-connection.ts";
import type { Page, RowOutcome, ZendeskConnection, ZendeskReader } from "./ports.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

const ids = (outcomes: RowOutcome[]) => outcomes.map((outcome) => (outcome.is === "applied" ? outcome.id : 0));

async function all<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  return (await Array.fromAsync(pages)).flatMap(({ records }) => records);
}

const external = (index: number) => `0014m00001n${String(index).padStart(4, "0")}AAA`;
const newOrganization = (index: number) => ({
  name: `New ${index}`,
  external_id: external(index),
  organization_fields: { support_level: "ultimate" },
});

/** Two organizations, and users in none, one and two of them. */
async function world() {
  const [one, two] = [seedOrganization("One", { support_level: "gold" }), seedOrganization("Two")];
  const [loner, member, both] = [
    seedUser("loner@example.com"),
    seedUser("member@example.com", { organization_ids: [one.id] }),
    seedUser("both@example.com", { organization_ids: [one.id, two.id] }),
  ];
  served = await serveZendesk({ organizations: [one, two], users: [loner, member, both] });
  return { one, two, loner, member, both };
}
type World = Awaited<ReturnType<typeof world>>;

/** Everything a stage writes, on whatever connection. Answers the ids of what was created. */
async function writeAll({ writer }: ZendeskConnection, { one, two, loner, member, both }: World) {
  const [first = 0, second = 0] = ids(await writer.createOrganizations([newOrganization(1), newOrganization(2)]));
  await writer.updateOrganizations([
    { id: one.id, name: "One, renamed", organization_fields: { support_level: "premium" } },
    { id: first, organization_fields: { support_level: "silver" } },
  ]);
  await writer.updateOrganization({ id: one.id, organization_fields: { account_owner: "Ann" } });
  const [newUser = 0] = ids(
    await writer.createUsers([{ name: "Ned", email: "Ned@example.com", organization_id: first }]),
  );
  await writer.updateUsers([
    { id: member.id, name: "Renamed", user_fields: { mark_for_deletion: true } },
    { id: both.id, organization_id: second },
    { id: newUser, name: "Ned Newman" },
  ]);
  await writer.createMemberships([
    { user_id: loner.id, organization_id: first },
    { user_id: member.id, organization_id: two.id },
    { user_id: member.id, organization_id: one.id },
  ]);
  return { first, second, newUser };
}

/** What the reader shows of it all, with created records under small numbers instead of ids, and nothing that time changes. */
async function viewOf(reader: ZendeskReader, { one, two, member }: World, made: Record<string, number>) {
  const { first = 0, second = 0, newUser = 0 } = made;
  const view = {
    organizations: await all(reader.organizations()),
    byId: await reader.organizationsById([second, one.id, first]),
    byExternalId: await reader.organizationsByExternalId([external(2)]),
    byName: await reader.organizationsByName("new 1"),
    byOldName: await reader.organizationsByName("One"),
    byNewName: await reader.organizationsByName("one, RENAMED"),
    users: await all(reader.users()),
    memberships: (await all(reader.memberships())).map((row) => JSON.stringify(row)),
    usersById: await reader.usersById([newUser, member.id]),
    byAddress: await Promise.all(
      ["ned@example.com", "loner@example.com", "both@example.com"].map((email) => reader.usersByAddress(email)),
    ),
    ofOrganizations: await Promise.all([one.id, two.id, first, second].map((id) => reader.usersOfOrganization(id))),
  };
  const places = new Map(Object.values(made).map((id, place) => [String(id), String(place)]));
  const text = JSON.stringify(view, (key, value: unknown) => {
    if (key === "created_at" || key === "updated_at") return undefined;
    // The list of all fields that Zendesk answers names those without a value as well.
    if (key !== "organization_fields") return value;
    return Object.fromEntries(
      Object.entries(value as object)
        .filter(([, one]) => one !== null && one !== false)
        .sort(),
    );
  });
  return JSON.parse(text.replace(/\d{13,16}/g, (id) => places.get(id) ?? id)) as typeof view;
}

/** Zendesk gives out ids in no order within a job. */
const sorted = (view: Awaited<ReturnType<typeof viewOf>>) => ({
  ...view,
  organizations: view.organizations.toSorted((one, other) => one.id - other.id),
  byId: view.byId.toSorted((one, other) => one.id - other.id),
  memberships: view.memberships.toSorted(),
});

describe("--dry-run", () => {
  test("reads like an instance that was really written, and writes nothing", async () => {
    const before = await world();
    const planned: PlannedConnection = planOn(served.reader);
    const plannedView = await viewOf(planned.reader, before, await writeAll(planned, before));
    expect(served.requests(/^(?:POST|PUT|DELETE) \/api/)).toEqual([]);
    expect(planned.counts).toEqual({ organizations: 5, users: 4, memberships: 3 });

    const real = { reader: served.reader, writer: served.writer };
    const realView = await viewOf(real.reader, before, await writeAll(real, before));
    expect(sorted(plannedView)).toEqual(sorted(realView));
  });

  test("planned ids are no ids of Zendesk's, and stay apart from each other", async () => {
    await world();
    const { writer } = planOn(served.reader);
    const made = ids(
      await writer.createOrganizations(Array.from({ length: 100 }, (_, index) => newOrganization(index))),
    );
    expect(new Set(made).size).toBe(100);
    expect(made.every((id) => Number.isSafeInteger(id) && id >= 9e15)).toBe(true);
  });

  test("planned records are never asked for", async () => {
    await world();
    const { reader, writer } = planOn(served.reader);
    const [id = 0] = ids(await writer.createOrganizations([newOrganization(1)]));
    await writer.createUsers([{ name: "Ned", email: "ned@example.com", organization_id: id }]);
    expect((await reader.usersOfOrganization(id)).map(({ email }) => email)).toEqual(["ned@example.com"]);
    expect(await reader.organizationsById([id])).toMatchObject([{ id, name: "New 1" }]);
    // Only whether somebody has the address already, as Zendesk would find out by itself.
    expect(served.requests(/^GET/).map(({ path }) => path)).toEqual([
      "/api/v2/users/search?query=email:ned@example.com",
    ]);
  });

  test("an address that somebody has is refused, in whatever case, as it would be", async () => {
    await world();
    const { reader, writer, counts } = planOn(served.reader);
    const [taken] = (await reader.usersById((await userIds()).slice(0, 1))).flatMap(({ email }) => email ?? []);
    const row = { name: "Ned", email: String(taken).toUpperCase(), organization_id: 1 };
    expect(await writer.createUsers([row])).toMatchObject([{ is: "refused", taken: "email" }]);
    expect(counts.users).toBe(0);
  });
});

async function userIds(): Promise<number[]> {
  const ids: number[] = [];
  for await (const { records } of served.reader.users())
    ids.push(...records.flatMap(({ id, email }) => (email ? [id] : [])));
  return ids;
}
