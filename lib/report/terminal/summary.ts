import Table from "cli-table3";
import { COMPARISON, contactsFile } from "../../domain/comparisons.ts";
import type { ComparisonReport, StageReport } from "../../pipeline/stage.ts";
import { type Place, reasonsText, refusalText, titleOf } from "../../reasons/reason-text.ts";
import type { ResultCounts } from "../../storage/artifacts/results.ts";

const PLAIN_BORDERS = {
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  top: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  bottom: "",
  "left-mid": "",
  "mid-mid": "",
  "right-mid": "",
  mid: "",
  left: "",
  right: "",
  middle: "  ",
};

/** Describes one stage for a person: one line of counts, and the comparison's table if it made one. */
export function renderStage(report: StageReport, dryRun = false, place: Place = "terminal"): string {
  const counts = Object.entries(report.counts).map(([what, count]) => `${amount(count)} ${what}`);
  const noted = new Map<string, number>();
  for (const [code, count] of Object.entries(report.notes))
    noted.set(titleOf(code), (noted.get(titleOf(code)) ?? 0) + count);
  const notes = [...noted].map(([title, count]) => `${title} ${amount(count)}`);
  const where = report.instance ? ` ${report.instance}` : "";
  const lines = [
    `${report.stage}${where}: ${[...counts, ...(notes.length > 0 ? [`noted: ${notes.join(", ")}`] : [])].join(" · ") || "done"}`,
  ];
  if (report.comparison) lines.push(renderComparisons([report.comparison], dryRun, place));
  if (report.ended) lines.push(`ended early: ${reasonsText(report.ended.reasons, place)}`);
  return lines.join("\n");
}

/**
 * The final table, and below it everything that was refused as one message with one way out: what each comparison found and what became of it, at a glance. A column for each comparison: that fits into 80
 * columns, which a row for each does not.
 */
export function renderComparisons(
  comparisons: readonly ComparisonReport[],
  dryRun = false,
  place: Place = "terminal",
): string {
  const table = new Table({
    head: ["", ...comparisons.map(({ name }) => COMPARISON[name].title.replace(", ", "\n"))],
    colAligns: ["left", ...comparisons.map(() => "right" as const)],
    chars: PLAIN_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  const columns = comparisons.map((comparison) => columnOf(comparison, dryRun));
  const names = [
    "existing",
    "create",
    "update",
    "mark",
    "contacts",
    dryRun ? "would apply" : "applied",
    "failed",
    "skipped",
    "outcome",
  ];
  for (const [row, name] of names.entries()) table.push([name, ...columns.map((column) => column[row] ?? "")]);
  const refused = comparisons.flatMap((comparison) => comparison.refused ?? []);
  return refused.length === 0 ? table.toString() : `${table.toString()}\n${refusalText(refused, place)}`;
}

function columnOf(comparison: ComparisonReport, dryRun: boolean): string[] {
  const { existing, planned, results } = comparison;
  const total = totalOf(comparison);
  return [
    amount(existing),
    amount(planned.creates),
    amount(planned.updates),
    amount(planned.marks),
    contactsFile(comparison.name) ? amount(planned.contacts) : "–",
    ...(results ? [amount(total.applied), amount(total.failed), amount(total.skipped)] : ["–", "–", "–"]),
    verdictOf(comparison, dryRun),
  ];
}

/** Problems are in capitals: the output has no colours. */
function verdictOf(comparison: ComparisonReport, dryRun: boolean): string {
  const { refused, results, unattempted } = comparison;
  if (refused) return "REFUSED";
  if (!results) return "not written";
  if (unattempted?.failed) return "FAILED";
  if (unattempted?.stopped) return "STOPPED";
  if (totalOf(comparison).failed > 0) return "some FAILED";
  return dryRun ? "dry run" : "done";
}

/** Returns the results of all records of a comparison, regardless of their effect. */
export function totalOf({ results }: ComparisonReport): ResultCounts {
  const total = { applied: 0, failed: 0, skipped: 0 };
  for (const counts of Object.values(results ?? {}))
    for (const outcome of ["applied", "failed", "skipped"] as const) total[outcome] += counts[outcome];
  return total;
}

function amount(count: number): string {
  return count.toLocaleString("en-US");
}
