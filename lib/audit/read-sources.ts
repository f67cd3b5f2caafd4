import type { ArtifactName, ArtifactRecord } from "../artifacts/schemas.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { Day } from "../domain/dates.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import { parseRules, readKeptRules } from "../rules/kept-rules.ts";
import type { AuditSources } from "./audit.ts";

/** What an audit is made from, and what it lacks. */
export interface ReadSources {
  run_id: string | null;
  sources: AuditSources;
  /** Files that are not there: what they would tell is not looked at. */
  missing: string[];
}

/**
 * Reads what an audit is made from out of a run's artifacts. Throws `ArtifactError` where Salesforce's accounts are missing.
 * @param only the instances whose files are read
 */
export async function readAuditSources(
  store: ArtifactStore,
  fallbackToday: Day,
  only: readonly InstanceName[] = INSTANCES,
): Promise<ReadSources> {
  const missing: string[] = [];
  const read = async <Name extends ArtifactName>(name: Name): Promise<ArtifactRecord<Name>[] | null> => {
    const artifact = await store.readIfThere(name);
    if (!artifact) missing.push(name);
    return artifact?.records ?? null;
  };
  const accounts = await store.read("salesforce_accounts.json");
  const partners = await read("partner_accounts.json");
  const instances: AuditSources["instances"] = {};
  for (const instance of only) {
    const organizations = await read(`zendesk_${FILE_PREFIX[instance]}.json`);
    const desired = await read(`${FILE_PREFIX[instance]}_accounts.json`);
    if (organizations) instances[instance] = { organizations, desired: desired ?? [] };
  }
  const hasPeople = only.includes("us-government");
  const users = hasPeople ? await read("usgov_users.json") : null;
  const contacts = hasPeople ? await read("usgov_user_contacts.json") : null;
  const notes = hasPeople ? await read("usgov_user_notes.json") : null;
  const texts = await readKeptRules(store.directory);
  if (texts === null) missing.push("inputs/plans.yml");
  return {
    run_id: accounts.manifest?.run_id ?? null,
    sources: {
      today: accounts.manifest?.today ?? fallbackToday,
      accounts: accounts.records,
      partners: partners ?? [],
      instances,
      people: users && contacts ? { users, contacts, notes: notes ?? [] } : null,
      rules: texts && parseRules(texts),
    },
    missing,
  };
}
