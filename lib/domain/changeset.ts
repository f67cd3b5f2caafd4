import * as v from "valibot";
import { DesiredOrganizationSchema, FieldValueSchema } from "./organization.ts";
import type { FieldValue } from "./organization-field.ts";
import { byReason, type Reason } from "./reason.ts";

const Fields = v.record(v.string(), FieldValueSchema);
const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** One side of an update: only what differs. */
export const DifferenceSchema = v.object({
  name: v.exactOptional(v.string()),
  organization_fields: v.exactOptional(Fields),
});
export type Difference = { name?: string; organization_fields?: Record<string, FieldValue> };

/** An organization to create: the desired organization (`<i>_creates.json`). */
export const CreateSchema = DesiredOrganizationSchema;
export type Create = v.InferOutput<typeof CreateSchema>;

/** An organization to update (`<i>_updates.json`): `before` and `change` have the same keys. */
export const UpdateSchema = v.object({
  id: Id,
  salesforce_id: v.string(),
  name: v.string(),
  before: DifferenceSchema,
  change: DifferenceSchema,
});
export type Update = v.InferOutput<typeof UpdateSchema>;

/** An organization to mark (`<i>_not_in_sync.json`). */
export const MarkSchema = v.object({
  id: Id,
  salesforce_id: v.nullable(v.string()),
  name: v.string(),
  before: v.object({ mark_for_deletion: FieldValueSchema }),
  change: v.object({ mark_for_deletion: v.literal(true) }),
});
export type Mark = v.InferOutput<typeof MarkSchema>;

/** A person to be created in an organization, or put into it: one record of `global_contacts.json` (C10). */
export const PlannedContactSchema = v.object({
  /** The account's, in 18 characters. */
  salesforce_id: v.string(),
  /** The organization's; null where the same changeset creates it. */
  id: v.nullable(Id),
  /** Lower case. */
  email: v.string(),
  name: v.nullable(v.string()),
});
export type PlannedContact = v.InferOutput<typeof PlannedContactSchema>;

/** Something that a stage only reports (`<stage or instance>_notes.json`). No names, no addresses: notes are also logged. */
export interface Note {
  /** The rule of the specification that it follows from: `C7`. */
  rule: string;
  salesforce_id: string | null;
  id: number | null;
  reason: Reason;
}

/** All that one comparison found: what `sync` would do, what is left alone and why, and what the limits measure against. */
export interface Changeset {
  creates: Create[];
  updates: Update[];
  marks: Mark[];
  notes: Note[];
  /** Existing records of this comparison: what percentages are of (S2). */
  existing: number;
  /** Number of existing records that are marked already. */
  marked: number;
}

/** Sorts records by `salesforce_id`, then id, by code unit: the same in every locale (C8). */
export function bySalesforceId(
  one: { salesforce_id: string | null; id?: number | null },
  other: { salesforce_id: string | null; id?: number | null },
): number {
  const left = one.salesforce_id ?? "";
  const right = other.salesforce_id ?? "";
  if (left !== right) return left < right ? -1 : 1;
  return (one.id ?? 0) - (other.id ?? 0);
}

/** Sorts notes so that the same findings in any order give the same bytes (C8). */
export function byRule(one: Note, other: Note): number {
  if (one.rule !== other.rule) return one.rule < other.rule ? -1 : 1;
  return bySalesforceId(one, other) || byReason(one.reason, other.reason);
}
