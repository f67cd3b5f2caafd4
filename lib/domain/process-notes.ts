import type { Note } from "./changeset.ts";
import { CHARGE_OUTCOMES, type ChargeOutcome, type ClassifiedCharge } from "./entitled-instance.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import { type ConcerningNote, orBoth } from "./notes-by-instance.ts";
import { type AccountDecision, SKIP_CODES, type SkipCode } from "./process-decision.ts";
import { type Reason, reason } from "./reason.ts";
import type { UnknownNameOfAccount } from "./unknown-charges.ts";

/** Counts in the summary of `process`. */
export interface ProcessCounts {
  accounts: number;
  skipped: Record<SkipCode, number>;
  /** Charges of accounts that were processed. */
  charges: Record<ChargeOutcome, number>;
  /** Objects that an override was applied to. */
  overridden: number;
  desired: Record<InstanceName, number>;
  /** Objects that fell out for their `expiration_date` (E13). */
  too_old: Record<InstanceName, number>;
}

/** A charge name that `plans.yml` does not know. */
export interface UnknownCharge {
  charge_name: string;
  /** Ids of the accounts that have it, sorted. */
  accounts: string[];
  /** Ids of those among them that have it unexpired. */
  unexpired_accounts: string[];
  /** The known name that it was probably meant to be; null where none is near. */
  nearest: string | null;
  /** Ids of those among them that have less support now than they would have if it meant that. */
  hurt_accounts: string[];
}

/** The rule that an account is skipped by. */
const SKIP_RULE: Record<SkipCode, string> = {
  "account.is_partner": "E1",
  "account.without_subscription": "E1",
  "account.gathered_twice": "G5",
};

/**
 * What is to be reported about one account: skips (E1), unknown and stray charges (E2), objects that fell out (E13).
 *
 * @param instances those that the account has to do with; none where nobody knows, and then its notes concern both
 */
export function accountNotes(
  decision: AccountDecision,
  { unknown, instances }: { unknown: readonly UnknownNameOfAccount[]; instances: readonly InstanceName[] },
): ConcerningNote[] {
  const note = (rule: string, because: Reason, concerned: readonly InstanceName[] = instances): ConcerningNote => ({
    note: { rule, salesforce_id: decision.salesforce_id, id: null, reason: because },
    instances: orBoth(concerned),
  });
  if (decision.skipped !== null) return [note(SKIP_RULE[decision.skipped], reason(decision.skipped))];
  const charges = decision.strayCharges.length;
  return [
    ...unknown.map((one) => note("E2", reason("charge.unknown", one.name), one.instances)),
    ...(charges > 0 ? [note("E2", reason("charge.stray", { charges }))] : []),
    ...decision.tooOld.flatMap((instance) => {
      const end = decision.entitlements[instance]?.expiration_date;
      const because = end && reason("account.expired_long_ago", { instance, expiration_date: end });
      return because ? [note("E13", because, [instance])] : [];
    }),
  ];
}

/** Returns the number of accounts, charges and objects per decision. */
export function countDecisions(decisions: readonly AccountDecision[]): ProcessCounts {
  const outcomes = decisions.flatMap((one) => allCharges(one).map(({ outcome }) => outcome));
  const objects = decisions.flatMap(({ entitlements }) => Object.values(entitlements));
  const tooOld = count(
    INSTANCES,
    decisions.flatMap((one) => one.tooOld),
  );
  const made = count(
    INSTANCES,
    objects.map(({ instance }) => instance),
  );
  return {
    accounts: decisions.length,
    skipped: count(
      SKIP_CODES,
      decisions.flatMap(({ skipped }) => skipped ?? []),
    ),
    charges: count(CHARGE_OUTCOMES, outcomes),
    overridden: objects.filter(({ override }) => override !== null).length,
    desired: {
      global: made.global - tooOld.global,
      "us-government": made["us-government"] - tooOld["us-government"],
    },
    too_old: tooOld,
  };
}

/**
 * Charge names that nobody mapped, with the accounts that have them: the most common way to lose support by mistake (E2). From notes, as the
 * last job of a pipeline has nothing else. Sorted.
 */
export function unknownChargesIn(notes: readonly Note[]): UnknownCharge[] {
  const found = new Map<string, UnknownCharge>();
  for (const { salesforce_id: account, reason: why } of notes) {
    if (why.code !== "charge.unknown" || account === null) continue;
    const { charge_name, unexpired, nearest, hurts } = why.params;
    const entry = found.get(charge_name) ?? {
      charge_name,
      accounts: [],
      unexpired_accounts: [],
      nearest,
      hurt_accounts: [],
    };
    entry.accounts.push(account);
    if (unexpired) entry.unexpired_accounts.push(account);
    if (hurts) entry.hurt_accounts.push(account);
    found.set(charge_name, entry);
  }
  return sortedByName(found);
}

function sortedByName(found: ReadonlyMap<string, UnknownCharge>): UnknownCharge[] {
  return [...found.values()].sort((one, other) => (one.charge_name < other.charge_name ? -1 : 1));
}

function allCharges({ subscriptions, strayCharges }: AccountDecision): ClassifiedCharge[] {
  return [...subscriptions.flatMap(({ charges }) => charges), ...strayCharges];
}

function count<Word extends string>(words: readonly Word[], found: readonly Word[]): Record<Word, number> {
  const counts = Object.fromEntries(words.map((word) => [word, 0])) as Record<Word, number>;
  for (const word of found) counts[word]++;
  return counts;
}
