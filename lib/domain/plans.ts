import { COMPUTED_FIELDS } from "./attributes.ts";
import type { InstanceName } from "./instance.ts";
import type { Level } from "./support-level.ts";

/** The type of subscription a charge stands for: a Zendesk `sub_*` field, or a name of its own that only carries a level. */
export interface SubscriptionType {
  name: string;
  level: Level;
  /** True if the quantity of its charges counts as seats (E7). */
  seats: boolean;
}

/** Which subscription types send a subscription to us-government, by whether the account has an exception (E4). */
export interface GovernmentTypes {
  without_exception: ReadonlySet<string>;
  with_exception: ReadonlySet<string>;
}

/** `plans.yml` as look-ups (entitlements.md): what each charge name means for support. */
export interface Plans {
  types: ReadonlyMap<string, SubscriptionType>;
  typeOfCharge: ReadonlyMap<string, SubscriptionType>;
  governmentTypes: GovernmentTypes;
  /** Known charge names without any meaning for support. */
  ignoredCharges: ReadonlySet<string>;
}

/** Types that a type implies, by instance (E9). */
export const IMPLIED_TYPES: Record<InstanceName, ReadonlyMap<string, readonly string[]>> = {
  global: new Map([["sub_ss_enterprise", ["sub_ss_ase"]]]),
  "us-government": new Map([["usgov_fedramp", ["sub_gitlab_dedicated", "sub_usgov_24x7"]]]),
};

/** Every `sub_*` field of either instance (organization-fields.md). */
export const SUB_FIELDS: readonly string[] = COMPUTED_FIELDS.flatMap(({ to }) => {
  const place = to.global ?? to["us-government"];
  return place?.key.startsWith("sub_") ? [place.key] : [];
});
