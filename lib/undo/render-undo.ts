import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import { reasonText } from "../reasons/reason-text.ts";
import { show } from "../report/changes.ts";
import { HARMS, type Harm } from "../report/model.ts";
import { HARM_PLURALS } from "../report/page/labels.ts";
import type { ResultCounts } from "../storage/artifacts/results.ts";
import type { OrganizationChange } from "../sync/organization-rows.ts";
import type { UserRow } from "../sync/user-rows.ts";
import { oneLine } from "../text/outside-text.ts";
import type { UndoPlan } from "./plan-undo.ts";

/** Returns the number of records an undo would write, by what it does, and of those left alone. */
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
  "The next scheduled run will make the same changes again unless the cause is fixed: first stop the schedule, or correct the cause (an override, plans.yml, the records in Salesforce).";

/** zdsync deletes nothing; what reads its marks may, the same night (docs/safety.md). */
const MARKS =
  "  zdsync deletes nothing, but a script of yours that deletes marked records would delete these (docs/safety.md, What a mark means)";

/** Form in which the preview of one comparison names records: ids only, or names and values for a person at a terminal. */
export type PreviewStyle = "ids" | "names and values";

/** Effects of an undo on customers. */
export interface UndoHarm {
  counts: ReadonlyMap<Harm, number>;
  /** By `recordKey`; a record that is missing loses nothing. */
  records: ReadonlyMap<string, Harm>;
}

/** Returns the key of a record within a comparison: the comparison's name and the record's id. */
export function recordKey(comparison: Comparison | null, id: number | null): string {
  return `${comparison} ${id}`;
}

/** Says in one sentence what an undo takes away from customers, before everything else: `16 put on hold, 19 lose support, 15 marked`. */
export function renderHarm({ counts }: UndoHarm): string {
  const parts = HARMFUL.flatMap((harm) => {
    const count = counts.get(harm) ?? 0;
    return count > 0 ? [`${count} ${HARM_PLURALS[harm]}`] : [];
  });
  return parts.length > 0
    ? `This undo takes something away from customers: ${parts.join(", ")}.`
    : "This undo takes nothing away from customers.";
}

/** The preview of one comparison: counts, every record with the fields that go back, whom it hurts first, and what is left alone. */
export function renderPreview(plan: UndoPlan, path: string, style: PreviewStyle, harm: UndoHarm): string {
  const counts = countUndo(plan);
  const title = `${path} (${COMPARISON[plan.comparison].title})`;
  if (Object.values(counts).every((count) => count === 0)) return `Nothing to revert for ${title}.`;
  const withValues = style === "names and values";
  const rows = byHarm(plan, harm, [
    ...plan.organizations.map((row) => [row.id, organizationLine(row, withValues), organizationValues(row)] as const),
    ...plan.users.map((row) => [row.id, userLine(row, withValues), userValues(row)] as const),
  ]);
  return [
    `Undo plan for ${title}:`,
    ...countLine("organizations", counts.organizations_back, counts.organizations_marked),
    ...countLine("users", counts.users_back, counts.users_marked),
    ...(counts.organizations_marked + counts.users_marked > 0 ? [MARKS] : []),
    ...(counts.left_alone > 0 ? [`  skipped: ${counts.left_alone}`] : []),
    ...(withValues && rows.length > 0 ? ["  (values: before the run → now → after this undo)"] : []),
    ...rows.flatMap(([line, values]) => [`+ ${line}`, ...(withValues ? values.map((value) => `    ${value}`) : [])]),
    ...plan.left.map(
      ({ id, salesforce_id, reason }) =>
        `- ${recordName("record", id, salesforce_id)}: ${reason ? reasonText(reason) : "skipped"}`,
    ),
  ].join("\n");
}

/** Effects that take something away from a customer, worst first. */
const HARMFUL = HARMS.slice(0, HARMS.indexOf("marked") + 1);

function byHarm<Values>(
  { comparison }: UndoPlan,
  { records }: UndoHarm,
  rows: readonly (readonly [id: number, line: string, values: Values])[],
): [line: string, values: Values][] {
  const ranked = rows.map(([id, line, values]) => {
    const rank = HARMFUL.indexOf(records.get(recordKey(comparison, id)) ?? "cosmetic");
    const told: [string, Values] = [rank < 0 ? line : `${line} (${HARMFUL[rank]})`, values];
    return { rank: rank < 0 ? HARMFUL.length : rank, told };
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ told }) => told);
}

function countLine(what: string, back: number, marked: number): string[] {
  if (back + marked === 0) return [];
  return [`  ${what}: earlier values restored ${back}, created records marked for deletion ${marked}`];
}

/** Renders the lines below the previews: the digest to give to apply exactly this, and the warning that it will happen again. */
export function renderDigest(digest: string): string {
  return [`Digest ${digest} (--expect applies exactly this, or nothing).`, AGAIN].join("\n");
}

/** Renders the counts of records applied, failed and skipped, with the path of the file that has each of them. */
export function renderOutcome({ applied, failed, skipped }: ResultCounts, path: string): string {
  return `undo: ${applied} applied, ${failed} failed, ${skipped} skipped; each record in ${path}`;
}

function organizationLine({ effect, id, salesforce_id, change, gathered }: OrganizationChange, named: boolean): string {
  const keys = [...(change.name === undefined ? [] : ["name"]), ...Object.keys(change.organization_fields ?? {})];
  const what = effect === "mark" ? "marked" : keys.sort().join(", ");
  return `${recordName("organization", id, salesforce_id)}${named ? ` ${oneLine(gathered.name)}` : ""}: ${what}`;
}

function organizationValues({ effect, change, gathered }: OrganizationChange): string[] {
  const fields = Object.entries(change.organization_fields ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const values = fields.map(([key, back]) => valueLine(effect, key, gathered.organization_fields[key], back));
  return change.name === undefined ? values : [valueLine(effect, "name", gathered.name, change.name), ...values];
}

function userLine({ effect, id, salesforce_id, change, before, listed }: UserRow, named: boolean): string {
  const stays = before.organization_id !== undefined && change.organization_id === undefined;
  const what = effect === "mark" ? "marked" : Object.keys(change).sort().join(", ");
  const who = named ? ` ${oneLine(`${listed.name} <${listed.email ?? "no address"}>`)}` : "";
  return `${recordName("user", id, salesforce_id)}${who}: ${what}${stays ? "; the membership stays" : ""}`;
}

function userValues({ effect, change, listed }: UserRow): string[] {
  const now: Record<string, unknown> = { ...listed, mark_for_deletion: listed.marked };
  return Object.entries(change)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, back]) => valueLine(effect, key, now[key], back));
}

/** One value before the run, now and after the undo. Records that the run created were not there before; others get their old value. */
function valueLine(effect: "update" | "mark", key: string, now: unknown, back: unknown): string {
  const before = effect === "mark" ? "(not there)" : show(back);
  return `${key}: ${[before, show(now), show(back)].map(oneLine).join(" → ")}`;
}

function recordName(what: string, id: number | null, salesforceId: string | null): string {
  return `${what} ${id ?? "without id"}${salesforceId === null ? "" : ` (${salesforceId})`}`;
}
