import type { Mark, Update } from "../domain/changeset.ts";
import type { UserMark, UserUpdate } from "../domain/user.ts";
import type { ReportedComparison } from "../report/report-source.ts";
import type { Result, ResultCounts } from "../storage/artifacts/results.ts";
import { countResults } from "../storage/artifacts/results.ts";
import type { OrganizationChange } from "../sync/organization-rows.ts";
import type { UserRow } from "../sync/user-rows.ts";
import type { UndoPlan } from "./plan-undo.ts";

/** A way back as a comparison that a report shows: what is there now becomes what was there before the run. Pure. */
export function reportedUndo(plan: UndoPlan, results: readonly Result[] | null): ReportedComparison {
  const updates = [
    ...plan.organizations.flatMap((row) => (row.effect === "update" ? [organizationBack(row)] : [])),
    ...plan.users.flatMap((row) => (row.effect === "update" ? [userBack(row)] : [])),
  ];
  const marks = [
    ...plan.organizations.flatMap((row) => (row.effect === "mark" ? [organizationMarked(row)] : [])),
    ...plan.users.flatMap((row) => (row.effect === "mark" ? [userMarked(row)] : [])),
  ];
  const written = results?.filter(({ effect }) => effect === "update" || effect === "mark") ?? [];
  return {
    comparison: {
      name: plan.comparison,
      digest: plan.digest,
      existing: updates.length + marks.length + plan.left.length,
      planned: { creates: 0, updates: updates.length, marks: marks.length, contacts: 0 },
      measures: [],
      ...(results ? { results: countsOf(results) } : {}),
    },
    creates: [],
    updates,
    marks,
    contacts: [],
    notes: plan.left.flatMap(({ effect, salesforce_id, id, reason }) =>
      reason
        ? [{ rule: "S8", salesforce_id, id, reason, id_of: isOfUser(effect, plan) ? "user" : "organization" }]
        : [],
    ),
    results: written,
  };
}

/** Results of contacts name the user, whatever the comparison. */
function isOfUser(effect: Result["effect"], { comparison }: UndoPlan): boolean {
  return effect === "contact" || comparison === "usgov_user";
}

function countsOf(results: readonly Result[]): Record<"create" | "update" | "mark" | "contact", ResultCounts> {
  return {
    create: countResults(results, "create"),
    update: countResults(results, "update"),
    mark: countResults(results, "mark"),
    contact: countResults(results, "contact"),
  };
}

function organizationBack({ id, salesforce_id, change, gathered }: OrganizationChange): Update {
  const fields = Object.keys(change.organization_fields ?? {});
  const now = Object.fromEntries(fields.map((key) => [key, gathered.organization_fields[key] ?? null]));
  return {
    id,
    salesforce_id: salesforce_id ?? "",
    name: gathered.name,
    before: {
      ...(change.name === undefined ? {} : { name: gathered.name }),
      ...(change.organization_fields ? { organization_fields: now } : {}),
    },
    change,
  };
}

function organizationMarked({ id, salesforce_id, gathered }: OrganizationChange): Mark {
  const before = gathered.organization_fields.mark_for_deletion ?? null;
  return {
    id,
    salesforce_id,
    name: gathered.name,
    before: { mark_for_deletion: before },
    change: { mark_for_deletion: true },
  };
}

function userBack({ id, salesforce_id, email, change, listed }: UserRow): UserUpdate {
  const now = { name: listed.name, organization_id: listed.organization_id, mark_for_deletion: listed.marked };
  const keys = Object.keys(change) as (keyof typeof now)[];
  const before = Object.fromEntries(keys.map((key) => [key, now[key]]));
  return { id, salesforce_id: salesforce_id ?? "", email, before, change };
}

function userMarked({ id, salesforce_id, email, listed }: UserRow): UserMark {
  return {
    id,
    salesforce_id,
    email,
    before: { mark_for_deletion: listed.marked },
    change: { mark_for_deletion: true },
  };
}
