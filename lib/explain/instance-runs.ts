import { COMPARISONS } from "../domain/comparisons.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import { ZdsyncError } from "../errors.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import type { RunEvidence } from "./evidence.ts";
import type { EvidenceArtifact } from "./evidence-records.ts";

/** The run that each instance's files in a data directory are of; without an instance that nothing is there of. */
export type InstanceRuns = NonNullable<RunEvidence["earlier"]>;

type Run = NonNullable<InstanceRuns[InstanceName]>;

/** The instance that a file of a run is about; null where it is about both. Pure. */
export function instanceOfArtifact(name: EvidenceArtifact): InstanceName | null {
  if (/(?:^|_)usgov_|_usgov\./.test(name)) return "us-government";
  return /(?:^|_)global_|_global\.|^partner_(?:creates|updates|not_in_sync|notes|results)\./.test(name)
    ? "global"
    : null;
}

/** True if a file holds results of records: it has no manifest of its own. Pure. */
export function isResults(name: EvidenceArtifact): boolean {
  return name.endsWith("_results.json");
}

/**
 * The run of each instance, by what was gathered of it, else what was decided, else what was compared. After `--instance` the other one's
 * files are of an earlier run; so they are after a run that failed early.
 */
export async function runsOfInstances(store: ArtifactStore): Promise<InstanceRuns> {
  const runs: InstanceRuns = {};
  for (const instance of INSTANCES) {
    const prefix = FILE_PREFIX[instance];
    const names = [`zendesk_${prefix}.json`, `${prefix}_accounts.json`, `${prefix}_updates.json`] as const;
    for (const name of names) {
      const run = runs[instance] ? null : await runOfArtifact(store, name);
      if (run) runs[instance] = run;
    }
  }
  return runs;
}

/** The run that an artifact is of: its manifest says so, or that of the changes it belongs to. Null where none can be read. */
export async function runOfArtifact(store: ArtifactStore, name: EvidenceArtifact): Promise<Run | null> {
  const own = await unlessDamaged(store.readManifest(name));
  const comparison = COMPARISONS.toReversed().find((one) => name.startsWith(`${one}_`));
  const manifest = own ?? (comparison ? await unlessDamaged(store.readChangesetManifest(comparison)) : null);
  return manifest && { run_id: manifest.run_id, gathered_at: manifest.gathered_at };
}

async function unlessDamaged<T>(read: Promise<T | null>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (error instanceof ZdsyncError) return null;
    throw error;
  });
}
