import type { Reason } from "../domain/reason.ts";
import { explain } from "../reasons/reason-text.ts";
import { listed, quoted } from "../reasons/texts.ts";
import type {
  AccountExplanation,
  ExplainedOverride,
  InstanceExplanation,
  SupportExplanation,
  TypeExplanation,
} from "./account-explanation.ts";
import { RUN_GATES } from "./gates.ts";

/** Why it is as it is in an instance, where a reason says so: nothing wanted, a partner, no support, less than before. Pure. */
export function causeOf({ unwanted, partner, no_support, lowered }: InstanceExplanation): Reason | null {
  return unwanted?.reason ?? partner ?? no_support ?? lowered;
}

/** Why it is as it is in an instance, in a sentence or two. Pure. */
export function causeText(one: InstanceExplanation, explanation: AccountExplanation): string {
  const why = causeOf(one);
  if (why) return explain(why).what;
  if (!one.support) return "Its support here is unknown.";
  return supportCause(one.support, explanation.overrides);
}

/**
 * Whether the customer has lost something, or would by what is still to be done: then "run it" and "nothing to do" are no advice, whatever
 * kept the run from writing. Pure.
 */
export function isHarmed(one: InstanceExplanation): boolean {
  const isThere = one.organizations.length > 0;
  return isThere && (causeOf(one) !== null || one.organizations.some(({ marked }) => marked));
}

/** Returns the reason that held a change up, and whether it lies in the run rather than in the account; null if nothing did. Pure. */
export function holdOf({ held_up }: InstanceExplanation): { why: Reason; isOfRun: boolean } | null {
  if (!held_up?.reason || held_up.gate === "differs") return null;
  return { why: held_up.reason, isOfRun: RUN_GATES.has(held_up.gate) };
}

function supportCause(support: SupportExplanation, overrides: readonly ExplainedOverride[]): string {
  const { support_level: level, won_by, types } = support;
  const own = (one: TypeExplanation) => one.charges.length > 0 || one.override !== null;
  const from = won_by.length > 0 ? won_by : types.filter(own);
  const first = from.find(own) ?? from[0];
  const what = first ? typeCause(first, overrides) : `from ${listed(types.map(({ type }) => type))}`;
  const set = types.filter((one) => one.override !== null && one !== first);
  const others = [
    ...types.flatMap(({ type, implied_by }) => (implied_by === null ? [] : [`${implied_by} brings ${type}`])),
    ...set.map(({ type, override }) => `the override at ${override} sets ${type}`),
    ...(support.expiration_from ? [`the override at ${support.expiration_from} sets the expiration date`] : []),
  ];
  return `Support level ${[`${level}, ${what}`, ...others].join("; ")}.`;
}

/** Says where a type comes from: an override is the source only if no charge gives the type as well. */
function typeCause(
  { type, charges, override, implied_by }: TypeExplanation,
  overrides: readonly ExplainedOverride[],
): string {
  const entry = overrides.find(({ where }) => where === override);
  if (override !== null && charges.length === 0) {
    const until = entry?.ends_on ? `, until ${entry.ends_on}` : ", without end";
    return `from the override at ${override} (${type}${until})`;
  }
  const [charge] = charges;
  if (!charge) return `from ${type}${implied_by === null ? "" : `, which ${implied_by} brings`}`;
  const { charge_name, place, end_date, in_grace } = charge;
  const when = in_grace ? `; it ended on ${end_date} and is in its 15 days of grace` : `, until ${end_date}`;
  return `from the charge ${quoted(charge_name)}${place === null ? "" : ` (${place})`}${when}`;
}

/** Why it counts in us-government, where it has support there (E4); empty where nothing needs a word. Pure. */
export function placementText(one: InstanceExplanation, { subscriptions, account }: AccountExplanation): string {
  const { instance } = one;
  if (instance === "global" || causeOf(one) !== null || !one.support) return "";
  const here = subscriptions.filter((one) => one.instance === instance);
  const senders = here.flatMap(({ charges, sent_by }) => charges.filter(({ id }) => sent_by.includes(id)));
  const names = [...new Set(senders.map(({ charge_name }) => charge_name.trim()))];
  const expired = senders.length > 0 && senders.every(({ outcome }) => outcome === "expired");
  const exception = account?.exception ? ", with Support_Instance__c federal-support" : "";
  return `It counts here because of the ${expired ? "expired " : ""}${names.length === 1 ? "charge" : "charges"} ${listed(names.map(quoted))}${exception}.`;
}
