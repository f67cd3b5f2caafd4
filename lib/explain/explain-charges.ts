import { countedUntil, type Day } from "../domain/dates.ts";
import type { ClassifiedCharge, PlacedSubscription } from "../domain/entitled-instance.ts";
import type { Entitlement } from "../domain/entitlement.ts";
import { supportLevel } from "../domain/entitlement.ts";
import type { Override } from "../domain/overrides.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import type { Reason } from "../domain/reason.ts";
import type {
  ExplainedCharge,
  ExplainedOverride,
  ExplainedSubscription,
  SupportExplanation,
  TypeExplanation,
} from "./account-explanation.ts";
import type { Rules } from "./evidence.ts";

/** A charge with what it comes to on a day. Pure. */
export function explainCharge(
  { charge, type, outcome, unexpired }: ClassifiedCharge,
  rules: Rules,
  day: Day,
): ExplainedCharge {
  return {
    ...charge,
    outcome,
    in_grace: unexpired && charge.end_date < day,
    counts_until: countedUntil(charge.end_date),
    place: rules.placeOfCharge(charge.charge_name.trim()),
    type: type?.name ?? null,
    level: type?.level ?? null,
  };
}

/** Subscriptions in their instances, each with its charges. Pure. */
export function explainSubscriptions(
  placed: readonly PlacedSubscription[],
  rules: Rules,
  day: Day,
): ExplainedSubscription[] {
  return placed.map(({ subscription, instance, charges, sentBy }) => ({
    ...subscription,
    instance,
    sent_by: sentBy.map(({ charge }) => charge.id),
    charges: charges.map((one) => explainCharge(one, rules, day)),
  }));
}

/** Returns what an account is entitled to in an instance, and what each part follows from. Pure. */
export function explainSupport(entitlement: Entitlement, rules: Rules, day: Day): SupportExplanation {
  const { types, level_from, support_level, instance, override, seats, seats_from, expiration_date } = entitlement;
  const explained = [...types].sort().map((type) => explainType(type, entitlement, rules, day));
  const below = new Set([...types].filter((type) => !level_from.includes(type)));
  const next = supportLevel(below, instance, rules.plans).support_level;
  return {
    support_level,
    won_by: explained.filter(({ type }) => level_from.includes(type)),
    next_level: next === "expired" || next === support_level ? null : next,
    types: explained,
    seats,
    seats_from,
    expiration_date,
    expiration_from: override?.expiration_date ? override.where : null,
  };
}

function explainType(type: string, entitlement: Entitlement, rules: Rules, day: Day): TypeExplanation {
  const charges = entitlement.subscriptions
    .flatMap((one) => one.charges)
    .filter((one) => one.outcome === "counts" && one.type?.name === type)
    .map((one) => {
      const { id, charge_name, end_date, place, in_grace } = explainCharge(one, rules, day);
      return { id, charge_name, end_date, place, in_grace };
    });
  const set = entitlement.override?.subscriptions.get(type) === true;
  return {
    type,
    charges,
    override: set ? (entitlement.override?.where ?? null) : null,
    implied_by: entitlement.implied.find((one) => one.type === type)?.because ?? null,
  };
}

/** The overrides of an account, those that do not apply with the reason. Pure. */
export function explainOverrides(
  accountId: string,
  rules: Rules,
  decision: AccountDecision | undefined,
  findings: readonly Reason[],
): ExplainedOverride[] {
  const own = rules.overrides.filter((one) => one.salesforce_id === accountId);
  const invalid = rules.overrideNotes.filter((one) => one.salesforce_id === accountId);
  return [
    ...own.map((one): ExplainedOverride => {
      const why = findings.find((finding) => "where" in finding.params && finding.params.where === one.where) ?? null;
      const applies = decision?.entitlements[one.instance]?.override?.where === one.where;
      return { ...shown(one), applies, why: applies ? null : why };
    }),
    ...invalid.map(
      ({ reason: why }): ExplainedOverride => ({
        where: "where" in why.params && typeof why.params.where === "string" ? why.params.where : "",
        written_for: null,
        instance: null,
        subscriptions: {},
        expiration_date: null,
        ends_on: null,
        applies: false,
        why,
      }),
    ),
  ];
}

function shown({ where, reason: text, instance, subscriptions, expiration_date, ends_on }: Override) {
  return {
    where,
    written_for: text,
    instance,
    subscriptions: Object.fromEntries(subscriptions),
    expiration_date,
    ends_on,
  };
}
