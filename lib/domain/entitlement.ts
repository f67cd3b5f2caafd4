import { type Account, later } from "./account.ts";
import type { SoldTo } from "./contact-address.ts";
import type { Day } from "./dates.ts";
import type { Decision } from "./decision.ts";
import { type ClassifiedCharge, isUnexpired, type PlacedSubscription } from "./entitled-instance.ts";
import type { InstanceName } from "./instance.ts";
import type { Override } from "./overrides.ts";
import { IMPLIED_TYPES, type Plans } from "./plans.ts";
import { LEVELS, type Level, type SupportLevel } from "./support-level.ts";

/** The support that an account gets in one instance, with the subscriptions and charges it follows from. */
export interface Entitlement extends Decision {
  /** The subscriptions that count here; at least one. */
  subscriptions: readonly PlacedSubscription[];
  /** Types of the unexpired charges (E5), before override and implications. */
  charged: ReadonlySet<string>;
  override: Override | null;
  /** Types that others brought along (E9). */
  implied: readonly { type: string; because: string }[];
  /** The types that carry the support level, sorted; none where it is expired or follows from US-citizen support alone (E10). */
  level_from: readonly string[];
  /** The charge whose quantity is the number of seats (E7). */
  seats_from: string | null;
  /** People who may ask for support (E14). */
  sold_tos: readonly SoldTo[];
}

/** US-citizen support says when help is there, not how much of it: it gives a level only on its own (E10). */
const SCHEDULE_TYPES: readonly string[] = ["sub_usgov_12x5", "sub_usgov_24x7"];

/** Returns the support that an account's subscriptions in one instance entitle it to (E5–E10, E14). */
export function entitle(input: {
  account: Account;
  instance: InstanceName;
  /** At least one. */
  subscriptions: readonly PlacedSubscription[];
  override: Override | null;
  plans: Plans;
  expiredEndDate: Day;
}): Entitlement {
  const { account, instance, subscriptions, override, plans, expiredEndDate } = input;
  const counting = subscriptions.flatMap(({ charges }) => charges).filter(({ outcome }) => outcome === "counts");
  const charged = new Set(counting.flatMap(({ type }) => type?.name ?? []));
  const overridden = applyTypes(charged, override);
  const implied = impliedTypes(overridden, instance);
  const types = new Set([...overridden, ...implied.map(({ type }) => type)]);
  return {
    account,
    instance,
    subscriptions,
    charged,
    override,
    implied,
    types,
    ...supportLevel(types, instance, plans),
    ...seats(counting),
    expiration_date: override?.expiration_date ?? latestEnd(subscriptions),
    sold_tos: soldTos(account, subscriptions, expiredEndDate),
  };
}

/** E8: what people decided goes before what was bought. */
function applyTypes(charged: ReadonlySet<string>, override: Override | null): ReadonlySet<string> {
  const types = new Set(charged);
  for (const [type, value] of override?.subscriptions ?? []) {
    if (value) types.add(type);
    else types.delete(type);
  }
  return types;
}

/** E9; only types that are not true anyway. */
function impliedTypes(types: ReadonlySet<string>, instance: InstanceName): { type: string; because: string }[] {
  return [...IMPLIED_TYPES[instance]].flatMap(([because, implied]) =>
    types.has(because) ? implied.filter((type) => !types.has(type)).map((type) => ({ type, because })) : [],
  );
}

/** E10: the highest level among the types; in us-government without US-citizen support, unless there is nothing else. Pure. */
export function supportLevel(
  types: ReadonlySet<string>,
  instance: InstanceName,
  plans: Plans,
): { support_level: SupportLevel; level_from: string[] } {
  const government = instance === "us-government";
  const carriers = new Map<Level, string[]>();
  for (const type of types) {
    const level = plans.types.get(type)?.level;
    if (level === undefined || (government && SCHEDULE_TYPES.includes(type))) continue;
    carriers.set(level, [...(carriers.get(level) ?? []), type]);
  }
  const highest = LEVELS.find((level) => carriers.has(level));
  if (highest !== undefined) return { support_level: highest, level_from: (carriers.get(highest) ?? []).sort() };
  const onSchedule = government && SCHEDULE_TYPES.some((type) => types.has(type));
  return { support_level: onSchedule ? "custom" : "expired", level_from: [] };
}

/** E7: the highest quantity of one charge; seats are never added up. */
function seats(counting: readonly ClassifiedCharge[]): { seats: number; seats_from: string | null } {
  let most: { seats: number; seats_from: string | null } = { seats: 0, seats_from: null };
  for (const { charge, type } of counting) {
    const quantity = charge.quantity ?? 0;
    if (type?.seats && quantity > most.seats) most = { seats: quantity, seats_from: charge.id };
  }
  return most;
}

/** E6: expired charges count too; subscriptions only where there is no charge at all. */
function latestEnd(subscriptions: readonly PlacedSubscription[]): Day {
  const charges = subscriptions.flatMap((placed) => placed.charges.map(({ charge }) => charge));
  const lasting = charges.length > 0 ? charges : subscriptions.map(({ subscription }) => subscription);
  return lasting.map(({ end_date }) => end_date).reduce(later);
}

/** E14: each address once and in lower case, sorted; the account's own after those of its unexpired subscriptions. */
function soldTos(account: Account, subscriptions: readonly PlacedSubscription[], expiredEndDate: Day): SoldTo[] {
  const own = account.sold_to && { name: account.sold_to.name, email: lowerCase(account.sold_to.email) };
  const addresses = subscriptions
    .filter(({ subscription }) => isUnexpired(subscription, expiredEndDate))
    .map(({ subscription }) => lowerCase(subscription.sold_to_email ?? ""))
    .sort();
  return [...new Set([...addresses, own?.email ?? ""])]
    .filter((email) => email !== "")
    .map((email) => ({ name: email === own?.email ? own.name : null, email }));
}

function lowerCase(email: string): string {
  return email.trim().toLowerCase();
}
