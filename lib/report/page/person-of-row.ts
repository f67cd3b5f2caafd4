import type { Row } from "../model.ts";

/** Fields of a row that identify its person. `id_of` only where it is known: the page's index does not have it. */
type PersonRow = Pick<Row, "comparison" | "effect" | "name" | "changes"> & Partial<Pick<Row, "id_of">>;

/** True if a row is about a person: a user, a contact, or why nothing was done about one. Pure. */
export function isAboutPerson({
  comparison,
  effect,
  id_of,
  reason,
}: Pick<Row, "comparison" | "effect" | "id_of" | "reason">): boolean {
  const isContact = effect === "contact" || reason?.code.startsWith("contact.") === true;
  return comparison === "usgov_user" || id_of === "user" || isContact;
}

/**
 * The address of the person whom a change is about, lower case; null where the row does not say it, as notes do not: they hold ids only.
 * Pure.
 */
export function addressIn({ comparison, effect, id_of, name, changes }: PersonRow): string | null {
  const isUser = comparison === "usgov_user" || id_of === "user";
  const field = effect === "contact" ? "contact" : effect === "create" && isUser ? "email" : null;
  if (field !== null) return changes.find((one) => one.field === field)?.after.toLowerCase() ?? null;
  // A user that exists is called by its address.
  return isUser && effect !== "none" && name.includes("@") ? name.toLowerCase() : null;
}
