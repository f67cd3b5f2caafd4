import type { Difference } from "./changeset.ts";
import type { Harm } from "./harms.ts";
import type { Reason, ReasonCode } from "./reason.ts";
import { isDowngrade } from "./support-level.ts";
import type { UserUpdate } from "./user.ts";
import { comparableValue } from "./value-equality.ts";

/** Whatever stands in the way of one decision and waits for a person (C7, C9). */
const CONFLICTS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "organization.account_unclear",
  "organization.shares_account",
  "organization.account_id_invalid",
  "organization.account_id_missing",
  "create.account_unclear",
  "create.external_id_taken",
  "create.name_contested",
  "create.name_taken",
  "rename.name_contested",
  "rename.name_taken",
  "organization.external_id_conflict",
  "mark.account_moved",
  "mark.of_moved_account",
  "mark.account_merged",
  "mark.merge_forgotten",
  "mark.of_merged_account",
  "account.merge_circular",
  "account.gathered_twice",
]);

/** Reasons that describe the intended state: nobody has to look at them. */
const AS_INTENDED: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "account.is_partner",
  "account.without_subscription",
  "account.expired_long_ago",
  "organization.of_partner",
  "organization.without_account",
  "organization.already_so",
  "user.already_so",
  "contact.there_already",
  "contact.created",
  "contact.associated",
  "charge.stray",
]);

/** Customers whose accounts fell out for their age (E13): what is marked then was still given support. */
export interface FallenOut {
  has(account: string): boolean;
}

/** Returns the effect of an update on the customer. `before` and `change` have the same keys. Pure. */
export function harmOfUpdate({ before, change }: { before: object; change: object }): Harm {
  const [from, to] = [fieldsOf(before), fieldsOf(change)];
  // Whatever else it loses or gains: no ticket of such a customer is accepted.
  if (HOLDS.some((key) => turns(from, to, key) === "on")) return "put on hold";
  const level = levelChange(from, to);
  if (level === "lost" || turns(from, to, "emergency_support_24x7") === "off") return "loses support";
  const types = Object.keys(to).filter((key) => key.startsWith("sub_"));
  const lost = types.some((key) => turns(from, to, key) === "off");
  const gained = types.some((key) => turns(from, to, key) === "on");
  if (level === "lower" || (level === null && lost && !gained)) return "downgraded";
  if (turns(from, to, "mark_for_deletion") === "on" || isMarkedUser(change)) return "marked";
  if (level === "higher") return "upgraded";
  const isBetter =
    gained ||
    ("mark_for_deletion" in change && change.mark_for_deletion === false) ||
    [...HOLDS, "mark_for_deletion"].some((key) => turns(from, to, key) === "off") ||
    turns(from, to, "emergency_support_24x7") === "on" ||
    isLater(from.expiration_date, to.expiration_date);
  return isBetter ? "gains" : "cosmetic";
}

/** Returns the effect of marking an organization: it has support until it is deleted, unless its account fell out for its age (E13). */
export function harmOfMark(account: string | null, level: string | null, fallenOut: FallenOut): Harm {
  return account !== null && givesSupport(level) && fallenOut.has(account) ? "loses support" : "marked";
}

/** Returns the effect on the customer of something having been left as it is. Pure. */
export function harmOfReason(reason: Reason): Harm {
  if (reason.code === "charge.unknown") return reason.params.hurts ? "unknown charge" : "skipped";
  if (reason.code === "mark.of_protected") return "marked";
  if (CONFLICTS.has(reason.code)) return "conflict";
  return AS_INTENDED.has(reason.code) ? "cosmetic" : "skipped";
}

/**
 * What a planned change means once its outcome is known: what failed took nothing away, and what is as wanted already still says what
 * the change was about.
 */
export function harmAfter(planned: Harm, outcome: string | null, reason: Reason | null): Harm {
  if (outcome === "failed") return "failed";
  if (outcome !== "skipped" || reason === null || AS_INTENDED.has(reason.code)) return planned;
  return harmOfReason(reason);
}

/** True if an update takes back a mark, whatever else it changes. */
export function isUnmark({ change, before }: { before: object; change: object }): boolean {
  if ("mark_for_deletion" in change) return change.mark_for_deletion === false;
  return turns(fieldsOf(before), fieldsOf(change), "mark_for_deletion") === "off";
}

/** True if a support level gives any support: it is set and not `expired`. */
export function givesSupport(level: string | null): boolean {
  return level !== null && level !== "" && level !== "expired";
}

const HOLDS = ["support_hold", "restricted_account"];

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(difference: object): Fields {
  return (difference as Difference).organization_fields ?? {};
}

function isMarkedUser(change: object): boolean {
  return (change as UserUpdate["change"]).mark_for_deletion === true;
}

function levelChange(from: Fields, to: Fields): "lost" | "lower" | "higher" | null {
  if (!("support_level" in to)) return null;
  const [before, after] = [levelIn(from), levelIn(to)];
  if (!givesSupport(after)) return givesSupport(before) ? "lost" : null;
  if (!givesSupport(before)) return "higher";
  if (isDowngrade(before, after)) return "lower";
  return isDowngrade(after, before) ? "higher" : null;
}

/** The support level among organization fields; null where there is none. */
export function levelIn(fields: Fields): string | null {
  const level = comparableValue("dropdown", fields.support_level);
  return level === null ? null : String(level);
}

function turns(from: Fields, to: Fields, key: string): "on" | "off" | null {
  if (!(key in to)) return null;
  const [before, after] = [
    comparableValue("checkbox", from[key]) === true,
    comparableValue("checkbox", to[key]) === true,
  ];
  return before === after ? null : after ? "on" : "off";
}

function isLater(before: unknown, after: unknown): boolean {
  return typeof after === "string" && after > String(before ?? "");
}
