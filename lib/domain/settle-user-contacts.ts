import { byRule, type Note } from "./changeset.ts";
import type { UserChangeset } from "./compare-users.ts";
import { reason } from "./reason.ts";
import type { Contact, User, UserCreate, UserUpdate } from "./user.ts";

/** The users who turned out to have an address: their ids by address, in lower case. */
export type AddressHolders = ReadonlyMap<string, readonly number[]>;

/**
 * The changeset without creates whose address belongs to somebody: it is a second address, which the list of users does not show.
 * They would be planned in every run, and skipped. Pure.
 */
export function withoutTakenAddresses(changeset: UserChangeset, holders: AddressHolders): UserChangeset {
  const taken = (create: UserCreate) => holders.get(create.email) ?? [];
  const notes = changeset.creates.flatMap((create): Note[] => {
    const user_ids = [...taken(create)];
    if (user_ids.length === 0) return [];
    return [
      { rule: "U5", salesforce_id: create.salesforce_id, id: null, reason: reason("user.address_taken", { user_ids }) },
    ];
  });
  if (notes.length === 0) return changeset;
  return {
    ...changeset,
    creates: changeset.creates.filter((create) => taken(create).length === 0),
    notes: [...changeset.notes, ...notes].sort(byRule),
  };
}

/**
 * The changeset with at most so many contacts for an organization: those there already first, then by address. Only creates and moves into
 * the organization are left out; nobody is marked for it, and the other changes of a user stay. Pure.
 */
export function upToMaximum(changeset: UserChangeset, users: readonly User[], maximum: number): UserChangeset {
  const left = overMaximum(changeset, users, maximum);
  if (left.size === 0) return changeset;
  const notes = [...left].map(
    (contact): Note => ({
      rule: "U5",
      salesforce_id: contact.salesforce_id,
      id: contact.organization_id,
      reason: reason("contact.over_maximum", { maximum }),
    }),
  );
  const addresses = new Set([...left].map(({ email }) => email));
  return {
    ...changeset,
    creates: changeset.creates.filter(({ email }) => !addresses.has(email)),
    updates: changeset.updates.flatMap((update) => (addresses.has(update.email) ? withoutMove(update) : [update])),
    notes: [...changeset.notes, ...notes].sort(byRule),
  };
}

/** Contacts that would come into an organization that is full by then. */
function overMaximum(
  { contacts, creates, updates }: UserChangeset,
  users: readonly User[],
  maximum: number,
): Set<Contact> {
  const homes = new Map(users.map(({ email, organization_id }) => [email, organization_id]));
  const coming = new Set([
    ...creates.map(({ email }) => email),
    ...updates.filter(({ change }) => change.organization_id !== undefined).map(({ email }) => email),
  ]);
  const left = new Set<Contact>();
  for (const [id, own] of Map.groupBy(contacts, ({ organization_id }) => organization_id)) {
    const there = own.filter(({ email }) => homes.get(email) === id).length;
    // Contacts are sorted by address (U4).
    const joining = own.filter(({ email }) => coming.has(email) && homes.get(email) !== id);
    for (const contact of joining.slice(Math.max(0, maximum - there))) left.add(contact);
  }
  return left;
}

function withoutMove({ before, change, ...update }: UserUpdate): UserUpdate[] {
  const { organization_id: _from, ...rest } = before;
  const { organization_id: _to, ...changes } = change;
  return Object.keys(changes).length > 0 ? [{ ...update, before: rest, change: changes }] : [];
}
