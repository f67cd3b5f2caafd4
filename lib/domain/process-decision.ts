import type { ClassifiedCharge, PlacedSubscription } from "./entitled-instance.ts";
import type { Entitlement } from "./entitlement.ts";
import type { InstanceName } from "./instance.ts";
import type { ReasonCode } from "./reason.ts";

/** Why an account is not processed at all: E1, or two records with its id. */
export const SKIP_CODES = [
  "account.is_partner",
  "account.without_subscription",
  "account.gathered_twice",
] as const satisfies readonly ReasonCode[];
export type SkipCode = (typeof SKIP_CODES)[number];

/** The decision about one account and the reasons for it, as shown by `explain`. */
export interface AccountDecision {
  salesforce_id: string;
  /** Null where it was processed; else nothing below was looked at. */
  skipped: SkipCode | null;
  /** Each subscription with the instance in which it counts (E4) and the outcome of each of its charges (E2, E3). */
  subscriptions: readonly PlacedSubscription[];
  /** Charges of no gathered subscription (E2). */
  strayCharges: readonly ClassifiedCharge[];
  /** None in an instance where no subscription counts (E4). */
  entitlements: Partial<Record<InstanceName, Entitlement>>;
  /** The instances whose object fell out for its `expiration_date` (E13). */
  tooOld: readonly InstanceName[];
}
