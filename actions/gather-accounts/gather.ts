import type { LeftAlone } from "../../lib/artifacts/manifest.ts";
import type { Account } from "../../lib/domain/account.ts";
import { byRule, bySalesforceId, type Note } from "../../lib/domain/changeset.ts";
import type { Day } from "../../lib/domain/dates.ts";
import type { PartnerAccount } from "../../lib/domain/organization.ts";
import { reason } from "../../lib/domain/reason.ts";
import type { SalesforceReader, UnreadableRecord } from "../../lib/salesforce/ports.ts";
import type { ProgressLine } from "../../lib/stage/progress.ts";
import { type Stop, throwIfStopped } from "../../lib/stage/stop.ts";

/** All accounts and partners, and what could not be read. */
export interface GatheredAccounts {
  accounts: Account[];
  partners: PartnerAccount[];
  leftAlone: LeftAlone;
  notes: Note[];
}

/** Gathers customers' accounts and partners (A1–A3). The reader proves completeness (S1). */
export async function gatherAccounts(
  reader: SalesforceReader,
  today: Day,
  allianceAccountId: string | null,
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
  const notes = [
    ...unreadable.map((one) => noteOf("A2", "account.unreadable", one)),
    ...partners.unreadable.map((one) => noteOf("P1", "partner.unreadable", one)),
  ];
  const known = notes.flatMap((note) => note.salesforce_id ?? []);
  return {
    accounts: accounts.sort(bySalesforceId),
    partners: partners.partners.sort(bySalesforceId),
    leftAlone: { accounts: [...new Set(known)].sort(), unidentified: notes.length - known.length },
    notes: notes.sort(byRule),
  };
}

function noteOf(
  rule: string,
  code: "account.unreadable" | "partner.unreadable",
  { salesforce_id, reason: problem }: UnreadableRecord,
): Note {
  return { rule, salesforce_id, id: null, reason: reason(code, { problem }) };
}
