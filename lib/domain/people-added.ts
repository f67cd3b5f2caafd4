import type { PlannedContact } from "./changeset.ts";
import type { UserChangeset } from "./compare-users.ts";

/** Returns the number of planned contacts that count towards the limit (S2): not those of organizations that a first fill created. */
export function contactsAdded(contacts: readonly PlannedContact[], ofFirstFill: ReadonlySet<number>): number {
  return contacts.filter(({ id }) => id === null || !ofFirstFill.has(id)).length;
}

/** The same of users: those to be created, and those to be put into another organization. */
export function usersAdded(
  { creates, updates }: Pick<UserChangeset, "creates" | "updates">,
  ofFirstFill: ReadonlySet<number>,
): number {
  const moved = updates.flatMap(({ change }) => change.organization_id ?? []);
  const into = [...creates.map(({ organization_id: id }) => id), ...moved];
  return into.filter((id) => !ofFirstFill.has(id)).length;
}
