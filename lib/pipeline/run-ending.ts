import { notesName } from "../changesets/write-comparison.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { Reason, ReasonCode } from "../domain/reason.ts";
import type { ExitCode } from "../errors.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import type { RecordedComparison, RunRecord } from "../storage/runs/run-record.ts";
import type { RunEnding } from "../storage/runs/run-recorder.ts";
import type { ComparisonReport, StageReport } from "./stage.ts";

/** Returns the end of a run for its record, from its reports and the notes that its comparisons left in the data directory. */
export async function endingOf(
  end: {
    exit: ExitCode;
    reports: readonly StageReport[];
    failures: readonly { where: string; reasons: readonly Reason[] }[];
  },
  store: ArtifactStore,
): Promise<RunEnding> {
  const comparisons = end.reports.flatMap(({ comparison }) => comparison ?? []);
  return {
    exit: end.exit,
    comparisons: comparisons.map(recordedComparison),
    failures: end.failures.map(({ where, reasons }) => ({ where, reasons: [...reasons] })),
    unknown_charges: end.reports.flatMap(({ unknown_charges: charges = [] }) => [...charges]),
    ...(await quarantined(
      store,
      comparisons.map(({ name }) => name),
    )),
  };
}

/** A comparison as the record keeps it. */
export function recordedComparison(comparison: ComparisonReport): RecordedComparison {
  const { name, existing, planned, measures, refused = [], unconfirmed = [], results = null } = comparison;
  return {
    name,
    existing,
    planned,
    measures: measures.map(({ effect, count, limit, exceeded }) => ({ effect, count, limit, exceeded })),
    refused: [...refused],
    unconfirmed: [...unconfirmed],
    results,
  };
}

/** C9 is about two kinds of accounts: those merged into others, and those that moved to the other instance. */
const MERGED: ReadonlySet<string> = new Set<ReasonCode>([
  "mark.account_merged",
  "mark.merge_forgotten",
  "mark.of_merged_account",
]);

const MOVED: ReadonlySet<string> = new Set<ReasonCode>(["mark.account_moved", "mark.of_moved_account"]);

/** Items that comparisons left for a person to handle (C7, C9); none if the notes cannot be read: a record never fails a run. */
async function quarantined(
  store: ArtifactStore,
  names: readonly Comparison[],
): Promise<Pick<RunRecord, "conflicts" | "merged" | "moved">> {
  const found: Pick<RunRecord, "conflicts" | "merged" | "moved"> = { conflicts: [], merged: [], moved: [] };
  for (const comparison of names) {
    const notes = await store.readIfThere(notesName(comparison)).catch(() => null);
    for (const { rule, salesforce_id, id, reason } of notes?.records ?? []) {
      const one = { comparison, salesforce_id, id, reason };
      if (rule === "C7") found.conflicts.push(one);
      if (MERGED.has(reason.code)) found.merged.push(one);
      if (MOVED.has(reason.code)) found.moved.push(one);
    }
  }
  return found;
}
