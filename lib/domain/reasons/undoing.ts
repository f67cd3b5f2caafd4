import * as v from "valibot";
import { account, id, message, messages, nothing } from "./params.ts";

/** Why an account wants no contacts in global (E1, E4, E13). */
export const WANTS_NO_CONTACTS = [
  "is_partner",
  "no_customer",
  "gathered_twice",
  "without_subscription",
  "expired_long_ago",
  "other_instance",
] as const;
export type WantsNoContacts = (typeof WANTS_NO_CONTACTS)[number];

/** Reasons given about single records of an undo (S8) and about single retries of contacts (Y3). */
export const UNDOING_REASONS = {
  "undo.named_twice": nothing,
  "undo.before_unknown": nothing,
  "undo.outcome_unknown": nothing,
  "undo.user_was_there": nothing,
  "undo.membership_stays": nothing,
  "retry.organization_gone": v.object({ organization_id: id }),
  "retry.not_created_by_zdsync": v.object({ organization_id: id, names_account: v.boolean() }),
  "retry.account_unreadable": v.object({ account, problem: message }),
  "retry.wants_none": v.object({ account, because: v.picklist(WANTS_NO_CONTACTS) }),
  "retry.settings_wrong": v.object({ problems: messages }),
  "retry.run_elsewhere": nothing,
  "retry.not_reported": nothing,
  "retry.bot_failed": nothing,
} as const;
