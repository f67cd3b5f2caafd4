import { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";

/** Where jobs of a pipeline keep what a dry run would have done, below the data directory: nobody takes it for what was done. */
export const DRY_RUN_FOLDER = "dry-run";

/** Where the results of a stage lie that was run as a job of a pipeline. */
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

/** Where a stage's results lie once it has ended; null where it kept none. */
export function resultsKept(
  store: ArtifactStore,
  { dryRun, keepsDryRun }: { dryRun: boolean; keepsDryRun: boolean },
): ArtifactStore | null {
  return dryRun && !keepsDryRun ? null : resultsOfJob(store, dryRun);
}
