import { byRule, type Note } from "./changeset.ts";
import { addressKey, isProtected, isUsableAddress, type ProtectedAddresses } from "./protected-address.ts";
import { reason } from "./reason.ts";
import type { Contact, User, UserCreate, UserMark, UserUpdate } from "./user.ts";
import { sameName } from "./value-equality.ts";

/** Users and contacts that user-sync compares, with those it must leave alone (U5). */
export interface UsersInput {
  users: readonly User[];
  /** Contacts from Salesforce, joined to the organizations of their accounts; as they came, several per address included. */
  contacts: readonly Contact[];
  /** Lower case; subdomains are covered. */
  protectedDomains: ReadonlySet<string>;
  /** Lower case. */
  protectedEmails: ReadonlySet<string>;
  /** Organizations whose users are left alone. */
  protectedOrganizationIds: ReadonlySet<number>;
  /** Organizations that share their `salesforce_id` with another one (C7). */
  conflictedOrganizationIds: ReadonlySet<number>;
  /** Every organization of the instance. */
  organizationIds: ReadonlySet<number>;
  /** Organizations without a valid `salesforce_id`: nobody could ask for their contacts, so nobody can say who is missing there. */
  unmanagedOrganizationIds: ReadonlySet<number>;
}

/** All that the comparison of users found, sorted by address. Notes name users by id; of contacts the account, and who has the address where that one is left alone. */
export interface UserChangeset {
  /** The contacts that are left, one per address (U4). */
  contacts: Contact[];
  creates: UserCreate[];
  updates: UserUpdate[];
  marks: UserMark[];
  notes: Note[];
  /** Users that this comparison may touch: what percentages are of (S2). */
  existing: number;
  /** Number of these users that are marked already. */
  marked: number;
}

/** Why a record is left alone: the rule, and the reason. */
type SkippedContact = Pick<Note, "rule" | "reason">;

/** Compares the users of us-government with the contacts in Salesforce, on address (U2, U4–U6). */
export function compareUsers(input: UsersInput): UserChangeset {
  const holders = Map.groupBy(input.users, addressOf);
  const { contacts, notes } = onePerAddress(input.contacts, holders);
  const leftAlone = new Map(input.users.flatMap((user) => withReason(user, reasonToLeaveUser(user, holders, input))));
  for (const [{ id }, left] of leftAlone) notes.push({ ...left, salesforce_id: null, id });
  const creates: UserCreate[] = [];
  const updates: UserUpdate[] = [];
  for (const contact of contacts) {
    const user = holders.get(contact.email)?.[0];
    const holderLeftAlone = user !== undefined && leftAlone.has(user);
    const left = reasonToLeaveContact(contact, holderLeftAlone, input);
    // Of several users with the address the lowest id, whatever their order (C8).
    const id = holderLeftAlone ? Math.min(...(holders.get(contact.email) ?? []).map((one) => one.id)) : null;
    if (left) notes.push({ ...left, salesforce_id: contact.salesforce_id, id });
    else if (user) updates.push(...updateOf(user, contact));
    else creates.push(contact);
  }
  const wanted = new Set(contacts.map((contact) => contact.email));
  const eligible = input.users.filter((user) => !leftAlone.has(user));
  const absent = eligible.filter((user) => !user.marked && !wanted.has(addressOf(user)));
  for (const user of absent.filter((one) => unaskedFor(one, input)))
    notes.push({
      rule: "U6",
      salesforce_id: null,
      id: user.id,
      reason: reason("mark.contacts_unknown"),
    });
  return {
    contacts,
    creates,
    updates,
    marks: absent
      .filter((user) => !unaskedFor(user, input))
      .map(markOf)
      .sort(byAddress),
    notes: notes.sort(byRule),
    existing: eligible.length,
    marked: eligible.filter((user) => user.marked).length,
  };
}

/** True if a user has no contact only because the contacts of its organization could not be asked for. */
function unaskedFor({ organization_id: id }: User, { unmanagedOrganizationIds }: UsersInput): boolean {
  return id !== null && unmanagedOrganizationIds.has(id);
}

/** One contact for each usable address, sorted by it; the others are noted (U4). */
function onePerAddress(all: readonly Contact[], holders: ReadonlyMap<string, readonly User[]>) {
  const notes: Note[] = [];
  const drop = (contact: Contact, code: "contact.address_unusable" | "contact.address_repeated") =>
    notes.push({ rule: "U4", salesforce_id: contact.salesforce_id, id: null, reason: reason(code) });
  const usable: Contact[] = [];
  for (const contact of all) {
    const email = addressKey(contact.email);
    if (isUsableAddress(email)) usable.push({ ...contact, email, name: contact.name.trim() });
    else drop(contact, "contact.address_unusable");
  }
  const contacts: Contact[] = [];
  for (const [email, candidates] of Map.groupBy(usable, (contact) => contact.email)) {
    const organizationIds = new Set(holders.get(email)?.map((user) => user.organization_id));
    const [chosen, ...others] = candidates.sort(byPreference(organizationIds));
    if (chosen) contacts.push(chosen);
    for (const other of others) drop(other, "contact.address_repeated");
  }
  return { contacts: contacts.sort(byAddress), notes };
}

/** The organization that the user already has, else the lowest `salesforce_id`, then the lowest name (U4). */
function byPreference(organizationIds: ReadonlySet<number | null>) {
  const rank = (contact: Contact) => (organizationIds.has(contact.organization_id) ? 0 : 1);
  return (one: Contact, other: Contact): number =>
    rank(one) - rank(other) ||
    byText(one.salesforce_id, other.salesforce_id) ||
    byText(one.name, other.name) ||
    one.organization_id - other.organization_id;
}

/** Why a user is not ours to touch (U2, U5), or null. */
function reasonToLeaveUser(
  user: User,
  holders: ReadonlyMap<string, readonly User[]>,
  input: UsersInput,
): SkippedContact | null {
  const address = addressOf(user);
  const organizationId = user.organization_id;
  if (isProtected(address, protectedAddresses(input))) {
    return { rule: "U2", reason: reason("user.protected_address") };
  }
  if (!isUsableAddress(address)) return left("user.without_address");
  if (user.role !== "end-user") return left("user.not_end_user");
  if (user.suspended) return left("user.suspended");
  if (user.memberships > 1) return left("user.in_several_organizations");
  // Addresses are unique in Zendesk; should two users share one all the same, nobody can say whose the contact is.
  if ((holders.get(address) ?? []).length > 1) return left("user.address_repeated");
  if (organizationId === null) return null;
  if (input.protectedOrganizationIds.has(organizationId)) return left("user.in_protected_organization");
  if (input.conflictedOrganizationIds.has(organizationId)) return left("user.in_conflicted_organization");
  return input.organizationIds.has(organizationId) ? null : left("user.in_unknown_organization");
}

/** Why nothing is done about a contact (U2, U5), or null. A protected organization may still get users; they are left alone from then on. */
function reasonToLeaveContact(contact: Contact, holderLeftAlone: boolean, input: UsersInput): SkippedContact | null {
  if (holderLeftAlone) return left("contact.holder_left_alone");
  if (isProtected(contact.email, protectedAddresses(input))) {
    return { rule: "U2", reason: reason("contact.protected_address") };
  }
  if (input.conflictedOrganizationIds.has(contact.organization_id)) return left("contact.organization_in_conflict");
  return input.organizationIds.has(contact.organization_id) ? null : left("contact.organization_unknown");
}

type LeftAloneCode =
  | "user.without_address"
  | "user.not_end_user"
  | "user.suspended"
  | "user.in_several_organizations"
  | "user.address_repeated"
  | "user.in_protected_organization"
  | "user.in_conflicted_organization"
  | "user.in_unknown_organization"
  | "contact.holder_left_alone"
  | "contact.organization_in_conflict"
  | "contact.organization_unknown";

/** Left alone by U5. */
function left(code: LeftAloneCode): SkippedContact {
  return { rule: "U5", reason: reason(code) };
}

/** Aligns name and organization with the contact, and takes back a mark as the contact is back (U5, U6); empty if nothing differs. */
function updateOf(user: User, contact: Contact): UserUpdate[] {
  const before: UserUpdate["before"] = {};
  const change: UserUpdate["change"] = {};
  if (!sameName(user.name, contact.name)) {
    before.name = user.name;
    change.name = contact.name;
  }
  if (user.organization_id !== contact.organization_id) {
    before.organization_id = user.organization_id;
    change.organization_id = contact.organization_id;
  }
  if (user.marked) {
    before.mark_for_deletion = true;
    change.mark_for_deletion = false;
  }
  if (Object.keys(change).length === 0) return [];
  return [{ id: user.id, salesforce_id: contact.salesforce_id, email: contact.email, before, change }];
}

function markOf(user: User): UserMark {
  return {
    id: user.id,
    salesforce_id: null,
    email: addressOf(user),
    before: { mark_for_deletion: false },
    change: { mark_for_deletion: true },
  };
}

function protectedAddresses({ protectedDomains, protectedEmails }: UsersInput): ProtectedAddresses {
  return { domains: protectedDomains, addresses: protectedEmails };
}

function withReason(user: User, left: SkippedContact | null): [User, SkippedContact][] {
  return left ? [[user, left]] : [];
}

function addressOf(user: User): string {
  return addressKey(user.email ?? "");
}

function byAddress(one: { email: string }, other: { email: string }): number {
  return byText(one.email, other.email);
}

/** By code unit: the same in every locale (C8). */
function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
