import { nameKey } from "../domain/equality.ts";
import { toShortId } from "../domain/salesforce-id.ts";
import type { EvidenceArtifact } from "./evidence-records.ts";
import { nameIn, type RecordFiles } from "./records-about.ts";

/** Whose records are picked out of a run's files. */
export interface Whom {
  /** Accounts, by the first 15 characters in lower case. */
  accounts: ReadonlySet<string>;
  /** Organizations by id, beside those of the accounts. */
  organizations: ReadonlySet<number>;
  /** Those of the accounts whose name is contested: then whoever else has it or wants it matters, too. */
  contested: ReadonlySet<string>;
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

/* Looked for as texts: a pattern takes ten times as long, and a line has a thousand characters. */
const ACCOUNT_KEYS = ['"salesforce_id":"', '"external_id":"'] as const;
const ID = '{"id":';
const HOME = '"organization_id":';

/**
 * The lines of what many accounts were decided from, file by file: one pass over each, and nothing is parsed. With them come the lines of
 * organizations that have a name which one of them wants, as those decide, too.
 */
export async function* linesOfMany(
  files: RecordFiles,
  whom: Whom,
): AsyncGenerator<{ name: EvidenceArtifact; lines: string[] }> {
  const names = new Set<string>();
  const contested = { accounts: whom.contested, organizations: new Set<number>() };
  if (whom.contested.size > 0)
    for (const name of ["salesforce_accounts.json", "partner_accounts.json"] as const)
      for (const line of (await files.open(name))?.lines() ?? [])
        if (isOf(line, contested)) names.add(nameKey(nameIn(line) ?? ""));
  for (const name of DECIDED_FROM) {
    const file = await files.open(name);
    if (!file) continue;
    const isNamed = names.size > 0 && /^(?:zendesk_(?:global|usgov)|(?:global|usgov)_accounts)\.json$/.test(name);
    const lines: string[] = [];
    for (const line of file.lines())
      if (isOf(line, whom) || (isNamed && names.has(nameKey(nameIn(line) ?? ""))))
        lines.push(line.endsWith(",") ? line.slice(0, -1) : line);
    yield { name, lines };
  }
}

/** What records of accounts begin with. */
const HEAD = '{"salesforce_id":"';

function isOf(line: string, { accounts, organizations }: Pick<Whom, "accounts" | "organizations">): boolean {
  if (line.startsWith(HEAD)) {
    if (accounts.has(accountAt(line, HEAD.length))) return true;
  } else if (ACCOUNT_KEYS.some((key) => namesOneOf(line, key, accounts))) return true;
  if (organizations.size === 0) return false;
  return (
    (line.startsWith(ID) && organizations.has(numberAt(line, ID.length))) ||
    organizations.has(numberAt(line, endOf(HOME, line)))
  );
}

function namesOneOf(line: string, key: string, accounts: ReadonlySet<string>): boolean {
  for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + key.length))
    if (accounts.has(accountAt(line, at + key.length))) return true;
  return false;
}

function accountAt(line: string, at: number): string {
  return line.slice(at, at + 15).toLowerCase();
}

/** Where the first `key` of a line ends; behind the line where it has none. */
function endOf(key: string, line: string): number {
  const at = line.indexOf(key);
  return at === -1 ? line.length : at + key.length;
}

function numberAt(line: string, at: number): number {
  return Number.parseInt(line.slice(at, at + 17), 10);
}
