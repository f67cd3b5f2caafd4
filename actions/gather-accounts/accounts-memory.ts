import { ACCOUNTS_MEMORY } from "../../lib/artifacts/memories.ts";
import type { ArtifactStore } from "../../lib/artifacts/store.ts";
import { messageOf } from "../../lib/errors.ts";
import { readOwnFile } from "../../lib/files/own-files.ts";
import {
  type AccountsMemory,
  parseAccountsMemory,
  renderAccountsMemory,
} from "../../lib/salesforce/accounts-memory.ts";

/** What the last run left of reading accounts; null where there is nothing, or nothing of use: then all are read by the nested query. */
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
