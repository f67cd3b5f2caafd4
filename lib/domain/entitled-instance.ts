import type { Account, Charge, Subscription } from "./account.ts";
import type { Day } from "./dates.ts";
import type { InstanceName } from "./instance.ts";
import type { Plans, SubscriptionType } from "./plans.ts";
import { toId18 } from "./salesforce-id.ts";

/** Outcomes of a charge: it counts, or the reason why not (`stray`: it belongs to no gathered subscription). */
export const CHARGE_OUTCOMES = ["counts", "expired", "ignored", "unknown", "stray"] as const;
export type ChargeOutcome = (typeof CHARGE_OUTCOMES)[number];

/** A charge of a gathered subscription, or of none (`outcome` says so), and what its name stands for. */
export interface ClassifiedCharge {
  charge: Charge;
  /** Null where the name is unknown or ignored. */
  type: SubscriptionType | null;
  /** `end_date` within the days of grace (E3), whatever the outcome. */
  unexpired: boolean;
  outcome: ChargeOutcome;
}

/** A subscription in the instance where it counts (E4). */
export interface PlacedSubscription {
  subscription: Subscription;
  instance: InstanceName;
  /** Its charges, by id. */
  charges: ClassifiedCharge[];
  /** The charges that sent it to us-government; none where it went to global. */
  sentBy: ClassifiedCharge[];
}

/** An account's subscriptions, each in its instance, and the charges of none of them; both by id. */
export interface Placement {
  subscriptions: PlacedSubscription[];
  strayCharges: ClassifiedCharge[];
}

/**
 * Decides for each subscription of an account where it counts: in us-government when any of its charges, expired or not, is
 * of a government type; otherwise in global (E2–E4).
 *
 * @param expiredEndDate the earliest `end_date` that is not expired (E3)
 */
export function placeSubscriptions(account: Account, plans: Plans, expiredEndDate: Day): Placement {
  const { chargesOf, strays } = groupCharges(account);
  const classify = (charge: Charge) => placeCharge(charge, plans, expiredEndDate);
  const governmentTypes = plans.governmentTypes[account.exception ? "with_exception" : "without_exception"];
  return {
    subscriptions: [...account.subs].sort(byId).map((subscription) => {
      const charges = (chargesOf.get(id18(subscription.id)) ?? []).map(classify);
      const sentBy = charges.filter(({ type }) => type !== null && governmentTypes.has(type.name));
      return { subscription, instance: sentBy.length > 0 ? "us-government" : "global", charges, sentBy };
    }),
    strayCharges: strays.map((charge) => ({ ...classify(charge), outcome: "stray" })),
  };
}

/** The charges of each subscription, by the 18-character form of the subscription's `id`, and those of none (E2, G5). */
function groupCharges({ subs, charges }: Account): { chargesOf: Map<string, Charge[]>; strays: Charge[] } {
  const subscriptionOf = new Map<string, string>();
  for (const { id, subscription_id } of subs)
    if (subscription_id !== null) subscriptionOf.set(id18(subscription_id), id18(id));
  for (const { id } of subs) subscriptionOf.set(id18(id), id18(id));
  const chargesOf = new Map<string, Charge[]>();
  const strays: Charge[] = [];
  for (const charge of [...charges].sort(byId)) {
    const id = charge.subscription_id === null ? undefined : subscriptionOf.get(id18(charge.subscription_id));
    if (id === undefined) strays.push(charge);
    else if (!chargesOf.get(id)?.push(charge)) chargesOf.set(id, [charge]);
  }
  return { chargesOf, strays };
}

function placeCharge(charge: Charge, plans: Plans, expiredEndDate: Day): ClassifiedCharge {
  const name = charge.charge_name.trim();
  const type = plans.typeOfCharge.get(name) ?? null;
  const unexpired = isUnexpired(charge, expiredEndDate);
  if (type !== null) return { charge, type, unexpired, outcome: unexpired ? "counts" : "expired" };
  return {
    charge,
    type,
    unexpired,
    outcome: plans.ignoredCharges.has(name) ? "ignored" : "unknown",
  };
}

/** E3: 15 days of grace, the 15th day included. `start_date` and `status` are not looked at. */
export function isUnexpired({ end_date }: { end_date: Day }, expiredEndDate: Day): boolean {
  return end_date >= expiredEndDate;
}

/** Ids that are none of Salesforce's are compared as they are. */
function id18(id: string): string {
  return toId18(id) ?? id;
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
