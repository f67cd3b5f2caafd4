import { countedUntil } from "../domain/dates.ts";
import type { ClassifiedCharge } from "../domain/entitled-instance.ts";
import type { Entitlement } from "../domain/entitlement.ts";
import type { Override } from "../domain/overrides.ts";
import { type Reason, type ReasonOf, reason } from "../domain/reason.ts";
import { isDowngrade } from "../domain/support-level.ts";

/**
 * Why an entitlement is to no support at all: unknown names that are unexpired first, as somebody paid for them. Null where it is to
 * some. Pure.
 */
export function whyExpired(
  entitlement: Entitlement,
  findings: readonly Reason[],
  overrides: readonly Override[],
): Reason | null {
  if (entitlement.support_level !== "expired") return null;
  const { override, charged } = entitlement;
  if (override && charged.size > 0) return reason("support.switched_off", { where: override.where });
  const charges = chargesOf(entitlement);
  const unknown = unknownCharge(charges, findings);
  if (unknown) return unknown;
  const last = lastOf(charges.filter(({ type }) => type !== null));
  const ended = endedOverride(entitlement, null, findings, overrides);
  if (ended && (!last || ended.params.ends_on > countedUntil(last.charge.end_date))) return ended;
  if (last) {
    const { charge_name, end_date } = last.charge;
    return reason("support.expired", { charge_name, end_date, counted_until: countedUntil(end_date) });
  }
  const ignored = charges.filter(({ outcome }) => outcome === "ignored");
  const names = [...new Set(ignored.map(({ charge }) => charge.charge_name.trim()))];
  if (names.length > 0) return reason("support.ignored_charges", { charge_names: names });
  return findings.find((one) => one.code === "charge.unknown") ?? reason("support.no_charges");
}

/**
 * Why an entitlement is to a lower level than one of those that Zendesk held: an unknown name, an override that ended, or the charge of
 * that level that ended last. Null where none was higher, and where there is no support at all, of which `whyExpired` tells. Pure.
 *
 * @param before levels that Zendesk held, the latest first
 */
export function whyLowered(
  entitlement: Entitlement,
  before: readonly (string | null)[],
  findings: readonly Reason[],
  overrides: readonly Override[],
): Reason | null {
  const { support_level: now } = entitlement;
  const level = before.find((one) => isDowngrade(one, now)) ?? null;
  if (now === "expired" || level === null) return null;
  const charges = chargesOf(entitlement);
  const unknown = unknownCharge(charges, findings);
  if (unknown) return unknown;
  const expired = charges.filter(({ type, outcome }) => outcome === "expired" && type?.level === level);
  const last = lastOf(expired);
  const ended = endedOverride(entitlement, level, findings, overrides);
  if (ended && (!last || ended.params.ends_on > countedUntil(last.charge.end_date))) return ended;
  if (!last) return reason("support.level_gone", { level });
  const { charge_name, end_date } = last.charge;
  return reason("support.charge_ended", { level, charge_name, end_date, counted_until: countedUntil(end_date) });
}

function chargesOf({ subscriptions }: Entitlement): ClassifiedCharge[] {
  return subscriptions.flatMap((one) => one.charges);
}

function unknownCharge(charges: readonly ClassifiedCharge[], findings: readonly Reason[]): Reason | null {
  const hasOne = charges.some(({ outcome, unexpired }) => outcome === "unknown" && unexpired);
  return (hasOne && findings.find((one) => one.code === "charge.unknown" && one.params.unexpired)) || null;
}

function lastOf(charges: readonly ClassifiedCharge[]): ClassifiedCharge | undefined {
  return [...charges].sort((one, other) => (one.charge.end_date < other.charge.end_date ? 1 : -1))[0];
}

/** The override here that ended last, of those that had switched something on. */
function endedOverride(
  { instance }: Entitlement,
  level: string | null,
  findings: readonly Reason[],
  overrides: readonly Override[],
): ReasonOf<"support.override_ended"> | null {
  const ended = findings.flatMap((one) => (one.code === "override.ended" ? [one.params] : []));
  const giving = ended.flatMap(({ where, ends_on }) => {
    const entry = overrides.find((one) => one.where === where && one.instance === instance);
    const types = [...(entry?.subscriptions ?? [])].flatMap(([type, value]) => (value ? [type] : []));
    return types.length > 0 ? [{ level, where, types, ends_on }] : [];
  });
  const [last] = giving.sort((one, other) => (one.ends_on < other.ends_on ? 1 : -1));
  return last ? reason("support.override_ended", last) : null;
}
