import { existsSync } from "node:fs";
import type { ArtifactName, ArtifactRecord } from "../artifacts/schemas.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import { COMPARISONS, type Comparison } from "../changesets/comparison.ts";
import { ZdsyncError } from "../errors.ts";
import { historyOf } from "../stage/history.ts";

/** The artifacts that tell of single organizations, in the order of the stages. */
export const STORY_ARTIFACTS = [
  "salesforce_accounts.json",
  "partner_accounts.json",
  "gather-accounts_notes.json",
  "zendesk_global.json",
  "gather-orgs_global_notes.json",
  "zendesk_usgov.json",
  "gather-orgs_usgov_notes.json",
  "global_accounts.json",
  "usgov_accounts.json",
  "process_notes.json",
  "global_creates.json",
  "global_updates.json",
  "global_not_in_sync.json",
  "global_notes.json",
  "global_results.json",
  "partner_creates.json",
  "partner_updates.json",
  "partner_not_in_sync.json",
  "partner_notes.json",
  "partner_results.json",
  "usgov_creates.json",
  "usgov_updates.json",
  "usgov_not_in_sync.json",
  "usgov_notes.json",
  "usgov_results.json",
  "usgov_user_notes.json",
  "usgov_user_results.json",
] as const satisfies readonly ArtifactName[];
export type StoryArtifact = (typeof STORY_ARTIFACTS)[number];

/** What a run left behind about organizations. An artifact that is absent here was missing or could not be read. */
export interface RunRecords {
  records: { [Name in StoryArtifact]?: ArtifactRecord<Name>[] };
  /** Not there at all: the run did not get so far, or the folder holds only a part of its files. */
  missing: StoryArtifact[];
  /** There, but altered or damaged. */
  unreadable: StoryArtifact[];
  /** The runs the files belong to: more than one where stages were run one by one. */
  runIds: string[];
  /** Comparisons that were over a limit: nothing of them was written, unless a person allowed it (S2). */
  overLimit: Comparison[];
}

/** Reads every artifact of a run once, one after the other. Never throws for what is missing or damaged. */
export async function readRunRecords(store: ArtifactStore): Promise<RunRecords> {
  const read: RunRecords = { records: {}, missing: [], unreadable: [], runIds: [], overLimit: [] };
  const runIds = new Set<string>();
  const results = new Map<string, ArtifactStore>();
  for (const comparison of COMPARISONS) {
    const manifest = await store.readChangesetManifest(comparison).catch(() => null);
    if (!manifest) continue;
    runIds.add(manifest.run_id);
    if (manifest.verdict === "over a limit") read.overLimit.push(comparison);
    const kept = historyOf(store.directory, manifest.run_id);
    if (existsSync(kept.directory)) results.set(`${comparison}_results.json`, kept);
  }
  // Results lie in the data directory until others take their place: a run that wrote nothing leaves those of an earlier one there.
  for (const name of STORY_ARTIFACTS) await readInto(read, runIds, name, results.get(name) ?? store);
  return { ...read, runIds: [...runIds].sort() };
}

async function readInto<Name extends StoryArtifact>(
  read: RunRecords,
  runIds: Set<string>,
  name: Name,
  store: ArtifactStore,
): Promise<void> {
  try {
    const artifact = await store.readIfThere(name);
    if (!artifact) {
      read.missing.push(name);
      return;
    }
    const records: { [Key in Name]?: ArtifactRecord<Key>[] } = read.records;
    records[name] = artifact.records;
    if (artifact.manifest) runIds.add(artifact.manifest.run_id);
  } catch (error) {
    if (!(error instanceof ZdsyncError)) throw error;
    read.unreadable.push(name);
  }
}
