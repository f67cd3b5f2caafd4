import type { ResultCounts } from "../artifacts/results.ts";
import { COMPARISON } from "../changesets/comparison.ts";
import { reasonText } from "../explain/reason-text.ts";
import type { OrganizationChange } from "../sync/organization-rows.ts";
import type { UserRow } from "../sync/user-rows.ts";
import type { UndoPlan } from "./plan-undo.ts";

/** What an undo would write, counted by what it does. */
export function countUndo({ organizations, users, left }: UndoPlan) {
  const marks = (rows: readonly { effect: string }[]) => rows.filter(({ effect }) => effect === "mark").length;
  return {
    organizations_back: organizations.length - marks(organizations),
    organizations_marked: marks(organizations),
    users_back: users.length - marks(users),
    users_marked: marks(users),
    left_alone: left.length,
  };
}

/** The next scheduled run undoes an undo; a person has to know that before anything else (S8). */
export const AGAIN =
  "The next scheduled run will do the same again unless the cause is gone: stop the schedule, or correct the cause (an override, plans.yml, the records in Salesforce) first.";

/** The preview: counts, every record by id with the fields that go back, and what is left alone. No names, no addresses, no values. */
export function renderPreview(plan: UndoPlan, path: string): string {
  const counts = countUndo(plan);
  return [
    `The way back of ${path} (${COMPARISON[plan.comparison].title}):`,
    `  organizations: former values back ${counts.organizations_back}, created ones marked (never deleted) ${counts.organizations_marked}`,
    `  users: former values back ${counts.users_back}, created ones marked (never deleted) ${counts.users_marked}`,
    `  left alone: ${counts.left_alone}`,
    ...[...plan.organizations.map(organizationLine), ...plan.users.map(userLine)].map((line) => `+ ${line}`),
    ...plan.left.map(
      ({ id, salesforce_id, reason }) =>
        `- ${recordName("record", id, salesforce_id)}: ${reason ? reasonText(reason) : "left alone"}`,
    ),
    `Digest ${plan.digest} (--expect applies exactly this, or nothing).`,
    AGAIN,
  ].join("\n");
}

/** What came of it. */
export function renderOutcome({ applied, failed, skipped }: ResultCounts, path: string): string {
  return `undo: ${applied} applied, ${failed} failed, ${skipped} skipped; each record in ${path}`;
}

function organizationLine({ effect, id, salesforce_id, change }: OrganizationChange): string {
  const keys = [...(change.name === undefined ? [] : ["name"]), ...Object.keys(change.organization_fields ?? {})];
  return `${recordName("organization", id, salesforce_id)}: ${effect === "mark" ? "marked" : keys.sort().join(", ")}`;
}

function userLine({ effect, id, salesforce_id, change, before }: UserRow): string {
  const stays = before.organization_id !== undefined && change.organization_id === undefined;
  const what = effect === "mark" ? "marked" : Object.keys(change).sort().join(", ");
  return `${recordName("user", id, salesforce_id)}: ${what}${stays ? "; the membership stays" : ""}`;
}

function recordName(what: string, id: number | null, salesforceId: string | null): string {
  return `${what} ${id ?? "without id"}${salesforceId === null ? "" : ` (${salesforceId})`}`;
}
