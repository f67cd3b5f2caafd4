import type { ArtifactStore } from "../../lib/artifacts/store.ts";
import type { MergedAccount } from "../../lib/domain/merged-account.ts";
import { messageOf } from "../../lib/errors.ts";

/**
 * The merges that earlier runs of this data directory knew: Salesforce forgets them after about two weeks. It is no artifact of a run and
 * may be lost (G2): it only ever holds a mark back until somebody allows it (docs/decisions/0014).
 */
export const MERGE_MEMORY = "merged_accounts_memory.json";

/** What is remembered; nothing, with a warning, where the file is damaged. */
export async function readMergeMemory(store: ArtifactStore, warn: (message: string) => void): Promise<MergedAccount[]> {
  try {
    return (await store.readIfThere(MERGE_MEMORY))?.records ?? [];
  } catch (error) {
    warn(`What earlier runs knew of merged accounts is lost and begins anew: ${messageOf(error)}`);
    return [];
  }
}
