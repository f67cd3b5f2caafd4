import type { Changeset, Create, Difference, Mark, Update } from "./changeset.ts";
import { compareOrganizations, type OrganizationComparison } from "./compare-organizations.ts";
import type { Comparison } from "./comparisons.ts";
import { joinOrganizations } from "./join-organizations.ts";
import type { Organization } from "./organization.ts";
import type { FieldType } from "./organization-field.ts";
import { accountIdOf } from "./organization-scope.ts";
import { type ParamsOf, type ReasonCode, type ReasonOf, reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";
import { comparableValue, sameName, sameValue } from "./value-equality.ts";

/** Change files as `sync` is given them. */
export type ProposedChanges = Pick<Changeset, "creates" | "updates" | "marks">;

/** A rule that no change file may break, no matter who made it. */
type BrokenRule = ParamsOf<"changes.against_rules">["rule"];

/** Changes with every `before` taken from the reading, what they are measured against, and which rules they break. */
export interface HeldChanges extends ProposedChanges {
  existing: number;
  marked: number;
  broken: ReasonOf<"changes.against_rules">[];
}

/** One record that breaks a rule. */
interface Breach {
  rule: BrokenRule;
  /** The organization's id, or the account's where it is to be created. */
  record: number | string;
  /** Fields, where the rule is about fields. */
  fields?: readonly string[];
  /** Why the comparison leaves the organization alone, where it says so. */
  because?: ReasonCode;
}

/**
 * Holds change files against what this stage reads itself (S3): the comparison is made once more, and only what it would do, too, is
 * accepted. `vouched`: a person vouched for files without a manifest (`--expect`); the values of their updates are that person's, and
 * everything else is held all the same. Pure.
 */
export function holdChanges(
  comparison: OrganizationComparison,
  given: ProposedChanges,
  { name, vouched }: { name: Comparison; vouched: boolean },
): HeldChanges {
  const own = compareOrganizations(comparison);
  const held: Held = {
    vouched,
    types: new Map(comparison.fields.map(({ key, type }) => [key, type])),
    byId: new Map(comparison.organizations.map((organization) => [organization.id, organization])),
    paired: new Set(joinOrganizations(comparison, comparison).pairs.map(({ organization }) => organization.id)),
    creates: new Map(own.creates.map((create) => [create.salesforce_id, create])),
    updates: new Map(own.updates.map((update) => [update.id, update])),
    marks: new Set(own.marks.map(({ id }) => id)),
    notes: new Map(own.notes.map(({ id, salesforce_id, reason: { code } }) => [id ?? salesforce_id, code])),
  };
  const breaches = [
    ...given.creates.flatMap((create) => breachOfCreate(create, held)),
    ...given.updates.flatMap((update) => breachesOfUpdate(update, held)),
    ...given.marks.flatMap((mark) => breachesOfMark(mark, held)),
  ];
  const { creates, updates, marks } = given;
  return {
    creates,
    updates: updates.map((update) => ({ ...update, before: asRead(update.change, held.byId.get(update.id)) })),
    marks: marks.map((mark) => ({ ...mark, before: markAsRead(mark, held.byId.get(mark.id)) })),
    existing: own.existing,
    marked: own.marked,
    broken: reasonsOf(name, breaches),
  };
}

interface Held {
  vouched: boolean;
  /** Of the fields that this comparison writes. */
  types: ReadonlyMap<string, FieldType>;
  byId: ReadonlyMap<number, Organization>;
  /** Organizations that stand beside their account: only these are ever updated. */
  paired: ReadonlySet<number>;
  /** Changes that the comparison itself would make, and its reasons for leaving other organizations alone. */
  creates: ReadonlyMap<string, Create>;
  updates: ReadonlyMap<number, Update>;
  marks: ReadonlySet<number>;
  notes: ReadonlyMap<number | string | null, ReasonCode>;
}

/** A create is the account's own, in every field and address: what is new is seen by nobody before it is there. */
function breachOfCreate(create: Create, held: Held): Breach[] {
  const record = create.salesforce_id;
  const wanted = held.creates.get(record);
  return wanted && sameCreate(wanted, create) ? [] : [{ rule: "create_not_due", record, ...because(record, held) }];
}

function sameCreate(one: Create, other: Create): boolean {
  const text = ({ organization_fields: fields, sold_tos, ...rest }: Create) =>
    JSON.stringify([
      Object.entries(rest).sort(byKey),
      Object.entries(fields).sort(byKey),
      sold_tos.map(({ name, email }) => [name, email]),
    ]);
  return text(one) === text(other);
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function breachesOfUpdate(update: Update, held: Held): Breach[] {
  const { id: record, change, before, salesforce_id } = update;
  const organization = held.byId.get(record);
  if (!organization) return [{ rule: "not_read", record }];
  const values = change.organization_fields ?? {};
  const breaches: Breach[] = [];
  if (accountIdOf(organization) !== toId18(salesforce_id) || !sameAccount(values.salesforce_id, organization))
    breaches.push({ rule: "other_account", record });
  if (comparableValue("checkbox", values.mark_for_deletion) === true) breaches.push({ rule: "mark_in_update", record });
  const foreign = Object.keys(values).filter((key) => !held.types.has(key));
  if (foreign.length > 0) breaches.push({ rule: "field_not_ours", record, fields: foreign });
  const differing = differingBefore(before, asRead(change, organization), held);
  if (differing.length > 0) breaches.push({ rule: "before_differs", record, fields: differing });
  if (!held.paired.has(record)) breaches.push({ rule: "update_not_due", record, ...because(record, held) });
  else if (!held.vouched && !isPartOf(change, held.updates.get(record)?.change))
    breaches.push({ rule: "update_not_due", record });
  return breaches;
}

function breachesOfMark(mark: Mark, held: Held): Breach[] {
  const organization = held.byId.get(mark.id);
  if (!organization) return [{ rule: "not_read", record: mark.id }];
  if (held.marks.has(mark.id)) return [];
  return [{ rule: "mark_not_due", record: mark.id, ...because(mark.id, held) }];
}

function because(record: number | string, { notes }: Held): Pick<Breach, "because"> {
  const code = notes.get(record);
  return code ? { because: code } : {};
}

/** An id may be written out in full, and never become another account's (G5). */
function sameAccount(written: unknown, organization: Organization): boolean {
  return written === undefined || toId18(String(written)) === accountIdOf(organization);
}

/** The values that a change would replace, as they were read. */
function asRead(change: Difference, organization: Organization | undefined): Difference {
  const fields = Object.keys(change.organization_fields ?? {});
  return {
    ...(change.name === undefined || !organization ? {} : { name: organization.name }),
    ...(change.organization_fields
      ? {
          organization_fields: Object.fromEntries(
            fields.map((key) => [key, organization?.organization_fields[key] ?? null]),
          ),
        }
      : {}),
  };
}

function markAsRead(mark: Mark, organization: Organization | undefined): Mark["before"] {
  return organization ? { mark_for_deletion: organization.organization_fields.mark_for_deletion ?? null } : mark.before;
}

/** Fields whose `before` is not what was read; the name as `name`. */
function differingBefore(claimed: Difference, read: Difference, { types }: Held): string[] {
  const values = claimed.organization_fields ?? {};
  const fields = Object.entries(read.organization_fields ?? {}).filter(
    ([key, value]) => !sameValue(types.get(key) ?? "text", values[key] ?? null, value),
  );
  const name = read.name !== undefined && !sameName(claimed.name ?? "", read.name) ? ["name"] : [];
  return [...fields.map(([key]) => key), ...name];
}

/** True if every value of a change is also in the comparison's own change of the organization. */
function isPartOf(change: Difference, own: Difference = {}): boolean {
  const values = own.organization_fields ?? {};
  return (
    (change.name === undefined || change.name === own.name) &&
    Object.entries(change.organization_fields ?? {}).every(([key, value]) => key in values && values[key] === value)
  );
}

/** As many records as a refusal names. */
const NAMED = 10;

function reasonsOf(comparison: Comparison, breaches: readonly Breach[]): HeldChanges["broken"] {
  return [...Map.groupBy(breaches, ({ rule }) => rule)].map(([rule, own]) =>
    reason("changes.against_rules", {
      comparison,
      rule,
      count: own.length,
      records: own.slice(0, NAMED).map(({ record }) => String(record)),
      fields: [...new Set(own.flatMap(({ fields = [] }) => fields))].sort().slice(0, NAMED),
      because: [...new Set(own.flatMap(({ because: code }) => code ?? []))].sort(),
    }),
  );
}
