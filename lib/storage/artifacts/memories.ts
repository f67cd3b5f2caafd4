import type { InstanceName } from "../../domain/instance.ts";

/**
 * Files in the data directory that earlier runs leave for later ones and that are no artifact of a run: each may be lost at any time (G2).
 * In GitLab they are kept by `cache:` (scripts/component-yaml.ts).
 */

/** Settled contacts (lib/storage/contact-memory.ts). */
export const CONTACT_MEMORY = "contacts.sqlite";

/** The last run's snapshot of Zendesk's lists, one file per instance (docs/decisions/0054-snapshots.md). Not in any GitLab cache. */
export const SNAPSHOTS: Readonly<Record<InstanceName, string>> = {
  global: "zendesk_snapshot_global.sqlite",
  "us-government": "zendesk_snapshot_usgov.sqlite",
};

/** The merges that earlier runs knew: Salesforce forgets them after about two weeks (docs/decisions/0014). */
export const MERGE_MEMORY = "merged_accounts_memory.json";

/** Ids and digests left by the last reading of Salesforce's accounts for the next one (docs/decisions/0045-salesforce-in-streams.md). */
export const ACCOUNTS_MEMORY = "accounts_memory.txt";
