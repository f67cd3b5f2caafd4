import type { OddityExpectation, SeedUser } from "../../types.ts";
import { addDays, timestamp } from "../days.ts";
import type { Person } from "../invention.ts";
import type { Customer } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

const PREMIUM = "SaaS - Premium - 1 Year";
type UserExpectation = NonNullable<OddityExpectation["users"]>[number];

/** The contacts of organizations that a run creates in global, or that an earlier run created within a week (E14, Y2–Y4). */
export function addSoldToOddities(draft: WorldDraft): void {
  addUsersKnownAlready(draft);
  addProtectedAddress(draft);
  addAddressWantedTwice(draft);
  addSpellingsOfOneAddress(draft);
  addExpiredSubscription(draft);
  addYoungOrganizations(draft);
  addMoreThanAnOrganizationMayHave(draft);
}

/** A customer of this run, whose only sold-to address is this person's. */
function newcomer(draft: WorldDraft, person?: Person): { customer: Customer; person: Person } {
  const contact = person && { Name: person.name, Email: person.email };
  const customer = draft.subscriber([PREMIUM], contact ? { Latest_Sold_To_Contact__r: contact } : {});
  const own = customer.account.Latest_Sold_To_Contact__r;
  return { customer, person: { name: own?.Name ?? "", email: own?.Email ?? "" } };
}

function user(person: Person, is: UserExpectation["is"], organization?: Customer | null): UserExpectation {
  const end = organization === undefined ? {} : { organization: organization?.account.Id ?? null };
  return { instance: "global", email: person.email.toLowerCase(), is, ...end };
}

function addUsersKnownAlready(draft: WorldDraft): void {
  const unknown = newcomer(draft);
  draft.oddity("Y2 sold-to address nobody has", unknown.customer, {
    global: { is: "created" },
    users: [user(unknown.person, "created", unknown.customer)],
  });
  const known = (
    name: string,
    change: Partial<SeedUser>,
    is: UserExpectation["is"],
    organization?: Customer | null,
  ) => {
    const { customer, person } = newcomer(draft);
    draft.user("global", person, change);
    const end = is === "associated" ? customer : organization;
    draft.oddity(name, customer, { global: { is: "created" }, users: [user(person, is, end)] });
  };
  known("Y2 sold-to address of an end user without organization", {}, "associated");
  const employer = draft.subscriber([PREMIUM]);
  const { id } = draft.existing(employer, "global");
  known(
    "Y2 sold-to address of an end user of another organization",
    { organization_ids: [id] },
    "left alone",
    employer,
  );
  known("Y2 sold-to address of an agent", { role: "agent" }, "left alone", null);
  known("Y2 sold-to address of a suspended user", { suspended: true }, "left alone", null);

  const { customer, person } = newcomer(draft);
  draft.user("global", draft.person(customer), { secondary_emails: [person.email] });
  draft.oddity("Y2 sold-to address that is the secondary address of someone", customer, {
    global: { is: "created" },
    users: [user(person, "left alone", null)],
  });
}

function addProtectedAddress(draft: WorldDraft): void {
  const { customer, person } = newcomer(draft, { name: "Paula Protected", email: "paula@protected.example" });
  draft.oddity("Y2 sold-to address of a protected domain", customer, {
    global: { is: "created" },
    users: [user(person, "absent")],
  });
}

function addAddressWantedTwice(draft: WorldDraft): void {
  const { customer: one, person } = newcomer(draft);
  const { customer: other } = newcomer(draft, person);
  const lower = one.account.Id < other.account.Id ? one : other;
  const expect: OddityExpectation = { global: { is: "created" }, users: [user(person, "created", lower)] };
  draft.oddity("Y2 sold-to address wanted by two new organizations, one", one, expect);
  draft.oddity("Y2 sold-to address wanted by two new organizations, other", other, expect);
}

function addSpellingsOfOneAddress(draft: WorldDraft): void {
  const customer = draft.customer();
  const person = draft.person(customer);
  customer.account.Latest_Sold_To_Contact__r = null;
  draft.subscribe(customer, [PREMIUM], { soldTo: person.email.toUpperCase() });
  draft.subscribe(customer, ["GitLab Duo Pro - 1 Year"], { soldTo: person.email });
  draft.subscribe(customer, ["Success Advanced - 1 Year"], { soldTo: null });
  draft.oddity("E14 sold-to address in capitals, twice, and null", customer, {
    global: { is: "created", support_level: "premium" },
    users: [user(person, "created", customer)],
  });
}

function addExpiredSubscription(draft: WorldDraft): void {
  const customer = draft.customer();
  const [former, present] = [draft.person(customer), draft.person(customer)];
  draft.subscribe(customer, [PREMIUM], { end: addDays(draft.today, -16), soldTo: former.email });
  draft.subscribe(customer, [PREMIUM], { soldTo: present.email });
  draft.oddity("E14 sold-to address of an expired subscription", customer, {
    global: { is: "created" },
    users: [user(former, "absent"), user(present, "created", customer)],
  });
}

/** Created by an earlier run that was killed before it had finished the contacts (Y3). Their age is real time. */
function addYoungOrganizations(draft: WorldDraft): void {
  const createdAt = timestamp(draft.now.getTime() - 2 * 24 * 3_600_000);
  const young = (customer: Customer) =>
    draft.existing(customer, "global", { external_id: customer.account.Id, created_at: createdAt });

  const half = draft.customer();
  const [done, missing] = [draft.person(half), draft.person(half)];
  half.account.Latest_Sold_To_Contact__r = { Name: missing.name, Email: missing.email };
  draft.subscribe(half, [PREMIUM], { soldTo: done.email });
  draft.user("global", done, { organization_ids: [young(half).id], created_at: createdAt, updated_at: createdAt });
  draft.oddity("Y3 young organization with one user of two addresses", half, {
    global: { is: "unchanged" },
    users: [user(done, "unchanged", half), user(missing, "created", half)],
  });

  const { customer: empty, person } = newcomer(draft);
  young(empty);
  draft.oddity("Y3 young organization without any user", empty, {
    global: { is: "unchanged" },
    users: [user(person, "created", empty)],
  });

  const { customer: unlucky, person: agent } = newcomer(draft);
  young(unlucky);
  draft.user("global", agent, { role: "agent" });
  draft.oddity("Y4 young organization that nobody can be associated with", unlucky, {
    global: { is: "unchanged" },
    users: [user(agent, "left alone", null)],
  });
}

/** More addresses than an organization may have contacts: the first thirty by address. */
function addMoreThanAnOrganizationMayHave(draft: WorldDraft): void {
  const customer = draft.customer();
  customer.account.Latest_Sold_To_Contact__r = null;
  const people = Array.from({ length: 33 }, () => draft.person(customer));
  for (const { email } of people) draft.subscribe(customer, [PREMIUM], { soldTo: email });
  const inOrder = people.map((one) => ({ ...one, email: one.email.toLowerCase() })).sort(byAddress);
  draft.oddity("Y2 more sold-to addresses than an organization may have contacts", customer, {
    global: { is: "created", support_level: "premium" },
    users: inOrder.map((one, index) => (index < 30 ? user(one, "created", customer) : user(one, "absent"))),
  });
}

function byAddress(one: Person, other: Person): number {
  return one.email < other.email ? -1 : 1;
}
