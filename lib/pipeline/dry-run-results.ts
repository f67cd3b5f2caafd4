import { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";

/** Folder below the data directory for a pipeline job's dry-run results, so that they are never mistaken for what was actually done. */
export const DRY_RUN_FOLDER = "dry-run";

/** Returns the store with the results of a stage that ran as a job of a pipeline. */
export function resultsOfJob(store: ArtifactStore, dryRun: boolean): ArtifactStore {
  return dryRun ? new ArtifactStore(store.directory, DRY_RUN_FOLDER) : store;
}

/** Everywhere that results are kept: in the data directory and the run's history; those of a dry run where a pipeline asks for them. */
export function resultStores(
  store: ArtifactStore,
  runId: string,
  { dryRun, keepsDryRun = false }: { dryRun: boolean; keepsDryRun?: boolean | undefined },
): ArtifactStore[] {
  const planned = keepsDryRun ? [resultsOfJob(store, true)] : [];
  return dryRun ? planned : [store, historyOf(store.directory, runId)];
}

/** Returns the store with a stage's results after it has ended; null if it kept none. */
export function resultsKept(
  store: ArtifactStore,
  { dryRun, keepsDryRun }: { dryRun: boolean; keepsDryRun: boolean },
): ArtifactStore | null {
  return dryRun && !keepsDryRun ? null : resultsOfJob(store, dryRun);
}
