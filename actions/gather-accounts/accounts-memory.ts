import { messageOf } from "../../lib/errors.ts";
import {
  type AccountsMemory,
  parseAccountsMemory,
  renderAccountsMemory,
} from "../../lib/remotes/salesforce/accounts-memory.ts";
import { ACCOUNTS_MEMORY } from "../../lib/storage/artifacts/memories.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { readOwnFile } from "../../lib/storage/files/own-files.ts";

/** Returns the last run's memory of reading accounts; null if there is none or it is unusable: then the nested query reads them all. */
export async function readAccountsMemory(
  store: ArtifactStore,
  warn: (message: string) => void,
): Promise<AccountsMemory | null> {
  try {
    const bytes = await readOwnFile(store.path(ACCOUNTS_MEMORY));
    return bytes === null ? null : parseAccountsMemory(bytes.toString("utf8"));
  } catch (error) {
    warn(`The accounts kept by the last run cannot be read, so this run takes longer: ${messageOf(error)}`);
    return null;
  }
}

/** Leaves it for the next run. */
export async function writeAccountsMemory(store: ArtifactStore, memory: AccountsMemory): Promise<void> {
  await store.writeText(ACCOUNTS_MEMORY, renderAccountsMemory(memory));
}
