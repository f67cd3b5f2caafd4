import type { Difference } from "../domain/changeset.ts";

/** One changed value, for people: `support_level: premium → ultimate`. */
export interface ChangedValue {
  field: string;
  before: string;
  after: string;
}

/** Returns the changes of an update, field by field, sorted. */
export function changedValues(before: Difference, change: Difference): ChangedValue[] {
  const fields = Object.entries(change.organization_fields ?? {}).map(([field, after]) => ({
    field,
    before: show(before.organization_fields?.[field]),
    after: show(after),
  }));
  const name =
    change.name === undefined ? [] : [{ field: "name", before: show(before.name), after: show(change.name) }];
  return [...name, ...fields.sort((one, other) => (one.field < other.field ? -1 : 1))];
}

/** A value as people read it; nothing is "–". */
export function show(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (value === true) return "yes";
  if (value === false) return "no";
  return String(value);
}
