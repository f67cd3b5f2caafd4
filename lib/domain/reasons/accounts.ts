import * as v from "valibot";
import { count, day, flag, instance, messages, nothing, place, unreadable } from "./params.ts";

/** Reasons that `process` and gather-accounts give about accounts, charges and overrides (A2, E1, E2, E8, E13, G5). */
export const ACCOUNT_REASONS = {
  "account.is_partner": nothing,
  "account.without_subscription": nothing,
  "account.gathered_twice": nothing,
  "account.expired_long_ago": v.object({ instance, expiration_date: day }),
  "account.unreadable": unreadable,
  "partner.unreadable": unreadable,
  "account.merge_unreadable": unreadable,
  "account.merge_circular": nothing,
  /** `nearest` is the known name it was probably meant to be; `hurts`: the account has less support now than it would have then. */
  "charge.unknown": v.object({
    charge_name: v.string(),
    unexpired: flag,
    nearest: v.nullable(v.string()),
    hurts: flag,
  }),
  "charge.stray": v.object({ charges: count }),
  "override.invalid": v.object({ where: place, problems: messages }),
  "override.unknown_type": v.object({ where: place, types: v.array(v.string()), nearest: v.array(v.string()) }),
  "override.ended": v.object({ where: place, ends_on: day }),
  "override.repeated": v.object({ where: place, places: v.array(place) }),
  "override.account_not_gathered": v.object({ where: place }),
  "override.without_effect": v.object({ where: place, instance }),
} as const;
