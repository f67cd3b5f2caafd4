import type { ArtifactStore } from "../artifacts/store.ts";
import type { Comparison } from "../changesets/comparison.ts";
import { notesName } from "../changesets/write-comparison.ts";
import type { ExitCode } from "../errors.ts";
import { reasonText } from "../explain/reason-text.ts";
import type { ComparisonReport, StageReport } from "../stage/stage.ts";
import type { RecordedComparison, RunRecord } from "./run-record.ts";
import type { RunEnding } from "./run-recorder.ts";

/** How a run ended, for its record: from its reports, and the notes that its comparisons left in the data directory. */
export async function endingOf(
  end: { exit: ExitCode; reports: readonly StageReport[]; failures: RunRecord["failures"] },
  store: ArtifactStore,
): Promise<RunEnding> {
  const comparisons = end.reports.flatMap(({ comparison }) => comparison ?? []);
  return {
    exit: end.exit,
    comparisons: comparisons.map(recordedComparison),
    failures: end.failures,
    unknown_charges: end.reports.flatMap(({ unknown_charges: charges = [] }) => [...charges]),
    conflicts: await conflictsOf(
      store,
      comparisons.map(({ name }) => name),
    ),
  };
}

/** A comparison as the record keeps it. */
export function recordedComparison(comparison: ComparisonReport): RecordedComparison {
  const { name, existing, planned, measures, refused = null, unconfirmed = [], results = null } = comparison;
  return {
    name,
    existing,
    planned,
    measures: measures.map(({ effect, count, limit, exceeded }) => ({ effect, count, limit, exceeded })),
    refused,
    unconfirmed: [...unconfirmed],
    results,
  };
}

/** Conflicts that comparisons left alone (C7); none where the notes cannot be read: a record never fails a run. */
async function conflictsOf(store: ArtifactStore, names: readonly Comparison[]): Promise<RunRecord["conflicts"]> {
  const conflicts: RunRecord["conflicts"] = [];
  for (const comparison of names) {
    const notes = await store.readIfThere(notesName(comparison)).catch(() => null);
    for (const { rule, salesforce_id, id, reason } of notes?.records ?? [])
      if (rule === "C7") conflicts.push({ comparison, salesforce_id, id, reason: reasonText(reason) });
  }
  return conflicts;
}
