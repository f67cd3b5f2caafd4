/**
 * Files in the data directory that earlier runs leave for later ones and that are no artifact of a run: each may be lost at any time (G2).
 * In GitLab they are kept by `cache:` (scripts/component-yaml.ts).
 */

/** What was settled about contacts (lib/artifacts/contact-memory.ts). */
export const CONTACT_MEMORY = "contacts.sqlite";

/** The merges that earlier runs knew: Salesforce forgets them after about two weeks (docs/decisions/0014). */
export const MERGE_MEMORY = "merged_accounts_memory.json";

/** What the last reading of Salesforce's accounts left for the next one: ids and digests (docs/decisions/0045-salesforce-in-streams.md). */
export const ACCOUNTS_MEMORY = "accounts_memory.txt";
