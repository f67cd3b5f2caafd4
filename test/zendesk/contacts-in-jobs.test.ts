import { afterEach, describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import { planOn } from "../../lib/remotes/zendesk/planned.ts";
import type { RowOutcome, ZendeskConnection } from "../../lib/remotes/zendesk/ports.ts";
import type { Result } from "../../lib/storage/artifacts/results.ts";
import { finishContacts } from "../../lib/sync/contacts.ts";
import type { ContactsDue } from "../../lib/sync/write-contacts.ts";
import { seedOrganization, seedUser, serveZendesk } from "./serve-zendesk.ts";

/* Contacts are created first, and only who is refused is looked up: nothing is decided otherwise than by looking first. */

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

const protectedAddresses = { domains: new Set(["protected.example"]), addresses: new Set<string>() };

/** Every person that an address can meet, with what becomes of the address. */
async function world(bulkUserImport: boolean) {
  const [wanting, other] = [seedOrganization("Wanting"), seedOrganization("Other")];
  const users = {
    case: seedUser("Case@Example.com"),
    second: seedUser("first@example.com", { secondary_emails: ["second@example.com"] }),
    suspended: seedUser("suspended@example.com", { suspended: true }),
    agent: seedUser("agent@example.com", { role: "agent" }),
    elsewhere: seedUser("elsewhere@example.com", { organization_ids: [other.id] }),
    there: seedUser("there@example.com", { organization_ids: [wanting.id] }),
    deleted: seedUser("deleted@example.com", { organization_ids: [other.id] }),
  };
  served = await serveZendesk({
    organizations: [wanting, other],
    users: Object.values(users),
    behaviour: { bulkUserImport },
  });
  served.zendesk.deleteUser(users.deleted.id);
  const due: ContactsDue = {
    id: wanting.id,
    salesforce_id: "0014M00001x0001AAA",
    sold_tos: [
      ...["new@example.com", "CASE@example.COM", "Second@example.com", "suspended@example.com", "agent@example.com"],
      ...["elsewhere@example.com", "there@example.com", "deleted@example.com", "x@protected.example", "no address"],
    ].map((email) => ({ email, name: "Sue" })),
  };
  return { due, users, wanting };
}

const told = (results: readonly Result[] = []) =>
  Object.fromEntries(results.map(({ after, outcome, reason }) => [after.email, `${outcome} ${reason?.code}`]));

const EXPECTED = {
  "new@example.com": "applied contact.created",
  "CASE@example.COM": "applied contact.associated",
  "Second@example.com": "skipped contact.address_secondary",
  "suspended@example.com": "skipped contact.suspended",
  "agent@example.com": "skipped contact.is_staff",
  "elsewhere@example.com": "skipped contact.in_other_organization",
  "there@example.com": "skipped contact.there_already",
  "deleted@example.com": "applied contact.created",
  "x@protected.example": "skipped contact.protected_address",
  "no address": "skipped contact.address_unusable",
};

/** An account in another language: a refused row does not say that its address is taken. */
function inAnotherLanguage({ reader, writer }: ZendeskConnection): ZendeskConnection {
  const withoutHint = (outcome: RowOutcome): RowOutcome =>
    outcome.is === "refused" ? { is: "refused", reason: outcome.reason } : outcome;
  const createUsers: typeof writer.createUsers = async (rows) => (await writer.createUsers(rows)).map(withoutHint);
  return { reader, writer: { ...writer, createUsers, createMemberships: (rows) => writer.createMemberships(rows) } };
}

/** A first sending that is lost on its way, so that nobody knows what became of it. */
function lostOnce({ reader, writer }: ZendeskConnection): ZendeskConnection {
  let sent = 0;
  const createUsers: typeof writer.createUsers = async (rows) =>
    sent++ === 0 ? rows.map(() => ({ is: "unknown", reason: reason("job.unnamed") })) : writer.createUsers(rows);
  return { reader, writer: { ...writer, createUsers, createMemberships: (rows) => writer.createMemberships(rows) } };
}

describe.each([true, false])("Y2: contacts, bulk users %p", (bulk) => {
  test("whoever has an address already, in whatever form, is found out by the refusal, and decided as by a look", async () => {
    const { due, users, wanting } = await world(bulk);
    const [done] = await finishContacts([due], { connection: served, protectedAddresses });
    expect(told(done?.results)).toEqual(EXPECTED);
    const [looked] = await finishContacts([due], { connection: served, protectedAddresses, maximum: 30 });
    // The same again by looking first: what was placed is there now, everything else as it was.
    const there = ["new@example.com", "CASE@example.COM", "deleted@example.com"];
    expect(told(looked?.results)).toEqual({
      ...EXPECTED,
      ...Object.fromEntries(there.map((email) => [email, "skipped contact.there_already"])),
    });
    const { memberships } = served.zendesk.state();
    const moved = memberships.filter(({ user_id }) =>
      [users.elsewhere.id, users.suspended.id].includes(Number(user_id)),
    );
    expect(moved.filter(({ organization_id }) => organization_id === wanting.id)).toEqual([]);
  });

  test("a refusal in another language is looked up all the same", async () => {
    const { due } = await world(bulk);
    const connection = inAnotherLanguage(served);
    const [done] = await finishContacts([due], { connection, protectedAddresses });
    expect(told(done?.results)).toEqual(EXPECTED);
  });

  test("S5: whoever was there before a create whose outcome is unknown is not told as created: undo would mark them", async () => {
    const { due } = await world(bulk);
    const [done] = await finishContacts([due], { connection: lostOnce(served), protectedAddresses });
    expect(told(done?.results)).toEqual(EXPECTED);
  });

  test("of new addresses nobody is looked up: one job for a hundred, or one request for each", async () => {
    const organizations = Array.from({ length: 50 }, (_, index) => seedOrganization(`Org ${index}`));
    served = await serveZendesk({ organizations, behaviour: { bulkUserImport: bulk } });
    const due = organizations.map(({ id }, index) => ({
      id,
      salesforce_id: `A${index}`,
      sold_tos: [1, 2].map((place) => ({ email: `p${place}@org${index}.example`, name: null })),
    }));
    const done = await finishContacts(due, { connection: served, protectedAddresses });
    expect(done.flatMap(({ results }) => results).every(({ outcome }) => outcome === "applied")).toBe(true);
    expect(served.zendesk.state().users).toHaveLength(100);
    expect(served.requests(/GET .*(?:search|memberships|identities|organizations)/)).toEqual([]);
    expect(served.requests(/POST .*users\/create_many/)).toHaveLength(1);
    expect(served.requests(/POST .*users$/)).toHaveLength(bulk ? 0 : 100);
  });

  test("S5: a look that fails after the refusal costs that address only, and is tried again by the next run", async () => {
    const { due } = await world(bulk);
    served.fault({ kind: "404", path: "users/search", times: 1 });
    const [done] = await finishContacts([due], { connection: served, protectedAddresses });
    const failed = Object.values(told(done?.results))
      .map(String)
      .filter((one) => one.startsWith("failed"));
    expect([failed.length, done?.undecided]).toEqual([1, true]);
  });

  test("a dry run tells the same as the run, and writes nothing", async () => {
    const { due } = await world(bulk);
    const [planned] = await finishContacts([due], { connection: planOn(served.reader), protectedAddresses });
    expect(told(planned?.results)).toEqual(EXPECTED);
    expect(served.requests(/^(?:POST|PUT) \/api/)).toEqual([]);
  });
});
