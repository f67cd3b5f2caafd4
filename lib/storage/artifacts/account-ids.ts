import { FILE_PREFIX, type InstanceName } from "../../domain/instance.ts";
import type { MergedAccount } from "../../domain/merged-account.ts";
import type { Artifact, ArtifactStore } from "./store.ts";

/** An artifact of which only the accounts' ids are wanted. */
export type AccountIds = Artifact<{ salesforce_id: string }>;

/**
 * Which accounts are customers: `customer_ids.json` as `process` leaves it, so that nobody needs the accounts themselves; where a data
 * directory has none (made by hand, or by the original), `salesforce_accounts.json`. Throws as `ArtifactStore.read`.
 */
export async function readCustomerIds(store: ArtifactStore): Promise<AccountIds> {
  return (await store.readIfThere("customer_ids.json")) ?? store.read("salesforce_accounts.json");
}

/** Which accounts are partners, likewise; null where nothing says so (A3). */
export async function readPartnerIds(store: ArtifactStore): Promise<AccountIds | null> {
  return (await store.readIfThere("partner_ids.json")) ?? store.readIfThere("partner_accounts.json");
}

/**
 * Accounts that have no subscription in this instance and one in the other (C9). Null, with a warning, for artifacts of the original or of a
 * version that did not say so: then their organizations are marked like those of accounts that are gone.
 */
export async function readMovedAccounts(
  store: ArtifactStore,
  instance: InstanceName,
  warn: (message: string) => void,
): Promise<AccountIds | null> {
  const name = `${FILE_PREFIX[instance]}_moved.json` as const;
  const moved = await store.readIfThere(name);
  if (!moved) warn(`${name} is missing: organizations of accounts that moved to the other instance will be marked.`);
  return moved;
}

/** The ids alone. */
export function idsIn({ records }: AccountIds): Set<string> {
  return new Set(records.map((record) => record.salesforce_id));
}

/**
 * The accounts that were merged into others (C9). Null, with a warning, for artifacts of the original or made by hand: then nobody can tell their
 * organizations from those of accounts that are simply gone.
 */
export async function readMergedAccounts(
  store: ArtifactStore,
  warn: (message: string) => void,
): Promise<Artifact<MergedAccount> | null> {
  const merged = await store.readIfThere("merged_accounts.json");
  if (!merged)
    warn(
      "merged_accounts.json is missing: organizations of merged accounts will be marked like those of deleted accounts.",
    );
  return merged;
}
