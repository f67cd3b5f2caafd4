import * as v from "valibot";
import { type Day, minusDays } from "./dates.ts";

/** Formats in `merged_accounts.json`: an 18-character id, and the time at which Salesforce last changed the record. */
const Id18 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{18}$/));
const Moment = v.pipe(v.string(), v.isoTimestamp());

/** One record of `merged_accounts.json` (C9): an account that is gone because it was merged into another. Ids only. */
export const MergedAccountSchema = v.object({
  salesforce_id: Id18,
  /** The account that has its subscriptions now: the end of the chain where that one was merged as well. */
  merged_into: Id18,
  /** When it was merged, as far as Salesforce tells: the last change of the deleted record. */
  merged_at: Moment,
  /** Salesforce has forgotten the merge: it is known from an earlier run only. */
  forgotten: v.boolean(),
});
export type MergedAccount = v.InferOutput<typeof MergedAccountSchema>;

/** Days for which Salesforce keeps a deleted record in the recycle bin (Salesforce help, "View, Restore, and Manage the Recycle Bin"). */
const RECYCLE_BIN_DAYS = 15;
/** Days for which zdsync remembers a merge that Salesforce has forgotten. */
const REMEMBERED_DAYS = 365;

/** The day from which Salesforce no longer tells of a merge, as far as that is known. */
export function forgottenFrom({ merged_at }: Pick<MergedAccount, "merged_at">): Day {
  return minusDays(merged_at.slice(0, 10), -RECYCLE_BIN_DAYS);
}

/** All that is known of merges, and what cannot be: accounts that were merged in a circle. */
export interface KnownMerges {
  /** Sorted by `salesforce_id`; `merged_into` is where each chain ends. */
  merged: MergedAccount[];
  /** Accounts whose chain of merges comes back to itself, so that nobody knows where they are now. Sorted. */
  circular: string[];
}

/**
 * The merges that Salesforce tells of, and those remembered from earlier runs that it has forgotten, each followed to the account that
 * is there in the end. An account that is alive again (`isAlive`) was not merged away. Memory only ever adds: what Salesforce says now wins.
 */
export function knownMerges(
  told: readonly MergedAccount[],
  remembered: readonly MergedAccount[],
  { isAlive, today }: { isAlive: (accountId: string) => boolean; today: Day },
): KnownMerges {
  const oldest = minusDays(today, REMEMBERED_DAYS);
  const links = new Map<string, MergedAccount>();
  for (const one of remembered) if (one.merged_at >= oldest) links.set(one.salesforce_id, { ...one, forgotten: true });
  for (const one of told) links.set(one.salesforce_id, one);
  for (const id of links.keys()) if (isAlive(id)) links.delete(id);
  const merged: MergedAccount[] = [];
  const circular: string[] = [];
  for (const id of [...links.keys()].sort()) {
    const link = links.get(id);
    const end = link && endOfChain(link, links);
    if (end) merged.push({ ...link, merged_into: end });
    else circular.push(id);
  }
  return { merged, circular };
}

/** The account at the end of a chain of merges; null if the chain is circular. */
function endOfChain(start: MergedAccount, links: ReadonlyMap<string, MergedAccount>): string | null {
  const seen = new Set([start.salesforce_id]);
  let end = start.merged_into;
  for (let next = links.get(end); ; next = links.get(end)) {
    if (seen.has(end)) return null;
    if (!next) return end;
    seen.add(end);
    end = next.merged_into;
  }
}
