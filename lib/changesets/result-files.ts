import type { Comparison } from "../domain/comparisons.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import { countResults, countUnattempted } from "../storage/artifacts/results.ts";
import type { ResultsName } from "../storage/artifacts/results-journal.ts";
import type { Results } from "../sync/results-file.ts";

/** The results file of a comparison. */
export function resultsName<C extends Comparison>(comparison: C): Extract<ResultsName, `${C}_results.json`> {
  return `${comparison}_results.json` as Extract<ResultsName, `${C}_results.json`>;
}

/** Returns the results of a comparison's writes for its report; `unattempted` is absent if every row was attempted. */
export function writtenOf(results: Results): Pick<ComparisonReport, "results" | "unattempted"> {
  const unattempted = countUnattempted(results.results);
  return { results: countEffects(results), ...(unattempted ? { unattempted } : {}) };
}

/** Results by effect (S6). */
function countEffects({ results }: Results): NonNullable<ComparisonReport["results"]> {
  return {
    create: countResults(results, "create"),
    update: countResults(results, "update"),
    mark: countResults(results, "mark"),
    contact: countResults(results, "contact"),
  };
}
