import { countResults } from "../artifacts/results.ts";
import { keepInHistory } from "../stage/history.ts";
import type { ComparisonReport, WritingContext } from "../stage/stage.ts";
import type { ResultsFile, ResultsName } from "../sync/results-file.ts";
import type { Comparison } from "./comparison.ts";

/** The results file of a comparison. */
export function resultsName<C extends Comparison>(comparison: C): Extract<ResultsName, `${C}_results.json`> {
  return `${comparison}_results.json` as Extract<ResultsName, `${C}_results.json`>;
}

/**
 * Runs what writes the results. Where that throws, what was written until then is kept in the history all the same: it can be looked
 * at, and undone, like any other.
 */
export async function keepingResults<T>(
  comparison: Comparison,
  runId: string,
  { store }: WritingContext,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // What went wrong first is what a person has to know.
    await keepInHistory(store.directory, runId, [resultsName(comparison)]).catch(() => undefined);
    throw error;
  }
}

/** Keeps the results in the history and counts them by effect for the report (S6). */
export async function finishResults(
  comparison: Comparison,
  file: ResultsFile,
  runId: string,
  { store }: WritingContext,
): Promise<NonNullable<ComparisonReport["results"]>> {
  await keepInHistory(store.directory, runId, [resultsName(comparison)]);
  const { results } = file;
  return {
    create: countResults(results, "create"),
    update: countResults(results, "update"),
    mark: countResults(results, "mark"),
    contact: countResults(results, "contact"),
  };
}
