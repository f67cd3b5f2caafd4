import { nameKey } from "../domain/equality.ts";
import { toShortId } from "../domain/salesforce-id.ts";
import type { EvidenceArtifact, EvidenceRecords } from "./evidence-records.ts";
import { nameIn, type RecordFiles } from "./records-about.ts";

/** Whose records are picked out of a run's files. */
export interface Whom {
  /** Accounts, by the first 15 characters in lower case. */
  accounts: ReadonlySet<string>;
  /** Organizations by id, beside those of the accounts. */
  organizations: ReadonlySet<number>;
}

/** What an account was decided from; what came of it (changes, notes, results) the history keeps anyway. */
export const DECIDED_FROM = [
  "salesforce_accounts.json",
  "partner_accounts.json",
  "partner_ids.json",
  "merged_accounts.json",
  "gather-accounts_notes.json",
  "zendesk_global.json",
  "zendesk_global_addresses.json",
  "gather-orgs_global_notes.json",
  "zendesk_usgov.json",
  "gather-orgs_usgov_notes.json",
  "global_accounts.json",
  "usgov_accounts.json",
  "usgov_users.json",
  "usgov_user_contacts.json",
] as const satisfies readonly EvidenceArtifact[];

/** The key of an account in `Whom`. */
export function accountKeyOf(id: string): string {
  return toShortId(id).toLowerCase();
}

const ACCOUNT = /"(?:salesforce_id|external_id)":"([A-Za-z0-9]{15})/g;

/**
 * The lines of what many accounts were decided from, file by file: one pass over each, and nothing is parsed. With them come the lines of
 * organizations that have a name which one of them wants, as those decide, too.
 */
export async function* linesOfMany(
  files: RecordFiles,
  whom: Whom,
): AsyncGenerator<{ name: EvidenceArtifact; lines: string[] }> {
  const names = new Set<string>();
  for (const name of ["salesforce_accounts.json", "partner_accounts.json"] as const)
    for (const line of (await files.open(name))?.lines() ?? [])
      if (isOf(line, whom)) names.add(nameKey(nameIn(line) ?? ""));
  for (const name of DECIDED_FROM) {
    const file = await files.open(name);
    if (!file) continue;
    const isNamed = /^(?:zendesk_(?:global|usgov)|(?:global|usgov)_accounts)\.json$/.test(name);
    const lines: string[] = [];
    for (const line of file.lines())
      if (isOf(line, whom) || (isNamed && names.has(nameKey(nameIn(line) ?? ""))))
        lines.push(line.endsWith(",") ? line.slice(0, -1) : line);
    yield { name, lines };
  }
}

function isOf(line: string, { accounts, organizations }: Whom): boolean {
  for (const [, id = ""] of line.matchAll(ACCOUNT)) if (accounts.has(id.toLowerCase())) return true;
  if (organizations.size === 0) return false;
  const id = /^\{"id":(\d+)/.exec(line)?.[1] ?? /"(?:organization_id|id)":(\d+)/.exec(line)?.[1];
  const home = /"organization_id":(\d+)/.exec(line)?.[1];
  return [id, home].some((one) => one !== undefined && organizations.has(Number(one)));
}

/** The same, parsed: everything that these accounts are explained from. */
export async function recordsOfMany(
  files: RecordFiles,
  whom: Whom,
  others: readonly EvidenceArtifact[],
): Promise<EvidenceRecords> {
  const records: Record<string, unknown> = {};
  for await (const { name, lines } of linesOfMany(files, whom)) records[name] = (await files.open(name))?.parse(lines);
  for (const name of others) {
    const file = await files.open(name);
    if (file) records[name] = file.all();
  }
  return records as EvidenceRecords;
}
