import { COMPARISON } from "../domain/comparisons.ts";
import type { Reason } from "../domain/reason.ts";
import { EXIT } from "../errors.ts";
import { titleOf, whatText } from "../reasons/reason-text.ts";
import type { ReportHead, ReportModel } from "./model.ts";

/** Parts of a model that a headline is built from: not the rows, of which there may be a hundred thousand. */
export type Headlined = Pick<ReportModel, "head" | "comparisons">;

/**
 * What a report is about, in one sentence, for its first line: `Applied: 41 created, 119 updated, 19 marked, 2 failed`,
 * `Refused: 89 marks, limit 28`, `Preview: nothing written; a run would create 41, update 119, …`, `Stopped after 12 of 140 changes`. Pure.
 */
export function headline(model: Headlined): string {
  const { kind, exit, refusals } = model.head;
  if (kind === "runs") return "Runs kept in this data directory";
  if (refusals.length > 0 && exit !== EXIT.stopped) return `Refused: ${refused(model)}${writtenAllTheSame(model)}`;
  if (exit === EXIT.stopped)
    return model.comparisons.length === 0
      ? "Stopped before anything was compared"
      : `Stopped after ${stoppedAfter(model)}`;
  const settings = wrongSettings(model);
  if (settings !== null) return settings;
  // What stops a run as a whole, such as another digest than was reviewed, is told among its failures.
  if (model.head.failures.length > 0)
    return `${exit === EXIT.refused ? "Refused" : "Failed"}: ${failed(model)}${writtenAllTheSame(model)}`;
  const unwritten = NOT_WRITING[kind];
  if (unwritten !== undefined) return `${unwritten}: nothing written${planned(model)}`;
  if (kind === "undo" && applied(model) === null) return `Undo: nothing written${planned(model)}`;
  if (kind === "stage" && applied(model) === null) return `One stage: nothing written${planned(model)}`;
  return `${kind === "undo" ? "Undone" : "Applied"}: ${applied(model) ?? "nothing had to change"}`;
}

/** The settings that kept everything from being compared, by name; null where something else did, or nothing. */
function wrongSettings({ head, comparisons }: Headlined): string | null {
  const all = head.failures.map(({ reason }) => (reason.code === "settings.wrong" ? reason.params.where : null));
  if (comparisons.length > 0 || all.length === 0 || all.includes(null)) return null;
  const names = [...new Set(all.flatMap((one) => one ?? []))];
  const named = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return `Failed: configuration error, nothing was compared. To be corrected: ${named}`;
}

const NOT_WRITING: Partial<Record<ReportHead["kind"], string>> = {
  preview: "Preview",
  "dry run": "Dry run",
  simulate: "Simulation",
};

type Counts = NonNullable<ReportModel["comparisons"][number]["applied"]>;

/** `41 created, 119 updated`; null where nothing was written. Failures are told in any case. */
function applied(model: Headlined): string | null {
  const written = model.comparisons.filter(({ results }) => results !== null);
  if (written.length === 0) return null;
  const failures = sum(written, ({ results }) => results?.failed ?? 0);
  const parts = counted(totalOf(written, (one) => one.applied));
  return [...parts, ...(failures > 0 || parts.length > 0 ? [`${number(failures)} failed`] : [])].join(", ") || null;
}

function planned(model: Headlined): string {
  if (model.comparisons.length === 0) return "";
  const { creates, updates, marks, contacts } = totalOf(model.comparisons, (one) => one.planned);
  const parts = [
    ...(creates > 0 ? [`create ${number(creates)}`] : []),
    ...(updates > 0 ? [`update ${number(updates)}`] : []),
    ...(marks > 0 ? [`mark ${number(marks)}`] : []),
    ...(contacts > 0 ? [`add ${number(contacts)} ${contacts === 1 ? "contact" : "contacts"}`] : []),
  ];
  const what = model.head.kind === "undo" ? "the undo" : "a run";
  return parts.length === 0 ? "; nothing would change" : `; ${what} would ${parts.join(", ")}`;
}

function counted({ creates, updates, marks, contacts }: Counts): string[] {
  const counts: [number, string][] = [
    [creates, "created"],
    [updates, "updated"],
    [marks, "marked"],
    [contacts, contacts === 1 ? "contact added" : "contacts added"],
  ];
  return counts.flatMap(([count, what]) => (count > 0 ? [`${number(count)} ${what}`] : []));
}

function refused({ head }: Headlined): string {
  const limits = head.refusals.flatMap((one) =>
    one.code === "limit.exceeded"
      ? [`${number(one.params.count)} ${one.params.effect.replace("_", " ")}, limit ${number(one.params.limit)}`]
      : [],
  );
  const others = head.refusals.flatMap((one) => (one.code === "limit.exceeded" ? [] : [briefly(one)]));
  return [...new Set([...limits, ...others])].join("; ");
}

/** If one instance was refused or failed, the other may have been written. */
function writtenAllTheSame(model: Headlined): string {
  const done = applied(model);
  if (done === null) return "";
  const where = model.comparisons.flatMap(({ comparison, results }) => (results ? [COMPARISON[comparison].title] : []));
  return ` (${where.join(" and ")}: ${done})`;
}

function stoppedAfter(model: Headlined): string {
  const done = sum(model.comparisons, ({ results }) => (results ? results.applied + results.failed : 0));
  const all = sum(model.comparisons, ({ planned: one }) => one.creates + one.updates + one.marks + one.contacts);
  const what = applied(model);
  return `${number(done)} of ${number(all)} changes${what === null ? "" : `: ${what}`}`;
}

function failed({ head }: Headlined): string {
  const [first, ...more] = head.failures;
  if (!first) return "it ended before anything was written";
  const others = more.length > 0 ? ` (and ${more.length} more)` : "";
  const where = first.where === "the run" ? "" : `${first.where}: `;
  return `${where}${briefly(first.reason)}${others}`;
}

/** Characters of one reason in a headline: the page tells all of it below. */
const LONGEST_REASON = 140;

/** Says what happened, in a sentence without its full stop; the title alone if the sentence is too long. */
function briefly(reason: Reason): string {
  const what = whatText(reason).replace(/\.$/, "");
  return what.length > LONGEST_REASON ? titleOf(reason.code) : what;
}

function totalOf<T extends ReportModel["comparisons"][number]>(
  comparisons: readonly T[],
  countsOf: (comparison: T) => Counts | null,
): Counts {
  const total = { creates: 0, updates: 0, marks: 0, contacts: 0 };
  for (const comparison of comparisons)
    for (const effect of ["creates", "updates", "marks", "contacts"] as const)
      total[effect] += countsOf(comparison)?.[effect] ?? 0;
  return total;
}

function sum<T>(list: readonly T[], countOf: (one: T) => number): number {
  return list.reduce((total, one) => total + countOf(one), 0);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
