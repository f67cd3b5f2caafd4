import { COMPARISON } from "../domain/comparisons.ts";
import type { InstanceName } from "../domain/instance.ts";
import { isPartnerType, type Organization } from "../domain/organization.ts";
import type { FieldValue } from "../domain/organization-field.ts";
import { isMarked } from "../domain/organization-scope.ts";
import { comparableValue, sameValue } from "../domain/value-equality.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { DidExplanation, LossExplanation, OrganizationExplanation } from "./account-explanation.ts";
import type { AccountEvidence } from "./evidence.ts";

/** A written difference as results keep it: a name, fields, or the mark. */
interface Written {
  name?: string;
  organization_fields?: Record<string, FieldValue>;
  mark_for_deletion?: boolean;
}

/** Returns the contents of Zendesk after a run: the organizations as gathered, with every applied result in place. Pure. */
export function heldAfter(
  gathered: readonly Organization[],
  results: readonly Result[],
): { organizations: Organization[]; created: ReadonlySet<number> } {
  const organizations = new Map(gathered.map((one) => [one.id, one]));
  const created = new Set<number>();
  for (const { outcome, effect, id, salesforce_id, after } of results) {
    if (outcome !== "applied" || id === null || effect === "contact") continue;
    const written = after as Written;
    const held = organizations.get(id);
    if (effect === "create" && !held) created.add(id);
    if (!held && effect !== "create") continue;
    organizations.set(id, withWritten(held ?? emptyOrganization(id, salesforce_id), written));
  }
  return { organizations: [...organizations.values()], created };
}

function withWritten(
  organization: Organization,
  { name, organization_fields, mark_for_deletion }: Written,
): Organization {
  return {
    ...organization,
    ...(name === undefined ? {} : { name }),
    organization_fields: {
      ...organization.organization_fields,
      ...organization_fields,
      ...(mark_for_deletion === undefined ? {} : { mark_for_deletion }),
    },
  };
}

function emptyOrganization(id: number, external_id: string | null): Organization {
  return { id, name: "", external_id, created_at: "", updated_at: "", organization_fields: {} };
}

/** An organization with what its fields say of its support. Pure. */
export function organizationAs(organization: Organization, created_by_run: boolean): OrganizationExplanation {
  const { id, name, organization_fields: fields } = organization;
  const text = (value: FieldValue | undefined) => String(comparableValue("dropdown", value) ?? "") || null;
  const seats = Number(fields.seats_decimal ?? fields.number_of_seats ?? Number.NaN);
  return {
    id,
    name,
    marked: isMarked(organization),
    created_by_run,
    holds: {
      support_level: text(fields.support_level),
      expiration_date: String(comparableValue("date", fields.expiration_date) ?? "") || null,
      seats: Number.isFinite(seats) ? seats : null,
      is_partner: isPartnerType(fields.account_type),
    },
  };
}

/** Fields that tell whether what a run took away is still gone. */
const TELLING = [
  "account_type",
  "support_level",
  "mark_for_deletion",
  "support_hold",
  "restricted_account",
  "emergency_support_24x7",
];

/** Losses of these organizations in earlier runs that nothing gave back: the latest of each kind. Pure. */
export function lossesOf(
  { past }: AccountEvidence,
  instance: InstanceName,
  own: readonly Organization[],
): LossExplanation[] {
  const losses = new Map<string, LossExplanation>();
  for (const { run_id, at, comparison, result } of past?.losses ?? []) {
    const held = own.find(({ id }) => id === result.id);
    if (!held || COMPARISON[comparison].instance !== instance) continue;
    const changes = changedFields(result.before, result.after);
    const telling = changes.filter(({ field }) => TELLING.includes(field) || field.startsWith("sub_"));
    const stands = telling.every(({ field, after }) => isHeld(held, field, after));
    const kind = telling.some(({ field }) => field === "mark_for_deletion") ? "mark" : "support";
    if (stands && telling.length > 0 && !losses.has(kind))
      losses.set(kind, { run_id, at, effect: result.effect, changes });
  }
  return [...losses.values()];
}

function isHeld({ organization_fields: fields }: Organization, field: string, value: unknown): boolean {
  const type = typeof value === "boolean" ? "checkbox" : "text";
  return sameValue(type, fields[field], value);
}

/** Returns the changes of a result, field by field. Pure. */
export function changedFields(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): DidExplanation["changes"] {
  const flat = (one: Record<string, unknown>) => {
    const { organization_fields: fields = {}, ...rest } = one as { organization_fields?: Record<string, unknown> };
    return { ...rest, ...fields } as Record<string, unknown>;
  };
  const [from, to] = [flat(before), flat(after)];
  // The address only says who a user is.
  return Object.entries(to)
    .filter(([field]) => field !== "email")
    .map(([field, value]) => ({ field, before: from[field] ?? null, after: value }));
}
