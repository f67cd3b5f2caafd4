import {
  byRule,
  bySalesforceId,
  type Changeset,
  type Create,
  type Difference,
  type Mark,
  type Note,
  type Update,
} from "./changeset.ts";
import { type Join, joinOrganizations, type Pair, type Protections, type Sides } from "./join-organizations.ts";
import { type Merges, markedAndMerged, withoutMerged } from "./merged-organizations.ts";
import { type NameClaim, nameConflicts } from "./name-conflicts.ts";
import type { Organization } from "./organization.ts";
import type { FieldPlace } from "./organization-field.ts";
import { accountIdOf, externalAccountIdOf, isChecked, isMarked } from "./organization-scope.ts";
import { type ReasonOf, reason } from "./reason.ts";
import { sameName, sameValue } from "./value-equality.ts";

/** One comparison of organizations with what they should be; compare and partner-sync differ only in these. */
export interface OrganizationComparison extends Sides, Protections {
  /** The fields that are compared and written. */
  fields: readonly FieldPlace[];
  /** Names that another comparison of the same run is about to take. */
  plannedNames: readonly NameClaim[];
  /** Accounts that have their subscriptions in the other instance now (C9); absent where nobody says so. */
  movedAccounts?: ReadonlySet<string> | undefined;
  /** Accounts that were merged into others (C9); absent where nobody asked for them. */
  merges?: Merges | undefined;
}

/**
 * Compares existing organizations with what they should be (C2–C8): what to create, to update and to mark, and what is left
 * alone and why. The same input in any order gives the same changeset.
 */
export function compareOrganizations(comparison: OrganizationComparison): Changeset {
  const join = joinOrganizations(comparison, comparison);
  const { creates, renames, notes } = settleNames(comparison, join.missing, join.pairs);
  const updates = join.pairs.flatMap((pair) => updateOf(pair, comparison.fields, renames) ?? []);
  const orphans = assessOrphans(comparison, join, new Set(creates.map((one) => one.salesforce_id)));
  const existing = comparison.organizations.filter((one) => comparison.inScope(one) && accountIdOf(one) !== null);
  return {
    creates: creates.sort(bySalesforceId),
    updates: updates.sort(bySalesforceId),
    marks: orphans.marked.map(markOf).sort(bySalesforceId),
    notes: [...join.notes, ...notes, ...orphans.notes].sort(byRule),
    existing: existing.length,
    marked: existing.filter(isMarked).length,
  };
}

/** Which of the organizations without account are to be marked (C4), and why the others are not (C4, C9). */
function assessOrphans(
  comparison: OrganizationComparison,
  join: Join,
  creating: ReadonlySet<string>,
): { marked: Organization[]; notes: Note[] } {
  const withhold = comparison.withholdMarks || join.unidentified;
  const unmarked = join.orphans.filter((one) => !isMarked(one));
  const kept: Note[] = [];
  const rest: Organization[] = [];
  for (const one of unmarked) {
    const why = reasonNotToMark(one, comparison.protectedIds) ?? (withhold ? reason("mark.withheld") : null);
    const moved = why === null && hasMoved(one, comparison);
    if (moved)
      kept.push({ rule: "C9", salesforce_id: accountIdOf(one), id: one.id, reason: reason("mark.account_moved") });
    else if (why === null) rest.push(one);
    else kept.push({ rule: "C4", salesforce_id: accountIdOf(one), id: one.id, reason: why });
  }
  const { merges = { accounts: new Map(), allowed: 0 }, organizations } = comparison;
  const surroundings = { organizations, creating };
  const { orphans, notes } = withoutMerged(rest, merges, surroundings);
  const already = join.orphans.filter(isMarked);
  const isProtected = (one: Organization) => reasonNotToMark(one, comparison.protectedIds)?.code === "mark.protected";
  const told = [
    ...already.filter(isProtected).map(markedAndProtected),
    ...markedAndMerged(already, merges, surroundings),
    ...markedAndMoved(already, comparison),
  ];
  return { marked: orphans, notes: [...kept, ...notes, ...told] };
}

/** Somebody marked it, or zdsync did before it was protected: what must not be deleted may be, until a person takes the mark back (S8). */
function markedAndProtected(organization: Organization): Note {
  return {
    rule: "S8",
    salesforce_id: accountIdOf(organization),
    id: organization.id,
    reason: reason("mark.of_protected"),
  };
}

/**
 * What a person should know of organizations that are marked already though their account moved (C9): whoever deletes what is marked deletes
 * the tickets that were not moved. Nothing of those that a person said are migrating.
 */
function markedAndMoved(marked: readonly Organization[], comparison: OrganizationComparison): Note[] {
  return marked
    .filter((one) => hasMoved(one, comparison) && !isChecked(one, "migrating"))
    .map((one) => ({
      rule: "C9",
      salesforce_id: accountIdOf(one),
      id: one.id,
      reason: reason("mark.of_moved_account"),
    }));
}

function hasMoved(organization: Organization, { movedAccounts }: OrganizationComparison): boolean {
  return movedAccounts?.has(accountIdOf(organization) ?? externalAccountIdOf(organization) ?? "") ?? false;
}

/** Which creates and renames may go through, with a note for each that may not (C7). */
function settleNames(comparison: OrganizationComparison, missing: readonly Create[], pairs: readonly Pair[]) {
  const creating = new Map(
    missing.map((create): [NameClaim, Create] => [
      { name: create.name, salesforce_id: create.salesforce_id, id: null },
      create,
    ]),
  );
  const renaming = pairs
    .filter(({ desired, organization }) => !sameName(desired.name, organization.name))
    .map(({ accountId, desired, organization }) => ({
      name: desired.name,
      salesforce_id: accountId,
      id: organization.id,
    }));
  const conflicts = nameConflicts([...creating.keys(), ...renaming], comparison.organizations, comparison.plannedNames);
  const notes = [...conflicts].map(
    ([{ salesforce_id, id }, conflict]): Note => ({ rule: "C7", salesforce_id, id, reason: conflict }),
  );
  return {
    creates: [...creating].flatMap(([claim, create]) => (conflicts.has(claim) ? [] : [create])),
    renames: new Set(renaming.filter((claim) => !conflicts.has(claim)).map(({ id }) => id)),
    notes,
  };
}

/** The update of an organization, or null where nothing differs (C3). `before` keeps Zendesk's own spelling. */
function updateOf(pair: Pair, fields: readonly FieldPlace[], renames: ReadonlySet<number>): Update | null {
  const { accountId, organization, desired } = pair;
  const before: Difference = {};
  const change: Difference = {};
  if (renames.has(organization.id)) {
    before.name = organization.name;
    change.name = desired.name;
  }
  for (const { key, type } of fields) {
    const found = organization.organization_fields[key] ?? null;
    const wanted = desired.organization_fields[key];
    // What was not worked out is not written: artifacts made by hand may lack a field.
    if (wanted === undefined || sameValue(type, found, wanted)) continue;
    before.organization_fields = { ...before.organization_fields, [key]: found };
    change.organization_fields = { ...change.organization_fields, [key]: wanted };
  }
  if (Object.keys(change).length === 0) return null;
  return { id: organization.id, salesforce_id: accountId, name: organization.name, before, change };
}

/** Returns the reason that protects an organization from being marked, however the mark comes about (C4, S8); null if none does. Pure. */
export function reasonNotToMark(
  organization: Pick<Organization, "external_id" | "organization_fields">,
  protectedIds: ReadonlySet<string>,
): ReasonOf<"mark.protected" | "mark.ignore_deletion" | "mark.migrating"> | null {
  const accountId = accountIdOf(organization) ?? externalAccountIdOf(organization);
  if (accountId !== null && protectedIds.has(accountId)) return reason("mark.protected");
  if (isChecked(organization, "ignore_deletion")) return reason("mark.ignore_deletion");
  return isChecked(organization, "migrating") ? reason("mark.migrating") : null;
}

function markOf(organization: Organization): Mark {
  return {
    id: organization.id,
    salesforce_id: accountIdOf(organization),
    name: organization.name,
    before: { mark_for_deletion: organization.organization_fields.mark_for_deletion ?? null },
    change: { mark_for_deletion: true },
  };
}
