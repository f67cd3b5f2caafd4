import { addressKey } from "../domain/protected-address.ts";
import { toShortId } from "../domain/salesforce-id.ts";
import { nameKey } from "../domain/value-equality.ts";
import { DECIDED_FROM, type EvidenceArtifact } from "./evidence-records.ts";
import { nameIn, type ScannedFiles } from "./records-about.ts";

/** Whose records are picked out of a run's files. */
export interface RecordSubjects {
  /** Accounts, by the first 15 characters in lower case. */
  accounts: ReadonlySet<string>;
  /** Organizations by id, beside those of the accounts. */
  organizations: ReadonlySet<number>;
  /** Those of the accounts whose name is contested: then whoever else has it or wants it matters, too. */
  contested: ReadonlySet<string>;
  /** Users of us-government by id. */
  users: ReadonlySet<number>;
  /** Addresses of people, lower case. */
  addresses: ReadonlySet<string>;
}

/** The key of an account in `Whom`. */
export function accountKeyOf(id: string): string {
  return toShortId(id).toLowerCase();
}

/** Keys that name an account; searched for among bytes, as most lines concern nobody asked for and need not become text. */
const ACCOUNT_KEYS = ['"salesforce_id":"', '"external_id":"'].map((key) => Buffer.from(key));
const ORGANIZATION_KEYS = ['\n{"id":', '"organization_id":'].map((key) => Buffer.from(key));
const EMAIL_KEY = Buffer.from('"email":"');
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
/** Bytes of a line in which its name mostly ends. */
const BEGINNING = 400;
/** Digits of the largest whole number, and what ends it. */
const ID_LENGTH = 17;

/**
 * The lines of what many accounts were decided from, file by file: one pass over each, and nothing is parsed. With them come the lines of
 * organizations that have a name which one of them wants, as those decide, too.
 */
export async function* linesOfMany(
  files: ScannedFiles,
  subjects: RecordSubjects,
): AsyncGenerator<{ name: EvidenceArtifact; lines: string[] }> {
  const names = await contestedNames(files, subjects.contested);
  for (const name of DECIDED_FROM) {
    const isNamed = /^(?:zendesk_(?:global|usgov)|(?:global|usgov)_accounts)\.json$/.test(name);
    const addresses = name.startsWith("usgov_user") ? subjects.addresses : new Set<string>();
    const lines = await linesOf(files, name, { ...subjects, addresses, names: isNamed ? names : new Set() });
    if (lines) yield { name, lines };
  }
}

async function contestedNames(files: ScannedFiles, accounts: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  if (accounts.size === 0) return names;
  const whom = { accounts, organizations: new Set<number>(), addresses: new Set<string>(), names };
  for (const file of ["salesforce_accounts.json", "partner_accounts.json"] as const)
    for (const line of (await linesOf(files, file, whom)) ?? []) names.add(nameKey(nameIn(line) ?? ""));
  return names;
}

type RecordSelection = Pick<RecordSubjects, "accounts" | "organizations" | "addresses"> & {
  names: ReadonlySet<string>;
};

/** The lines of one file that are any of these's; null where it is not there. */
export async function linesOf(
  files: ScannedFiles,
  name: EvidenceArtifact,
  selection: RecordSelection,
): Promise<string[] | null> {
  const blocks = await files.blocks(name);
  if (!blocks) return null;
  const lines: string[] = [];
  for await (const block of blocks)
    for (const start of linesIn(block, selection)) {
      const found = block.indexOf(NEWLINE, start);
      const end = found === -1 ? block.length : found;
      lines.push(block.toString("utf8", start, block[end - 1] === COMMA ? end - 1 : end));
    }
  return lines;
}

/** Returns where the lines about the selection begin, in order. */
function linesIn(block: Buffer, { accounts, organizations, addresses, names }: RecordSelection): number[] {
  const starts = new Set<number>();
  const note = (at: number) => starts.add(at === 0 ? 0 : block.lastIndexOf(NEWLINE, at - 1) + 1);
  if (accounts.size > 0)
    for (const key of ACCOUNT_KEYS)
      for (const at of placesOf(block, key))
        if (accounts.has(block.toString("latin1", at, at + 15).toLowerCase())) note(at);
  if (organizations.size > 0) {
    for (const key of ORGANIZATION_KEYS)
      for (const at of placesOf(block, key)) if (organizations.has(numberAt(block, at))) note(at);
    // The first line of a block has no end of a line before it.
    if (block.toString("latin1", 0, 6) === '{"id":' && organizations.has(numberAt(block, 6))) starts.add(0);
  }
  if (addresses.size > 0)
    for (const at of placesOf(block, EMAIL_KEY))
      if (addresses.has(addressKey(block.toString("utf8", at, block.indexOf(QUOTE, at))))) note(at);
  if (names.size > 0)
    for (let start = 0, end = 0; start < block.length; start = end + 1) {
      const found = block.indexOf(NEWLINE, start);
      end = found === -1 ? block.length : found;
      if (names.has(nameKey(nameAt(block, start, end) ?? ""))) starts.add(start);
    }
  return [...starts].sort((one, other) => one - other);
}

/** The name in a line of a block; mostly it stands so early that the rest need not become text. */
function nameAt(block: Buffer, start: number, end: number): string | null {
  const early = nameIn(block.toString("utf8", start, Math.min(start + BEGINNING, end)));
  return early ?? (end - start > BEGINNING ? nameIn(block.toString("utf8", start, end)) : null);
}

/** Yields the end of each `key` in a block. */
function* placesOf(block: Buffer, key: Buffer): Generator<number> {
  for (let at = block.indexOf(key); at !== -1; at = block.indexOf(key, at + key.length)) yield at + key.length;
}

function numberAt(block: Buffer, at: number): number {
  return Number.parseInt(block.toString("latin1", at, at + ID_LENGTH), 10);
}
