import * as v from "valibot";
import { type Difference, DifferenceSchema } from "../domain/changeset.ts";
import { reasonNotToMark } from "../domain/compare-organizations.ts";
import type { InstanceName } from "../domain/instance.ts";
import { type Organization, partnerFields, syncedFields } from "../domain/organization.ts";
import type { FieldType } from "../domain/organization-field.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { comparableValue, sameName, sameValue } from "../domain/value-equality.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { OrganizationChange } from "../sync/organization-rows.ts";
import { collectUndoRows, namedTwice, skippedUndo, type UndoRows, type UndoStep } from "./undo-rows.ts";
import { fieldsNotKept, mayBeWritten } from "./written-in-part.ts";

/** The organizations as they are now, and the protected accounts: the undo is decided on these. */
export interface CurrentOrganizations {
  instance: InstanceName;
  /** By id, as they are now; those that are gone are absent. */
  organizations: ReadonlyMap<number, Organization>;
  /** Accounts whose organizations are never marked. */
  protectedIds: ReadonlySet<string>;
}

/**
 * The way back of written organization records (S8): updates and marks get their `before` values, created organizations are marked
 * (never deleted). What is not as the run left it is left alone. Of records that were written in part it is what Zendesk kept; where nobody
 * knows whether a record was written, it is left alone. Pure.
 */
export function organizationUndoRows(
  results: readonly Result[],
  now: CurrentOrganizations,
): UndoRows<OrganizationChange> {
  const twice = namedTwice(results);
  const types = ownTypes(now.instance);
  return collectUndoRows(
    results.map((result) =>
      result.id !== null && twice.has(result.id)
        ? skippedUndo(result, reason("undo.named_twice"))
        : stepOf(result, types, now),
    ),
  );
}

/** The types of the fields that zdsync owns: nothing else is ever written, whatever a results file says. */
function ownTypes(instance: InstanceName): ReadonlyMap<string, FieldType> {
  const partners = instance === "global" ? partnerFields() : [];
  return new Map([...syncedFields(instance), ...partners].map(({ key, type }) => [key, type]));
}

function stepOf(
  result: Result,
  types: ReadonlyMap<string, FieldType>,
  now: CurrentOrganizations,
): UndoStep<OrganizationChange> {
  const created = result.effect === "create";
  const wanted = differenceOf(result.after, types);
  const old: Difference | null = created
    ? { organization_fields: { mark_for_deletion: true } }
    : differenceOf(result.before, types);
  if (result.id === null || !wanted || !old || (!created && keysOf(wanted).join() !== keysOf(old).join()))
    return skippedUndo(result, reason("undo.before_unknown"));
  const current = now.organizations.get(result.id);
  if (mayBeWritten(result)) {
    const isThere = current && differing(current, wanted, types).length === 0;
    return isThere ? skippedUndo(result, reason("undo.outcome_unknown")) : { nothing: true };
  }
  const notKept = fieldsNotKept(result);
  // What Zendesk did not keep and is as it was before needs no way back; any other value of it somebody else has set.
  const asBefore = created ? notKept : notKept.difference(new Set(current ? differing(current, old, types) : []));
  const [there, change] = [without(wanted, asBefore), without(old, created ? new Set() : asBefore)];
  const left = reasonToLeave(result, { there, change, types }, current, now.protectedIds);
  if (left !== null || !current) return skippedUndo(result, left ?? reason("organization.gone"));
  return {
    row: {
      effect: created ? "mark" : "update",
      id: result.id,
      salesforce_id: result.salesforce_id,
      change,
      before: created ? { organization_fields: { mark_for_deletion: false } } : there,
      gathered: current,
    },
  };
}

/** The values the run left there, the values to restore, and the field types for comparing both with the current ones. */
interface UndoDifference {
  there: Difference;
  change: Difference;
  types: ReadonlyMap<string, FieldType>;
}

function reasonToLeave(
  { salesforce_id }: Result,
  { there, change, types }: UndoDifference,
  current: Organization | undefined,
  protectedIds: ReadonlySet<string>,
): Reason | null {
  if (!current) return reason("organization.gone");
  if (differing(current, change, types).length === 0) return reason("organization.already_so");
  const changed = differing(current, there, types);
  const account = accountIdOf(current) ?? externalAccountIdOf(current);
  const movesAccount = there.organization_fields?.salesforce_id !== undefined;
  if (salesforce_id !== null && account !== salesforce_id && !movesAccount) changed.push("salesforce_id");
  if (changed.length > 0) return reason("organization.changed_since", { fields: [...new Set(changed)].sort() });
  if (comparableValue("checkbox", change.organization_fields?.mark_for_deletion) !== true) return null;
  return reasonNotToMark(current, protectedIds);
}

function differing(current: Organization, wanted: Difference, types: ReadonlyMap<string, FieldType>): string[] {
  const keys = Object.entries(wanted.organization_fields ?? {}).flatMap(([key, value]) =>
    sameValue(types.get(key) ?? "text", current.organization_fields[key] ?? null, value) ? [] : [key],
  );
  return wanted.name === undefined || sameName(current.name, wanted.name) ? keys : [...keys, "name"];
}

/** One side of a result; null where it is none, is empty, or names a field that is not zdsync's. */
function differenceOf(side: Result["before"], types: ReadonlyMap<string, FieldType>): Difference | null {
  const parsed = v.safeParse(DifferenceSchema, side);
  if (!parsed.success) return null;
  const keys = keysOf(parsed.output);
  const own = Object.keys(parsed.output.organization_fields ?? {}).every((key) => types.has(key));
  return own && keys.length > 0 ? parsed.output : null;
}

function without({ name, organization_fields: fields = {} }: Difference, left: ReadonlySet<string>): Difference {
  const kept = Object.entries(fields).filter(([key]) => !left.has(key));
  return {
    ...(name === undefined || left.has("name") ? {} : { name }),
    ...(kept.length > 0 ? { organization_fields: Object.fromEntries(kept) } : {}),
  };
}

function keysOf({ name, organization_fields }: Difference): string[] {
  return [...(name === undefined ? [] : ["(name)"]), ...Object.keys(organization_fields ?? {})].sort();
}
