import type { LeftAlone } from "../../lib/artifacts/manifest.ts";
import type { Account } from "../../lib/domain/account.ts";
import { byRule, bySalesforceId, type Note } from "../../lib/domain/changeset.ts";
import type { Day } from "../../lib/domain/dates.ts";
import { knownMerges, type MergedAccount } from "../../lib/domain/merged-account.ts";
import type { PartnerAccount } from "../../lib/domain/organization.ts";
import { reason } from "../../lib/domain/reason.ts";
import type { SalesforceReader, UnreadableRecord } from "../../lib/salesforce/ports.ts";
import type { ProgressLine } from "../../lib/stage/progress.ts";
import { type Stop, throwIfStopped } from "../../lib/stage/stop.ts";

/** All accounts and partners, and what could not be read. */
export interface GatheredAccounts {
  accounts: Account[];
  partners: PartnerAccount[];
  /** Accounts that were merged into others (C9), those included that only an earlier run knew. */
  merged: MergedAccount[];
  leftAlone: LeftAlone;
  notes: Note[];
}

/**
 * Gathers customers' accounts, partners (A1–A3) and merged accounts (C9). The reader proves completeness (S1). `remembered` are the merges
 * that an earlier run knew.
 */
export async function gatherAccounts(
  reader: SalesforceReader,
  today: Day,
  { allianceAccountId, remembered }: { allianceAccountId: string | null; remembered: readonly MergedAccount[] },
  line: ProgressLine,
  stop: Stop,
): Promise<GatheredAccounts> {
  const accounts: Account[] = [];
  const unreadable: UnreadableRecord[] = [];
  for await (const page of reader.accounts(today)) {
    throwIfStopped(stop);
    line.total(page.total);
    line.add(page.accounts.length + page.unreadable.length);
    accounts.push(...page.accounts);
    unreadable.push(...page.unreadable);
  }
  const partners = await reader.partners(allianceAccountId);
  // After the accounts: one that is merged in between was still among them.
  const { merged: told, unreadable: unreadableMerges } = await reader.mergedAccounts();
  const alive = new Set([...accounts, ...partners.partners].map((one) => one.salesforce_id));
  const { merged, circular } = knownMerges(told, remembered, { isAlive: (id) => alive.has(id), today });
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
    accounts: accounts.sort(bySalesforceId),
    partners: partners.partners.sort(bySalesforceId),
    merged,
    leftAlone: { accounts: [...new Set(known)].sort(), unidentified: notes.length - known.length },
    notes: notes.sort(byRule),
  };
}

function noteOf(
  rule: string,
  code: "account.unreadable" | "partner.unreadable" | "account.merge_unreadable",
  { salesforce_id, reason: problem }: UnreadableRecord,
): Note {
  return { rule, salesforce_id, id: null, reason: reason(code, { problem }) };
}
