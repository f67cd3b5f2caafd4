import type { Reason } from "../domain/reason.ts";
import type { Result } from "../storage/artifacts/results.ts";

/** The way back of some records: what to write, and what is left alone. Every written record of the results file is in one of the two. */
export interface UndoRows<Row> {
  rows: Row[];
  /** As the undo's results file has them: skipped, with the reason. */
  left: Result[];
}

/** One record on its way back; `nothing`: it was not written, after all. */
export type UndoStep<Row> = { row: Row } | { left: Result } | { nothing: true };

/** Gathers the steps of all records. */
export function collectUndoRows<Row>(steps: readonly UndoStep<Row>[]): UndoRows<Row> {
  return {
    rows: steps.flatMap((step) => ("row" in step ? [step.row] : [])),
    left: steps.flatMap((step) => ("left" in step ? [step.left] : [])),
  };
}

/** A record that the undo leaves alone: what would have been written back, and why it is not. */
export function skippedUndo(result: Result, why: Reason): { left: Result } {
  const { salesforce_id, id, before, after } = result;
  const creates = result.effect === "create" || result.effect === "contact";
  return {
    left: {
      effect: creates ? "mark" : "update",
      salesforce_id,
      id,
      outcome: "skipped",
      reason: why,
      before: after,
      after: creates ? { mark_for_deletion: true } : before,
    },
  };
}

/** Records that the results file names more than once: nobody can say which of the two was there last. */
export function namedTwice(results: readonly Result[]): Set<number> {
  const groups = Map.groupBy(results, ({ id }) => id);
  return new Set([...groups].flatMap(([id, group]) => (id !== null && group.length > 1 ? [id] : [])));
}
