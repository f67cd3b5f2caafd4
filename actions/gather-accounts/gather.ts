import type { Account } from "../../lib/domain/account.ts";
import { byRule, bySalesforceId, type Note } from "../../lib/domain/changeset.ts";
import type { Day } from "../../lib/domain/dates.ts";
import { knownMerges, type MergedAccount } from "../../lib/domain/merged-account.ts";
import type { PartnerAccount } from "../../lib/domain/organization.ts";
import { reason } from "../../lib/domain/reason.ts";
import type { ProgressLine } from "../../lib/pipeline/progress.ts";
import type { AccountsMemory, KnownAccount } from "../../lib/remotes/salesforce/accounts-memory.ts";
import type { SalesforceReader, UnreadableRecord } from "../../lib/remotes/salesforce/ports.ts";
import { type Stop, throwIfStopped } from "../../lib/stop.ts";
import type { Quarantined } from "../../lib/storage/artifacts/manifest.ts";

/** All accounts and partners, and what could not be read. */
export interface GatheredAccounts {
  accounts: Account[];
  partners: PartnerAccount[];
  /** Accounts that were merged into others (C9), those included that only an earlier run knew. */
  merged: MergedAccount[];
  quarantined: Quarantined;
  notes: Note[];
  /** For the next run; null where there is nothing to remember. */
  memory: AccountsMemory | null;
}

/** State left by earlier runs: merged accounts, and the memory of reading accounts (null if there is none). */
export interface Remembered {
  merges: readonly MergedAccount[];
  accounts: AccountsMemory | null;
}

/** Gathers customers' accounts, partners (A1–A3) and merged accounts (C9). The reader proves completeness (S1). */
export async function gatherAccounts(
  reader: SalesforceReader,
  today: Day,
  { allianceAccountId, remembered }: { allianceAccountId: string | null; remembered: Remembered },
  line: ProgressLine,
  stop: Stop,
): Promise<GatheredAccounts> {
  const { accounts, unreadable, memory, partners, merges } = await gatherAllKinds(
    reader,
    today,
    { allianceAccountId, known: remembered.accounts },
    line,
    stop,
  );
  const { merged: told, unreadable: unreadableMerges } = merges;
  const alive = new Set([...accounts, ...partners.partners].map((one) => one.salesforce_id));
  const { merged, circular } = knownMerges(told, remembered.merges, { isAlive: (id) => alive.has(id), today });
  const notes = [
    ...unreadable.map((one) => noteOf("A2", "account.unreadable", one)),
    ...partners.unreadable.map((one) => noteOf("P1", "partner.unreadable", one)),
    ...unreadableMerges.map((one) => noteOf("C9", "account.merge_unreadable", one)),
    ...circular.map(
      (salesforce_id): Note => ({ rule: "C9", salesforce_id, id: null, reason: reason("account.merge_circular") }),
    ),
  ];
  const known = notes.flatMap((note) => note.salesforce_id ?? []);
  return {
    accounts: accounts.sort(byAccount),
    partners: partners.partners.sort(bySalesforceId),
    merged,
    quarantined: { accounts: [...new Set(known)].sort(), unidentified: notes.length - known.length },
    notes: notes.sort(byRule),
    memory,
  };
}

/** Accounts that are no customers: partners (P1), and those merged into others (C9). */
interface OtherAccounts {
  partners: Awaited<ReturnType<SalesforceReader["partners"]>>;
  merges: Awaited<ReturnType<SalesforceReader["mergedAccounts"]>>;
}

/**
 * Customers, partners and merged accounts. Where it is known whom to expect, all are read at once: an account that became a partner or was merged in
 * between may then be in none of the lists, so where somebody expected is in none, the others are asked for again, after it was missed among the customers.
 */
async function gatherAllKinds(
  reader: SalesforceReader,
  today: Day,
  { allianceAccountId, known }: { allianceAccountId: string | null; known: AccountsMemory | null },
  line: ProgressLine,
  stop: Stop,
): Promise<ReadAccounts & OtherAccounts> {
  const readOthers = async (): Promise<OtherAccounts> => {
    const [partners, merges] = await Promise.all([reader.partners(allianceAccountId), reader.mergedAccounts()]);
    return { partners, merges };
  };
  if (known === null) return { ...(await readAccounts(reader, today, known, line, stop)), ...(await readOthers()) };
  const beside = readOthers();
  // Who was missing before they were asked again, and that answer.
  const missed = new Set<string>();
  let again = beside;
  const missing = (ids: readonly string[]) => {
    for (const id of ids) missed.add(id);
    again = beside.then((others) => (areAmong(ids, partnerIds(others)) ? others : readOthers()));
    again.catch(() => {});
  };
  // Awaited once the accounts are there.
  beside.catch(() => {});
  const read = await readAccounts(reader, today, known, line, stop, missing);
  const others = await beside;
  const found = partnerIds(others).union(new Set(read.ids));
  const unfound = known.accounts.flatMap(({ id }) => (found.has(id) ? [] : [id]));
  if (unfound.length === 0) return { ...read, ...others };
  return { ...read, ...(areAmong(unfound, missed) ? await again : await readOthers()) };
}

function partnerIds({ partners }: OtherAccounts): Set<string> {
  return new Set(partners.partners.map((one) => one.salesforce_id));
}

function areAmong(ids: readonly string[], known: ReadonlySet<string>): boolean {
  return ids.every((id) => known.has(id));
}

interface ReadAccounts {
  accounts: Account[];
  unreadable: UnreadableRecord[];
  ids: string[];
  memory: AccountsMemory | null;
}

async function readAccounts(
  reader: SalesforceReader,
  today: Day,
  remembered: AccountsMemory | null,
  line: ProgressLine,
  stop: Stop,
  missing: (ids: readonly string[]) => void = () => {},
): Promise<ReadAccounts> {
  const accounts: Account[] = [];
  const unreadable: UnreadableRecord[] = [];
  const known: KnownAccount[] = [];
  const left: Omit<AccountsMemory, "accounts">[] = [];
  for await (const page of reader.accounts(today, { remembered, missing, leave: (header) => left.push(header) })) {
    throwIfStopped(stop);
    line.total(page.total);
    line.add(page.accounts.length + page.unreadable.length);
    accounts.push(...page.accounts);
    unreadable.push(...page.unreadable);
    known.push(...page.known);
  }
  const ids = known.map(({ id }) => id);
  known.sort((one, other) => (one.id < other.id ? -1 : 1));
  const memory = left.map((header): AccountsMemory => ({ ...header, accounts: known })).at(-1) ?? null;
  return { accounts, unreadable, ids, memory };
}

/** By id; two records of one id by what they say, so that the order in which they came does not matter. */
function byAccount(one: Account, other: Account): number {
  return bySalesforceId(one, other) || (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
}

function noteOf(
  rule: string,
  code: "account.unreadable" | "partner.unreadable" | "account.merge_unreadable",
  { salesforce_id, reason: problem }: UnreadableRecord,
): Note {
  return { rule, salesforce_id, id: null, reason: reason(code, { problem }) };
}
