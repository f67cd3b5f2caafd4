import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import { type ResultsToUndo, readResults } from "../changesets/results-to-undo.ts";
import type { Comparison } from "../domain/comparisons.ts";
import { existsSync } from "../edges/files.ts";
import { ConfigurationError } from "../errors.ts";
import { runLine } from "../report/render-runs.ts";
import { RUN_ID } from "../storage/artifacts/manifest.ts";
import { type ListedRun, listRuns } from "../storage/runs/list-runs.ts";

/**
 * In which order a run's comparisons are taken back. Partners first, for their comparison came last in global; users of us-government
 * before its organizations: they leave an organization before it is marked. Within global, contacts are taken back with their organizations.
 */
const ORDER: readonly Comparison[] = ["partner", "global", "usgov_user", "usgov"];

/** Runs that are named where the one that was asked for is not there. */
const NAMED = 5;

/**
 * What a run in the history wrote, file by file, in the order in which it is to be taken back; empty where it wrote nothing.
 * Throws `ConfigurationError` where the history has no such run, and `ArtifactError` where one of the files is damaged.
 */
export async function resultsOfRun(dataDir: string, runId: string): Promise<ResultsToUndo[]> {
  const folder = join(dataDir, "history", runId);
  if (!RUN_ID.test(runId) || !existsSync(folder)) throw unknownRun(dataDir, runId, await listRuns(dataDir));
  const names = ORDER.flatMap((comparison) => [`${comparison}_results.json`, `${comparison}_undo_results.json`]);
  const there = names.map((name) => join(folder, name)).filter((path) => existsSync(path));
  return await Promise.all(there.map(readResults));
}

function unknownRun(dataDir: string, runId: string, runs: readonly ListedRun[]): ConfigurationError {
  const undoable = runs.map(runLine).filter((line) => line.can_be_undone);
  const near = undoable
    .map(({ run_id }) => ({ run_id, away: distance(run_id, runId.slice(0, 100)) }))
    .filter(({ away }) => away <= 4)
    .sort((one, other) => one.away - other.away);
  const known = undoable.slice(0, NAMED).map(({ run_id }) => run_id);
  const hint = near[0] ? ` Did you mean ${near[0].run_id}?` : "";
  const others =
    known.length > 0
      ? ` The newest that can be undone: ${known.join(", ")}.`
      : " No run there can be undone; --data-dir names another directory.";
  return new ConfigurationError([
    {
      where: RUN_ID.test(runId) ? `run ${runId}` : "RUN_ID",
      what: `is not in the history of ${dataDir}.${hint}${others} zdsync runs lists all runs`,
    },
  ]);
}
