import type { MergedAccount } from "../../lib/domain/merged-account.ts";
import { messageOf } from "../../lib/errors.ts";
import { MERGE_MEMORY } from "../../lib/storage/artifacts/memories.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";

/** Returns the remembered merges, which only ever hold a mark back until it is allowed; empty, with a warning, if the file is damaged. */
export async function readMergeMemory(store: ArtifactStore, warn: (message: string) => void): Promise<MergedAccount[]> {
  try {
    return (await store.readIfThere(MERGE_MEMORY))?.records ?? [];
  } catch (error) {
    warn(
      `The merged accounts recorded by earlier runs are lost and are recorded again from now on: ${messageOf(error)}`,
    );
    return [];
  }
}
