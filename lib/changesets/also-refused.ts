import type { Reason } from "../domain/reason.ts";
import type { ComparisonReport, StageReport } from "../pipeline/stage.ts";

/** A report of a comparison with further reasons why nothing is written, beside those that its judgement found. Pure. */
export function alsoRefused<Report extends StageReport & { comparison: ComparisonReport }>(
  report: Report,
  reasons: readonly Reason[],
): Report {
  if (reasons.length === 0) return report;
  const { comparison } = report;
  return { ...report, comparison: { ...comparison, refused: [...(comparison.refused ?? []), ...reasons] } };
}
