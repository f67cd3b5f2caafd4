import { countedUntil, type Day, minusDays, threeYearsOut } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import type { UpcomingChange } from "./account-explanation.ts";
import type { AccountEvidence } from "./evidence.ts";

/** Days that are looked at: beyond that nobody plans. */
const MAX_DAYS = 40;

/** Returns the decision about an account on a day. */
type DecideOn = (day: Day) => AccountDecision | undefined;

/**
 * What changes by itself from a day on, as charges and overrides end: every day on which something can change is decided with the
 * rules themselves. Sorted by day. Pure.
 */
export function upcomingChanges(evidence: AccountEvidence, day: Day, decideOn: DecideOn): UpcomingChange[] {
  const changes: UpcomingChange[] = [];
  let before = decideOn(day);
  for (const next of daysAfter(evidence, day, before)) {
    const after = decideOn(next);
    for (const instance of INSTANCES) {
      const change = changeOn(next, instance, before, after, evidence);
      if (change) changes.push(change);
    }
    before = after;
  }
  return changes;
}

function daysAfter({ accounts, rules, subject }: AccountEvidence, day: Day, now: AccountDecision | undefined): Day[] {
  const [account] = accounts;
  if (!account || !now || now.skipped !== null) return [];
  const ends = [...account.charges, ...account.subs].map(({ end_date }) => dayAfter(countedUntil(end_date)));
  const overrides = rules.overrides
    .filter(({ salesforce_id, ends_on }) => salesforce_id === subject.salesforce_id && ends_on !== null)
    .map(({ ends_on }) => dayAfter(ends_on ?? day));
  const tooOld = Object.values(now.entitlements).map(({ expiration_date }) => firstTooOld(expiration_date));
  const days = new Set([...ends, ...overrides, ...tooOld].filter((one) => one > day));
  return [...days].sort().slice(0, MAX_DAYS);
}

/** The first day on which an expiration date is out of sight (E13). */
function firstTooOld(expiration: Day): Day {
  const year = String(Number(expiration.slice(0, 4)) + 3).padStart(4, "0");
  const about = minusDays(`${year}-${expiration.slice(5, 7)}-01`, -Number(expiration.slice(8)));
  const days = [0, 1, 2, 3, 4].map((later) => minusDays(about, -later));
  return days.find((one) => expiration < threeYearsOut(one)) ?? about;
}

function dayAfter(day: Day): Day {
  return minusDays(day, -1);
}

function changeOn(
  day: Day,
  instance: InstanceName,
  one: AccountDecision | undefined,
  other: AccountDecision | undefined,
  { rules, subject }: AccountEvidence,
): UpcomingChange | null {
  const [before, after] = [entitlementIn(one, instance), entitlementIn(other, instance)];
  const types = (of: typeof before) => of?.types ?? new Set<string>();
  const gained = [...types(after).difference(types(before))].sort();
  const lost = [...types(before).difference(types(after))].sort();
  const levels = { before: before?.support_level ?? null, after: after?.support_level ?? null };
  const [seatsBefore, seatsAfter] = [before?.seats ?? 0, after?.seats ?? 0];
  if (levels.before === levels.after && gained.length + lost.length === 0 && seatsBefore === seatsAfter) return null;
  const charges = (before?.subscriptions ?? [])
    .flatMap((placed) => placed.charges)
    .filter(({ charge, outcome }) => outcome === "counts" && dayAfter(countedUntil(charge.end_date)) === day)
    .map(({ charge: { id, charge_name, end_date } }) => ({ id, charge_name, end_date }));
  const overrides = rules.overrides
    .filter((entry) => entry.salesforce_id === subject.salesforce_id && entry.instance === instance)
    .filter(({ ends_on }) => ends_on !== null && dayAfter(ends_on) === day)
    .map(({ where }) => where);
  return {
    day,
    instance,
    ...levels,
    gained_types: gained,
    lost_types: lost,
    seats: seatsBefore === seatsAfter ? null : { before: seatsBefore, after: seatsAfter },
    because: { charges, overrides, too_old: before !== undefined && after === undefined },
  };
}

function entitlementIn(decision: AccountDecision | undefined, instance: InstanceName) {
  return decision?.tooOld.includes(instance) ? undefined : decision?.entitlements[instance];
}
