import type { Note } from "../../domain/changeset.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../../domain/instance.ts";
import { eachNoteOnce } from "../../domain/notes-by-instance.ts";
import type { ArtifactStore } from "./store.ts";

/** Notes of both instances in one file, as left by `process` of earlier versions. Still read, no longer written. */
export const EARLIER_PROCESS_NOTES = "process_notes.json";

/** The file of what `process` reports of one instance. */
export function processNotesName(instance: InstanceName) {
  return `process_${FILE_PREFIX[instance]}_notes.json` as const;
}

/** Every file that may hold what `process` reports of some instances. */
export function processNotesNames(instances: readonly InstanceName[] = INSTANCES) {
  return [...instances.map(processNotesName), EARLIER_PROCESS_NOTES] as const;
}
export type ProcessNotesName = ReturnType<typeof processNotesNames>[number];

/**
 * What `process` reported of some instances, each note once. Throws as `ArtifactStore.readIfThere`.
 *
 * @param runId of this run only: a stage that did not get so far leaves the notes of an earlier one; null for whatever is there
 */
export async function readProcessNotes(
  store: ArtifactStore,
  { instances = INSTANCES, runId }: { instances?: readonly InstanceName[]; runId: string | null },
): Promise<Note[]> {
  const notes: Note[] = [];
  for (const name of processNotesNames(instances)) {
    const read = await store.readIfThere(name);
    if (read && (runId === null || read.manifest?.run_id === runId)) notes.push(...read.records);
  }
  return eachNoteOnce(notes);
}
