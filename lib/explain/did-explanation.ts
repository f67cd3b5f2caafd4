import type { Comparison } from "../domain/comparisons.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { DidExplanation } from "./account-explanation.ts";
import { changedFields } from "./held-now.ts";

/** A result as an explanation tells it, field by field. Pure. */
export function didExplanation(comparison: Comparison, result: Result): DidExplanation {
  const { effect, id, outcome, reason, before, after } = result;
  return { comparison, effect, id, outcome, reason, changes: changedFields(before, after) };
}
