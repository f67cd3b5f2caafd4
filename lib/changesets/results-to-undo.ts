import { basename, dirname, resolve } from "node:path";
import { COMPARISONS, type Comparison } from "../domain/comparisons.ts";
import { existsSync } from "../edges/files.ts";
import { ConfigurationError } from "../errors.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { ArtifactName } from "../storage/artifacts/schemas.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";

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

/**
 * The run whose results a file holds: that of its folder in the history, else the one whose changes lie beside it and that left results.
 * Null where neither says it. Throws as `readChangesetManifest`.
 */
export async function runOfResults({
  path,
  comparison,
}: Pick<ResultsToUndo, "path" | "comparison">): Promise<string | null> {
  const folder = dirname(resolve(path));
  if (basename(dirname(folder)) === "history") return basename(folder);
  const store = new ArtifactStore(folder);
  const runId = (await store.readChangesetManifest(comparison))?.run_id;
  if (runId === undefined) return null;
  return existsSync(historyOf(folder, runId).path(basename(path))) ? runId : null;
}

/** The results file of an undo. */
export function undoResultsName<C extends Comparison>(comparison: C): `${C}_undo_results.json` {
  return `${comparison}_undo_results.json`;
}
