import { COMPARISON } from "../../lib/domain/comparisons.ts";
import { effectCounts } from "../../lib/domain/confirmed-counts.ts";
import { reasonsText, wayPastLimits, whatText } from "../../lib/reasons/reason-text.ts";
import { EXIT_TEXTS } from "../../lib/report/exit-texts.ts";
import type { RecordedComparison, RunRecord } from "../../lib/storage/runs/run-record.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { RunState } from "../runs/runner.ts";
import { countsText, effectText } from "./counts.ts";

/**
 * What people read of runs, as mrkdwn lines in which everything from outside was made harmless. The one home of these words:
 * `/zdsync last` and `status` show them, and the run flow in its threads.
 *
 * - `outcomeText(state)`: `done`, `refused before any write`, … in words.
 * - `plannedLines(record)`: what every comparison would change, or had to change.
 * - `countsLines(record)`: what every comparison changed; what it had to change, where nothing was written.
 * - `failureLines(record)`: why something was refused or ended early.
 */

/** Failures and refusals shown of a run; a line says how many more there are. */
const MAX_FAILURES = 10;
/** Characters of one reason. */
const MAX_REASON_LENGTH = 400;

/** Returns the state or outcome of a run, in words (exit codes: interface.md). */
export function outcomeText({ status, exit, dryRun }: Pick<RunState, "status" | "exit" | "dryRun">): string {
  switch (status) {
    case "waiting":
      return "waiting to start";
    case "running":
      return "running";
    case "lost":
      return "killed or lost; how far it got is unknown";
    case "ended": {
      const words = exit === null ? undefined : EXIT_TEXTS[exit];
      if (words === undefined) return "ended in an unknown way";
      return dryRun && exit === 0 ? "done, nothing was written (dry run)" : words;
    }
  }
}

/** One line for each comparison: what it would change, or had to change. */
export function plannedLines({ comparisons }: Pick<RunRecord, "comparisons">): string[] {
  return comparisons.map((one) => `• ${COMPARISON[one.name].title}: ${holdsText(one)}${countsText(effectCounts(one))}`);
}

/** Nothing hurts more than a hold: Zendesk rejects every ticket of such a customer. */
function holdsText({ measures }: RecordedComparison): string {
  const count = measures.find(({ effect }) => effect === "holds")?.count ?? 0;
  return count === 0 ? "" : `*${count} to be put on hold or restricted*, `;
}

/** One line for each comparison: what became of it. */
export function countsLines(record: Pick<RunRecord, "comparisons" | "dry_run">): string[] {
  return record.comparisons.map((one) => `• ${COMPARISON[one.name].title}: ${becameText(one, record)}`);
}

function becameText(comparison: RecordedComparison, { dry_run }: Pick<RunRecord, "dry_run">): string {
  if (comparison.results === null || dry_run) {
    const planned = countsText(effectCounts(comparison));
    const isRefused = comparison.refused.length > 0 || comparison.unconfirmed.length > 0;
    const why = dry_run ? "dry run" : isRefused ? "refused, nothing written" : "not written";
    return planned === "nothing" ? "nothing to change" : `${planned} (${why})`;
  }
  const { create, update, mark, contact } = comparison.results;
  const all = [create, update, mark, contact];
  const sum = (outcome: "failed" | "skipped") => all.reduce((total, counts) => total + counts[outcome], 0);
  const parts = [
    ...(create.applied > 0 ? [`${create.applied} created`] : []),
    ...(update.applied > 0 ? [`${update.applied} updated${lostText(comparison, update.applied)}`] : []),
    ...(mark.applied > 0 ? [`${mark.applied} marked for deletion`] : []),
    ...(contact.applied > 0 ? [`${contact.applied} ${contact.applied === 1 ? "contact" : "contacts"} added`] : []),
    ...(sum("failed") > 0 ? [`*${sum("failed")} failed*`] : []),
    ...(sum("skipped") > 0 ? [`${sum("skipped")} skipped`] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : "nothing to change";
}

/** Number of updates that lowered the support level. Only the results show which of them were applied, so it is an upper bound. */
function lostText(comparison: RecordedComparison, updated: number): string {
  const { updates, downgrades } = effectCounts(comparison);
  const lost = Math.min(downgrades, updated);
  if (lost === 0) return "";
  return ` (${updated < updates ? "up to " : ""}${lost} got less support)`;
}

/**
 * Why an instance ended early and why a comparison was refused, each in a line, and last the complete way past limits; empty where
 * neither happened.
 */
export function failureLines({ failures, comparisons }: Pick<RunRecord, "failures" | "comparisons">): string[] {
  const ended = failures.map(
    ({ where, reasons }) =>
      `• ${mrkdwnText(where, 60)}: ${mrkdwnText(reasonsText(reasons, "slack"), MAX_REASON_LENGTH)}`,
  );
  const lines = [...ended, ...comparisons.flatMap(refusedLines)];
  // Effects and counts only: nothing in it is from outside.
  const way = wayPastLimits(
    comparisons.flatMap(({ refused }) => refused),
    "slack",
  );
  const shown = lines.slice(0, MAX_FAILURES);
  const hidden = lines.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : []), ...(way === null ? [] : [way])];
}

function refusedLines({ name, refused, unconfirmed }: RecordedComparison): string[] {
  const { title } = COMPARISON[name];
  const others = refused.filter(({ code }) => code !== "count.unconfirmed");
  if (others.length > 0) return [`• ${title}: ${mrkdwnText(others.map(whatText).join(" "), MAX_REASON_LENGTH)}`];
  const more = unconfirmed.map(
    ({ effect, count, confirmed }) => `${effectText(effect, count)}, ${confirmed} confirmed`,
  );
  return more.length > 0 ? [`• ${title}: more than was confirmed (${more.join("; ")})`] : [];
}

/** Returns the end of a run, as the beginning of a sentence. */
export function endText(run: RunState): string {
  const exit = exitOf(run);
  const isPartly = exit === 4 && !run.dryRun && run.record?.comparisons.some(({ results }) => results !== null);
  const words = isPartly ? "refused in part; the rest was written" : outcomeText({ ...run, exit });
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The exit code as the runner knows it, or else as the run itself wrote it down. */
export function exitOf({ exit, record }: RunState): number | null {
  return exit ?? record?.exit ?? null;
}
