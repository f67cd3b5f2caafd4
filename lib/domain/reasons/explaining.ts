import * as v from "valibot";
import { account, count, day, flag, nothing, place } from "./params.ts";

/** Reasons only an explanation gives: why there is nothing, where nobody had to know at the time of the decision (A1, E1–E4, E14, Y3). */
export const EXPLAINING_REASONS = {
  /** A1; what the query's filters leave out cannot be told from what does not exist. */
  "account.not_gathered": nothing,
  /** P2; null where only the ids of partners are known. */
  "account.kept_as_partner": v.object({
    account_type: v.nullable(v.picklist(["open_partner", "select_partner", "alliance_partner"])),
  }),
  "account.merged": v.object({ merged_into: account }),
  "subscription.in_global": nothing,
  /** `exception`: the account is to be supported there, so that more charges send it. */
  "subscription.in_us_government": v.object({ charge_names: v.array(v.string()), exception: flag }),
  /** The charge that ended last, and the last day on which it counted. */
  "support.expired": v.object({ charge_name: v.string(), end_date: day, counted_until: day }),
  /** Which charge had given the level that is gone. */
  "support.charge_ended": v.object({ level: v.string(), charge_name: v.string(), end_date: day, counted_until: day }),
  /** E8: what an override had given until its last day; `level` is the one that is gone, null where none is left. */
  "support.override_ended": v.object({
    level: v.nullable(v.string()),
    where: place,
    types: v.array(v.string()),
    ends_on: day,
  }),
  /** Nothing in Salesforce gives it any more, and nothing that ended did. */
  "support.level_gone": v.object({ level: v.string() }),
  "support.ignored_charges": v.object({ charge_names: v.array(v.string()) }),
  "support.no_charges": nothing,
  "support.switched_off": v.object({ where: place }),
  "mark.already": nothing,
  "change.planned": nothing,
  "run.wrote_nothing": nothing,
  "run.not_reached": nothing,
  "run.not_synced": nothing,
  "run.files_missing": v.object({ files: v.array(place) }),
  "contact.not_wanted": nothing,
  "contact.subscription_ended": v.object({ end_date: day, counted_until: day }),
  "contact.organization_not_new": v.object({ days: count }),
  "contact.planned": nothing,
  "user.marked_already": nothing,
} as const;
