import type { Config } from "./config.ts";
import type { Protections } from "./join-organizations.ts";
import type { Allowances } from "./limits.ts";
import type { MergedAccount } from "./merged-account.ts";
import type { Merges } from "./merged-organizations.ts";
import type { ProtectedAddresses } from "./protected-address.ts";

/** Returns the records that must not be created or marked, from the configuration and from what earlier stages could not read. */
export function protectionsOf(
  config: Config,
  quarantined: { readonly accounts: readonly string[]; readonly unidentified: number },
): Protections {
  return {
    unclearAccounts: new Set(quarantined.accounts),
    withholdMarks: quarantined.unidentified > 0,
    protectedIds: new Set(config.protected_ids),
    excludedAccountIds: new Set(config.excluded_account_ids),
    unmanagedOrganizations: config.unmanaged_organizations,
  };
}

/** Returns the merged accounts for a comparison (C9); `merged` is null for artifacts of a run that did not ask for them. */
export function mergesOf(
  merged: { records: readonly MergedAccount[] } | null,
  { allow }: { readonly allow: Allowances },
): Merges {
  const accounts = new Map((merged?.records ?? []).map((one) => [one.salesforce_id, one]));
  return { accounts, allowed: allow.merged_marks ?? 0 };
}

/** Addresses that are never touched. */
export function protectedAddressesOf(config: Config): ProtectedAddresses {
  return { domains: new Set(config.protected_email_domains), addresses: new Set(config.protected_emails) };
}
