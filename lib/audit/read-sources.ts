import type { Account } from "../domain/account.ts";
import type { Day } from "../domain/dates.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { ArtifactName, ArtifactRecord } from "../storage/artifacts/schemas.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { parseRules, readKeptRules } from "../storage/kept-rules.ts";
import type { AuditSources } from "./audit.ts";
import { type AuditedAccount, auditedAccount, auditedDesired, auditedOrganization } from "./audited-records.ts";

/** Sources of an audit, and the files that are missing. */
export interface ReadSources {
  run_id: string | null;
  sources: AuditSources;
  /** Files that are not there: what they would tell is not looked at. */
  missing: string[];
}

/**
 * Reads what an audit is made from out of a run's artifacts, a record at a time: of each only what is looked at is held. Throws
 * `ArtifactError` where Salesforce's accounts are missing.
 * @param only the instances whose files are read
 */
export async function readAuditSources(
  store: ArtifactStore,
  fallbackToday: Day,
  only: readonly InstanceName[] = INSTANCES,
): Promise<ReadSources> {
  const missing: string[] = [];
  const read = async <Name extends ArtifactName, T>(name: Name, kept: (record: ArtifactRecord<Name>) => T) => {
    const found = await store.readIntoIfThere(name, () => new KeptParts(kept));
    if (!found) missing.push(name);
    return found?.taker.parts ?? null;
  };
  const texts = await readKeptRules(store.directory);
  const rules = texts && parseRules(texts);
  const concerned = new Set(rules?.overrides.map(({ salesforce_id }) => salesforce_id));
  const accounts = await store.readInto("salesforce_accounts.json", () => new Accounts(concerned));
  const partners = await read("partner_accounts.json", auditedAccount);
  const instances: AuditSources["instances"] = {};
  for (const instance of only) {
    const organizations = await read(`zendesk_${FILE_PREFIX[instance]}.json`, auditedOrganization);
    const desired = await read(`${FILE_PREFIX[instance]}_accounts.json`, auditedDesired);
    if (organizations) instances[instance] = { organizations, desired: desired ?? [] };
  }
  const hasPeople = only.includes("us-government");
  const users = hasPeople ? await read("usgov_users.json", whole) : null;
  const contacts = hasPeople ? await read("usgov_user_contacts.json", whole) : null;
  const notes = hasPeople ? await read("usgov_user_notes.json", whole) : null;
  if (texts === null) missing.push("inputs/plans.yml");
  const { manifest } = accounts.artifact;
  return {
    run_id: manifest?.run_id ?? null,
    sources: {
      today: manifest?.today ?? fallbackToday,
      accounts: accounts.taker.accounts,
      partners: partners ?? [],
      overridden: accounts.taker.overridden,
      instances,
      people: users && contacts ? { users, contacts, notes: notes ?? [] } : null,
      rules,
    },
    missing,
  };
}

/** Takes records, and keeps of each what it is asked for. */
class KeptParts<Name extends ArtifactName, T> {
  readonly parts: T[] = [];

  constructor(private readonly kept: (record: ArtifactRecord<Name>) => T) {}

  add(record: ArtifactRecord<Name>): void {
    this.parts.push(this.kept(record));
  }
}

/** Takes accounts, and keeps those whole that overrides are about. */
class Accounts {
  readonly accounts: AuditedAccount[] = [];
  readonly overridden: Account[] = [];

  constructor(private readonly concerned: ReadonlySet<string>) {}

  add(account: Account): void {
    this.accounts.push(auditedAccount(account));
    if (this.concerned.has(account.salesforce_id)) this.overridden.push(account);
  }
}

function whole<T>(record: T): T {
  return record;
}
