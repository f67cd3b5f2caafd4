import type { OddityExpectation, SeedUser } from "../../types.ts";
import type { Person } from "../invention.ts";
import type { ContactRecord, Customer } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

type UserExpectation = NonNullable<OddityExpectation["users"]>[number];

/** So many users with nothing to do, that the marked ones are less than 5 % of all (S2). */
const SETTLED = 24;

/** An account in us-government and its organization. */
interface Home {
  customer: Customer;
  id: number;
}

/** Salesforce contacts and Zendesk users of us-government (U2–U6). All live in a few organizations made for them. */
export function addUserOddities(draft: WorldDraft): void {
  const homes = [home(draft), home(draft)].sort((one, other) =>
    one.customer.account.Id < other.customer.account.Id ? -1 : 1,
  );
  const [lower, higher] = homes as [Home, Home];
  addContactsWithoutUser(draft, lower);
  addDifferences(draft, lower, higher);
  addUsersLeftAlone(draft, lower, higher);
  addSharedAddresses(draft, lower, higher);
  addUsersWithoutContact(draft, lower);
  addUsersOfUntouchedOrganizations(draft);
  addMoreThanAnOrganizationMayHave(draft);
  for (let i = 0; i < SETTLED; i++) addSettledUser(draft, i % 2 === 0 ? lower : higher);
}

function home(draft: WorldDraft): Home {
  const customer = draft.subscriber(["12x5 US Citizen Support - 1 Year", "Self-Managed - Premium - 1 Year"]);
  return { customer, id: draft.existing(customer, "us-government").id };
}

function addSettledUser(draft: WorldDraft, at: Home): void {
  const person = draft.person(at.customer);
  draft.contact(at.customer, person);
  draft.user("us-government", person, { organization_ids: [at.id] });
}

function file(
  draft: WorldDraft,
  name: string,
  { customer }: Home,
  person: Person,
  is: UserExpectation["is"],
  organization?: Home | null,
): void {
  const end = organization === undefined ? {} : { organization: organization?.customer.account.Id ?? null };
  const email = person.email.toLowerCase();
  draft.oddity(name, customer, { users: [{ instance: "us-government", email, is, ...end }] });
}

function addContactsWithoutUser(draft: WorldDraft, at: Home): void {
  const fresh = draft.person(at.customer);
  draft.contact(at.customer, fresh);
  file(draft, "U5 new contact", at, fresh, "created", at);

  const unusable = { name: "Una Usable", email: "una.usable.at.nowhere" };
  draft.contact(at.customer, unusable);
  file(draft, "U4 contact with an unusable address", at, unusable, "absent");

  const inactive = draft.person(at.customer);
  draft.contact(at.customer, inactive, { Inactive_Contact__c: true });
  file(draft, "U3 inactive contact", at, inactive, "absent");

  const buyer = draft.person(at.customer);
  draft.contact(at.customer, buyer, { Role__c: "Billing Contact;Gitlab Administration" });
  file(draft, "U3 contact in another role", at, buyer, "absent");
}

function addDifferences(draft: WorldDraft, at: Home, elsewhere: Home): void {
  const both = (user: Partial<SeedUser>, contact: Partial<ContactRecord> = {}): Person => {
    const person = draft.person(at.customer);
    draft.contact(at.customer, person, contact);
    draft.user("us-government", person, { organization_ids: [at.id], ...user });
    return person;
  };
  file(draft, "U5 renamed contact", at, both({ name: "Maiden Name" }), "updated", at);
  file(
    draft,
    "U5 contact of another account than the user",
    at,
    both({ organization_ids: [elsewhere.id] }),
    "updated",
    at,
  );
  file(draft, "U5 user without organization", at, both({ organization_ids: [] }), "updated", at);
  file(draft, "U6 marked and back", at, both({ user_fields: { mark_for_deletion: true } }), "unmarked", at);

  const loud = draft.person(at.customer);
  draft.contact(at.customer, { ...loud, email: loud.email.toUpperCase() });
  draft.user("us-government", loud, { organization_ids: [at.id] });
  file(draft, "U5 contact with its address in capitals", at, loud, "unchanged", at);
}

function addUsersLeftAlone(draft: WorldDraft, at: Home, elsewhere: Home): void {
  const other = { name: "Another Name" };
  const known = (name: string, user: Partial<SeedUser>, organization: Home | null, special?: Person) => {
    const person = special ?? draft.person(at.customer);
    draft.contact(at.customer, person);
    draft.user("us-government", person, { ...other, ...user });
    file(draft, name, at, person, "left alone", organization);
  };
  known("U5 contact with the address of an agent", { role: "agent" }, null);
  known(
    "U5 contact with the address of a suspended user",
    { suspended: true, organization_ids: [elsewhere.id] },
    elsewhere,
  );
  known("U5 user in two organizations", { organization_ids: [elsewhere.id, at.id] }, elsewhere);
  known("U2 user of a protected domain", { organization_ids: [elsewhere.id] }, elsewhere, {
    name: "Petra Protected",
    email: "petra@protected.example",
  });

  const helpdesk = { name: "Shared Helpdesk", email: "helpdesk@shared.example" };
  draft.user("us-government", helpdesk, { organization_ids: [at.id] });
  file(draft, "U2 protected address without contact", at, helpdesk, "left alone", at);

  const primary = draft.person(at.customer);
  const secondary = { name: primary.name, email: draft.person(at.customer).email };
  draft.contact(at.customer, primary);
  draft.contact(at.customer, secondary);
  draft.user("us-government", primary, { organization_ids: [at.id], secondary_emails: [secondary.email] });
  file(draft, "U5 contact with the secondary address of a user", at, secondary, "left alone", at);
}

function addSharedAddresses(draft: WorldDraft, lower: Home, higher: Home): void {
  const settled = draft.person(higher.customer);
  draft.contact(lower.customer, { ...settled, name: "Lower Namesake" });
  draft.contact(higher.customer, settled);
  draft.user("us-government", settled, { organization_ids: [higher.id] });
  file(draft, "U4 address of two contacts, the user is with the second", higher, settled, "unchanged", higher);

  const newcomer = draft.person(lower.customer);
  draft.contact(higher.customer, { ...newcomer, email: newcomer.email.toUpperCase() });
  draft.contact(lower.customer, newcomer);
  file(draft, "U4 address of two contacts, no user yet", lower, newcomer, "created", lower);
}

function addUsersWithoutContact(draft: WorldDraft, at: Home): void {
  const leaver = draft.person(at.customer);
  draft.user("us-government", leaver, { organization_ids: [at.id] });
  file(draft, "U6 user whose contact is gone", at, leaver, "marked", at);

  const demoted = draft.person(at.customer);
  draft.contact(at.customer, demoted, { Role__c: "Billing Contact" });
  draft.user("us-government", demoted, { organization_ids: [at.id] });
  file(draft, "U3 U6 user whose contact lost the role", at, demoted, "marked", at);

  const former = draft.person(at.customer);
  draft.user("us-government", former, { organization_ids: [at.id], user_fields: { mark_for_deletion: true } });
  file(draft, "U6 user without contact, marked already", at, former, "unchanged", at);
}

/** Users of an organization that is protected or in conflict are not touched (U5). */
function addUsersOfUntouchedOrganizations(draft: WorldDraft): void {
  const guarded = draft.unregistered();
  const charges = ["24x7 US Citizen Support - 1 Year"];
  const { id } = draft.organization("us-government", draft.asIfSubscribed(guarded, "us-government", charges));
  draft.config.protected_ids.push(guarded.account.Id);
  const guest = draft.person(guarded);
  draft.user("us-government", guest, { organization_ids: [id] });
  const atGuarded = { customer: guarded, id };
  file(draft, "U5 user of a protected organization", atGuarded, guest, "left alone", atGuarded);

  const disputed = home(draft);
  draft.existing(disputed.customer, "us-government", {
    name: `${disputed.customer.account.Name} (2)`,
    external_id: null,
  });
  const member = draft.person(disputed.customer);
  draft.user("us-government", member, { organization_ids: [disputed.id] });
  file(draft, "U5 user of an organization in conflict", disputed, member, "left alone", disputed);
}

/** More contacts than an organization may have: who is there already stays, then the first by address. */
function addMoreThanAnOrganizationMayHave(draft: WorldDraft): void {
  const crowded = home(draft);
  const people = Array.from({ length: 33 }, () => draft.person(crowded.customer)).sort((one, other) =>
    one.email < other.email ? -1 : 1,
  );
  for (const person of people) draft.contact(crowded.customer, person);
  const last = people.at(-1);
  if (last) draft.user("us-government", last, { organization_ids: [crowded.id] });
  people.forEach((person, index) => {
    const name = `U5 more contacts than an organization may have, number ${index + 1}`;
    if (person === last) file(draft, name, crowded, person, "unchanged", crowded);
    else file(draft, name, crowded, person, index < 29 ? "created" : "absent", index < 29 ? crowded : undefined);
  });
}
