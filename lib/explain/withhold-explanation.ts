import { addressKey } from "../domain/protected-address.ts";
import type { Reason } from "../domain/reason.ts";
import type {
  AccountExplanation,
  DidExplanation,
  ExplainedOverride,
  GateFinding,
  InstanceExplanation,
  PersonExplanation,
} from "./account-explanation.ts";

/** Text in place of a value that is not shown. */
export const WITHHELD = "(not shown)";

/** Fields of us-government whose words say nothing of who the customer is. */
const HARMLESS_FIELDS = new Set([
  ...["account_type", "expiration_date", "support_level", "salesforce_id", "sfdc_short_id", "mark_for_deletion"],
  "external_id",
]);

/**
 * An explanation without what would say who a customer of us-government is: names, addresses, and the words in its fields. Ids stay, and
 * with them everything can be looked up in us-government itself; so do days, numbers, levels and codes. An account that global knows
 * keeps what global has of it (decision 15). Pure.
 */
export function withoutUsGovernmentNames(explanation: AccountExplanation, isKnown: boolean): AccountExplanation {
  const { account, instances, subscriptions, overrides, findings, people } = explanation;
  const ofGlobal = instances.filter(({ instance }) => instance === "global").flatMap((one) => one.organizations);
  const ofContacts = instances.flatMap((one) => (one.instance === "global" ? one.contacts : []));
  const names = [...(account ? [account.name] : []), ...ofGlobal.map(({ name }) => name)];
  return {
    ...explanation,
    names: isKnown ? [...new Set(names)] : [],
    account: account && (isKnown ? withAddressesOf(ofContacts, account) : (wordless(account) as typeof account)),
    subscriptions: subscriptions.map((one) => (isKnown && one.instance === "global" ? one : { ...one, name: null })),
    overrides: overrides.map((one) => withheldOverride(one, isKnown)),
    findings: findings.map(withoutAddress),
    instances: instances.map((one) => (isKnown && one.instance === "global" ? one : withheldInstance(one))),
    people: people.map((one) => (isKnown && one.instance === "global" ? one : withheldPerson(one))),
  };
}

/**
 * The account of a customer that global knows, with the people whom global knows, too: whose address only a subscription of us-government
 * has is that instance's (an account may count in both, or have moved).
 */
function withAddressesOf<Known extends object>(known: readonly PersonExplanation[], account: Known): Known {
  const addresses = new Set(known.map(({ email }) => addressKey(email)));
  const shown = Object.entries(account).map(([key, value]) => {
    const email = typeof value === "object" && value !== null && "email" in value ? String(value.email) : null;
    return [key, email === null || addresses.has(addressKey(email)) ? value : WITHHELD];
  });
  return Object.fromEntries(shown) as Known;
}

/** Text that people wrote may name people; only that for global's customers may be shown. */
function withheldOverride(override: ExplainedOverride, isKnown: boolean): ExplainedOverride {
  const isShown = isKnown && override.instance === "global";
  const { written_for, why } = override;
  return {
    ...override,
    written_for: isShown || written_for === null ? written_for : WITHHELD,
    why: why && withoutAddress(why),
  };
}

function withheldInstance(one: InstanceExplanation): InstanceExplanation {
  return {
    ...one,
    organizations: one.organizations.map((organization) => ({ ...organization, name: WITHHELD })),
    gates: one.gates.map(withheldGate),
    unwanted: one.unwanted && withheldGate(one.unwanted),
    held_up: one.held_up && withheldGate(one.held_up),
    partner: one.partner && withoutAddress(one.partner),
    no_support: one.no_support && withoutAddress(one.no_support),
    lowered: one.lowered && withoutAddress(one.lowered),
    losses: one.losses.map((loss) => ({ ...loss, changes: loss.changes.map(withheldChange) })),
    fields: one.fields.map((field) => ({
      ...field,
      desired: wordlessValue(field.key, field.desired),
      held: wordlessValue(field.key, field.held),
      before_run: wordlessValue(field.key, field.before_run),
    })),
    next: one.next.map((next) => ({ ...next, changes: next.changes.map(withheldChange) })),
    did: one.did.map(withheldDeed),
    findings: one.findings.map(withoutAddress),
    contacts: one.contacts.map(withheldPerson),
  };
}

function withheldGate(gate: GateFinding): GateFinding {
  return { ...gate, reason: gate.reason && withoutAddress(gate.reason) };
}

function withheldDeed(did: DidExplanation): DidExplanation {
  return { ...did, reason: did.reason && withoutAddress(did.reason), changes: did.changes.map(withheldChange) };
}

function withheldChange<Change extends { field: string; before: unknown; after: unknown }>(change: Change): Change {
  const { field, before, after } = change;
  return { ...change, before: wordlessValue(field, before), after: wordlessValue(field, after) };
}

function withheldPerson(person: PersonExplanation): PersonExplanation {
  const { reason, did } = person;
  return {
    ...person,
    email: WITHHELD,
    name: null,
    reason: reason && withoutAddress(reason),
    did: did.map(withheldDeed),
  };
}

/** A record without words: ids, numbers, days and yes or no stay, and so does which attributes there are. */
function wordless(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null ? WITHHELD : wordlessValue(key, value),
    ]),
  );
}

function wordlessValue<Value>(key: string, value: Value): Value {
  const isHarmless =
    typeof value !== "string" || value === "" || HARMLESS_FIELDS.has(key) || /^\d{4}-\d\d-\d\d/.test(value);
  return isHarmless ? value : (WITHHELD as Value);
}

/** Reasons name ids; where a remote's own words hold an address all the same, it does not come through. */
function withoutAddress(reason: Reason): Reason {
  const params = Object.entries(reason.params).map(([name, value]) => [name, withheldIn(value)]);
  return { ...reason, params: Object.fromEntries(params) } as Reason;
}

function withheldIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withheldIn);
  return typeof value === "string" ? value.replace(/\S*@\S*/g, WITHHELD) : value;
}
