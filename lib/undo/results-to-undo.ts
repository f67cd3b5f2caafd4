import { basename, dirname } from "node:path";
import type { Result } from "../artifacts/results.ts";
import type { ArtifactName } from "../artifacts/schemas.ts";
import { ArtifactStore } from "../artifacts/store.ts";
import { COMPARISONS, type Comparison } from "../changesets/comparison.ts";
import { ConfigurationError } from "../errors.ts";

/** A results file, and whose it is. */
export interface ResultsToUndo {
  comparison: Comparison;
  path: string;
  results: Result[];
}

/** Names of the results files: of a run, and of an earlier undo, which can be undone as well. */
const RESULTS_NAME = new RegExp(`^(${COMPARISONS.join("|")})(?:_undo)?_results\\.json$`);

/** The comparison whose results a file holds, by its name. Throws `ConfigurationError` for any other file. */
export function comparisonOf(path: string): Comparison {
  const [, name] = RESULTS_NAME.exec(basename(path)) ?? [];
  const comparison = COMPARISONS.find((one) => one === name);
  if (comparison) return comparison;
  const names = COMPARISONS.map((one) => `${one}_results.json`).join(", ");
  throw new ConfigurationError([
    { where: "--results", what: `expected a results file of a run by its own name, one of ${names}` },
  ]);
}

/** Reads a results file. Throws `ArtifactError` naming file, record and field where it is missing or damaged. */
export async function readResults(path: string): Promise<ResultsToUndo> {
  const comparison = comparisonOf(path);
  const name = basename(path) as Extract<ArtifactName, `${Comparison}_results.json`>;
  const { records } = await new ArtifactStore(dirname(path)).readRecords(name);
  return { comparison, path, results: records };
}

/** The results file of an undo. */
export function undoResultsName<C extends Comparison>(comparison: C): `${C}_undo_results.json` {
  return `${comparison}_undo_results.json`;
}
