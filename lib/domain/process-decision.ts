import type { JudgedCharge, PlacedSubscription } from "./entitled-instance.ts";
import type { Entitlement } from "./entitlement.ts";
import type { InstanceName } from "./instance.ts";

/** Why an account is not processed at all: E1, or two records with its id. */
export const SKIP_REASONS = ["partner", "without subscription", "doubled"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What was decided about one account, and why; `explain` tells it. */
export interface AccountDecision {
  salesforce_id: string;
  /** Null where it was processed; else nothing below was looked at. */
  skipped: SkipReason | null;
  /** Where each subscription counts (E4), and what became of each of its charges (E2, E3). */
  subscriptions: readonly PlacedSubscription[];
  /** Charges of no gathered subscription (E2). */
  strayCharges: readonly JudgedCharge[];
  /** None in an instance where no subscription counts (E4). */
  entitlements: Partial<Record<InstanceName, Entitlement>>;
  /** The instances whose object fell out for its `expiration_date` (E13). */
  tooOld: readonly InstanceName[];
}
