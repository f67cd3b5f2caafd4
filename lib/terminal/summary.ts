import Table from "cli-table3";
import { COMPARISON } from "../changesets/comparison.ts";
import { ruleTitle } from "../domain/rule-title.ts";
import type { ComparisonReport, StageReport } from "../stage/stage.ts";

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

/** What one stage did, for a person: one line of counts, and the comparison's table where it made one. */
export function renderStage(report: StageReport, dryRun = false): string {
  const counts = Object.entries(report.counts).map(([what, count]) => `${amount(count)} ${what}`);
  const notes = Object.entries(report.notes).map(([rule, count]) => `${ruleTitle(rule)} ${amount(count)}`);
  const where = report.instance ? ` ${report.instance}` : "";
  const lines = [
    `${report.stage}${where}: ${[...counts, ...(notes.length > 0 ? [`noted: ${notes.join(", ")}`] : [])].join(" · ") || "done"}`,
  ];
  if (report.comparison) lines.push(renderComparisons([report.comparison], dryRun));
  if (report.ended) lines.push(`ended early: ${report.ended.message}`);
  return lines.join("\n");
}

/** The final table: what each comparison found and what became of it, at a glance. */
export function renderComparisons(comparisons: readonly ComparisonReport[], dryRun = false): string {
  const table = new Table({
    head: [
      "",
      "existing",
      "create",
      "update",
      "mark",
      "contacts",
      dryRun ? "would apply" : "applied",
      "failed",
      "skipped",
      "",
    ],
    colAligns: ["left", ...Array.from({ length: 8 }, () => "right" as const), "left"],
    chars: PLAIN_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  for (const comparison of comparisons) table.push(rowOf(comparison, dryRun));
  const refusals = comparisons.flatMap((comparison) => (comparison.refused ? [`\n${comparison.refused}`] : []));
  return `${table.toString()}${refusals.join("")}`;
}

function rowOf(comparison: ComparisonReport, dryRun: boolean): string[] {
  const total = { applied: 0, failed: 0, skipped: 0 };
  for (const counts of Object.values(comparison.results ?? {}))
    for (const outcome of ["applied", "failed", "skipped"] as const) total[outcome] += counts[outcome];
  const contacts = comparison.results?.contact;
  const verdict = comparison.refused
    ? "REFUSED"
    : total.failed > 0
      ? "some failed"
      : comparison.results
        ? dryRun
          ? "dry run"
          : "done"
        : "not written";
  return [
    COMPARISON[comparison.name].title,
    amount(comparison.existing),
    amount(comparison.planned.creates),
    amount(comparison.planned.updates),
    amount(comparison.planned.marks),
    contacts ? amount(contacts.applied) : "–",
    ...(comparison.results ? [amount(total.applied), amount(total.failed), amount(total.skipped)] : ["–", "–", "–"]),
    verdict,
  ];
}

function amount(count: number): string {
  return count.toLocaleString("en-US");
}
