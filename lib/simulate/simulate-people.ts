import { applyUserChangeset } from "../domain/apply-user-changeset.ts";
import type { Changeset, Note, PlannedContact } from "../domain/changeset.ts";
import { compareUsers, type UserChangeset } from "../domain/compare-users.ts";
import type { Config } from "../domain/config.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { addressStates, type ContactsPlan, type KnownAddress, planContacts } from "../domain/plan-contacts.ts";
import { protectedAddressesOf } from "../domain/protections.ts";
import { dueOrganizations } from "../domain/recent-organizations.ts";
import { upToMaximum } from "../domain/settle-user-contacts.ts";
import type { Contact, User } from "../domain/user.ts";
import { usersInput } from "../domain/users-input.ts";

/** Decisions of one set of rules about global's organizations: contacts are planned from them (C10). */
interface Decided {
  desired: readonly DesiredOrganization[];
  changes: Pick<Changeset, "creates" | "marks">;
  config: Config;
}

/** The world that contacts are planned in. */
interface ContactsWorld {
  /** As they were gathered. */
  organizations: readonly Organization[];
  addresses: readonly KnownAddress[] | null;
  gatheredAt: Date;
}

/** The contacts of global that a change of rules alone brings. */
export interface SimulatedContacts {
  contacts: PlannedContact[];
  /** Those that the rules of before do not give. */
  notes: Note[];
  /** Recent organizations of whose addresses nothing is known. */
  unknown: number;
}

/**
 * The contacts that the new rules plan and the old ones do not: of organizations that only they create, and of those that the old rules
 * create or that exist since a short while, where other addresses are protected or the maximum is another. Pure.
 */
export function simulateContacts(world: ContactsWorld, before: Decided, after: Decided): SimulatedContacts {
  const due = ({ desired }: Decided) => dueOrganizations(world.organizations, desired, world.gatheredAt);
  const planned = (rules: Decided, creates: Changeset["creates"]): ContactsPlan =>
    planContacts({
      creates,
      due: due(rules),
      known: addressStates(world.addresses ?? []),
      protectedAddresses: protectedAddressesOf(rules.config),
      maximum: rules.config.max_contacts_per_organization,
    });
  const wanted = new Set(after.desired.map(({ salesforce_id }) => salesforce_id));
  const marked = new Set(after.changes.marks.map(({ salesforce_id }) => salesforce_id));
  // What the old rules create is taken as there by now; its contacts are planned with it all the same.
  const kept = before.changes.creates.filter(({ salesforce_id: id }) => wanted.has(id) && !marked.has(id));
  const old = planned(before, before.changes.creates);
  const next = planned(after, [...kept, ...after.changes.creates]);
  const known = new Set(old.contacts.map(keyOf));
  return {
    contacts: next.contacts.filter((one) => !known.has(keyOf(one))),
    notes: addedNotes(old.notes, next.notes),
    unknown: world.addresses === null ? due(after).length : 0,
  };
}

function keyOf({ salesforce_id, email }: PlannedContact): string {
  return `${salesforce_id} ${email}`;
}

/** The users of us-government and the contacts of their accounts, as a run gathered them. */
export interface GatheredPeople {
  users: readonly User[];
  contacts: readonly Contact[];
}

/** Changes to the users of us-government that a change of rules causes by itself. */
export interface SimulatedUsers {
  /** By the old rules, in the world as gathered. */
  before: UserChangeset;
  /** By the new ones, once the old ones are followed. */
  after: UserChangeset;
  /** Users once the old rules are followed. */
  settled: User[];
}

/**
 * Compares the users by the old rules, and once these are followed by the new ones, each with the organizations that its rules leave. Contacts
 * are in the organization of their account, as in U3. Pure.
 */
export function simulateUsers(
  { users, contacts }: GatheredPeople,
  before: { config: Config; organizations: readonly Organization[] },
  after: { config: Config; organizations: readonly Organization[] },
): SimulatedUsers {
  const first = usersBy(users, contacts, before);
  const settled = applyUserChangeset(users, first);
  return { before: first, after: usersBy(settled, contacts, after), settled };
}

function usersBy(
  users: readonly User[],
  contacts: readonly Contact[],
  { config, organizations }: { config: Config; organizations: readonly Organization[] },
): UserChangeset {
  const homes = new Map(organizations.map((one) => [accountIdOf(one), one.id]));
  const placed = contacts.flatMap((contact): Contact[] => {
    const home = homes.get(contact.salesforce_id);
    return home === undefined ? [] : [{ ...contact, organization_id: home }];
  });
  const compared = compareUsers(usersInput({ users, contacts: placed }, organizations, config));
  return upToMaximum(compared, users, config.max_contacts_per_organization);
}

/** Notes that were not given before. Pure. */
export function addedNotes(before: readonly Note[], after: readonly Note[]): Note[] {
  const known = new Set(before.map((note) => JSON.stringify(note)));
  return after.filter((note) => !known.has(JSON.stringify(note)));
}
