import { collectGarbage } from "../edges/garbage.ts";
import type { Environment } from "../settings/environment.ts";
import { processNotesNames } from "../storage/artifacts/process-notes.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { keepEvidence } from "./kept-evidence.ts";
import { openLatestRun } from "./run-material.ts";

/**
 * Keeps in the history what the run in a data directory decided from, for whom it changed, skipped, refused or failed. Keeps nothing where
 * the files there are another run's: a run that ended before `process` leaves those of an earlier one. Throws as reading them does.
 */
export async function keepRunEvidence(store: ArtifactStore, runId: string, env: Environment): Promise<void> {
  // Before this comes the report, which is the largest part of all.
  collectGarbage();
  const manifests = await Promise.all(processNotesNames().map((name) => store.readManifest(name)));
  if (!manifests.some((one) => one?.run_id === runId)) return;
  const opened = await openLatestRun(store, env, { latestOnly: true });
  const { run, quarantined } = opened.about;
  const { run_id, today, gathered_at, missing, unidentified } = run;
  const about = { run_id, today, gathered_at, missing: [...missing], unidentified, left_alone: [...quarantined] };
  await keepEvidence(store, opened.files, about);
}
