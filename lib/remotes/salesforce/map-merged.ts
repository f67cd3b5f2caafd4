import type { MergedAccount } from "../../domain/merged-account.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import type { UnreadableRecord } from "./ports.ts";
import { idInUrl, valueAt, type WireRecord } from "./wire-record.ts";

/** Maps a deleted account to the merge that deleted it (C9). Pure. */
export function mapMerged(record: WireRecord): { merged: MergedAccount } | { unreadable: UnreadableRecord } {
  const loser = idAt(record, "Id") ?? idInUrl(record);
  const unreadable = (reason: string) => ({ unreadable: { salesforce_id: loser, reason } });
  const winner = idAt(record, "MasterRecordId");
  const changed = valueAt(record, "SystemModstamp");
  const moment = typeof changed === "string" ? new Date(changed) : new Date(Number.NaN);
  if (loser === null) return unreadable("Id: expected a Salesforce id");
  if (winner === null) return unreadable("MasterRecordId: expected a Salesforce id");
  if (Number.isNaN(moment.getTime())) return unreadable("SystemModstamp: expected a time");
  return {
    merged: { salesforce_id: loser, merged_into: winner, merged_at: moment.toISOString(), forgotten: false },
  };
}

function idAt(record: WireRecord, field: string): string | null {
  const value = valueAt(record, field);
  return typeof value === "string" ? toId18(value) : null;
}
