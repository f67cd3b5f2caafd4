import { countedUntil, expiredEndDate } from "../domain/dates.ts";
import { isUnexpired } from "../domain/entitled-instance.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Organization } from "../domain/organization.ts";
import { type AddressPlan, addressStates, planContacts } from "../domain/plan-contacts.ts";
import { addressKey } from "../domain/protected-address.ts";
import { protectedAddressesOf } from "../domain/protections.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { CONTACTS_DUE_DAYS, dueOrganizations } from "../domain/recent-organizations.ts";
import type { DidExplanation, PersonExplanation } from "./account-explanation.ts";
import type { ComparedAgain } from "./compare-again.ts";
import { didExplanation } from "./did-explanation.ts";
import type { AccountEvidence, InstanceEvidence } from "./evidence.ts";
import type { DecidedAgain } from "./explain-instance.ts";
import { explainUsers } from "./explain-users.ts";

/** The people of an account in an instance: contacts of global (C10, Y2, Y3), users of us-government (U2–U6). By address. Pure. */
export function peopleIn(
  evidence: AccountEvidence,
  instance: InstanceName,
  around: InstanceEvidence,
  decided: DecidedAgain,
  compared: ComparedAgain,
): PersonExplanation[] {
  const people =
    instance === "global" ? soldTos(evidence, around, decided, compared) : explainUsers(evidence, around, compared.own);
  return people.sort((one, other) => (one.email < other.email ? -1 : 1));
}

/** Sold-to contacts: what was planned of each, and what became of it. */
function soldTos(
  evidence: AccountEvidence,
  around: InstanceEvidence,
  decided: DecidedAgain,
  compared: ComparedAgain,
): PersonExplanation[] {
  if (compared.keeper === "partner" && evidence.subject.email === null) return [];
  const desired = compared.keeper === "partner" ? undefined : decided.desired.global[0];
  const plans = plansOf(evidence, around, compared);
  const results = around.comparisons.flatMap((one) => one.results.filter(({ effect }) => effect === "contact"));
  const [organization] = compared.own;
  const names = new Map(desired?.sold_tos.map(({ name, email }) => [addressKey(email), name]));
  const tried = results.map(({ after }) => addressKey(String(after.email ?? "")));
  const asked = evidence.subject.email;
  const known = asked !== null && mentions(evidence, asked) ? [asked] : [];
  const addresses = new Set([...names.keys(), ...tried, ...known].filter((email) => email !== ""));
  return [...addresses].map((email) => {
    const did = results
      .filter(({ after }) => addressKey(String(after.email ?? "")) === email)
      .map((one) => didExplanation("global", one));
    const plan = names.has(email) ? planFor(email, plans, around, evidence, organization) : null;
    return {
      instance: "global" as const,
      email,
      name: names.get(email) ?? null,
      organization_id: organization?.id ?? null,
      ...outcomeOf(did, plan, () => (names.has(email) ? null : whyNotWanted(email, evidence, decided))),
      did,
    };
  });
}

/** Plan for each due address, as if nothing had been written yet. */
function plansOf(
  { rules, run }: AccountEvidence,
  { organizations, addresses }: InstanceEvidence,
  { desired, own, changes }: ComparedAgain,
): ReadonlyMap<string, AddressPlan> {
  if (!desired) return new Map();
  const gathered = new Set(organizations.map(({ id }) => id));
  const isNew = changes.creates.length > 0 || own.some(({ id }) => !gathered.has(id));
  const { addresses: due } = planContacts({
    creates: isNew ? [desired] : [],
    due: isNew ? [] : dueOrganizations(own, [desired], new Date(run.gathered_at)),
    known: addressStates(addresses),
    protectedAddresses: protectedAddressesOf(rules.config),
    maximum: rules.config.max_contacts_per_organization,
  });
  return new Map(due.map(({ email, plan }) => [email, plan]));
}

/** An address that another account's organization gets is promised there (Y2): only the run's own plan knows. */
function planFor(
  email: string,
  plans: ReadonlyMap<string, AddressPlan>,
  { plannedContacts }: InstanceEvidence,
  { subject }: AccountEvidence,
  organization: Organization | undefined,
): AddressPlan | null {
  const plan = plans.get(email);
  if (!plan)
    return organization
      ? { is: "left", reason: reason("contact.organization_not_new", { days: CONTACTS_DUE_DAYS }) }
      : null;
  const promised = plannedContacts.find((one) => addressKey(one.email) === email);
  if (plan.is !== "planned" || !promised || promised.salesforce_id === subject.salesforce_id) return plan;
  return { is: "left", reason: reason("contact.promised", { account: promised.salesforce_id }) };
}

function outcomeOf(
  did: readonly DidExplanation[],
  plan: AddressPlan | null,
  notWanted: () => Reason | null,
): Pick<PersonExplanation, "state" | "reason"> {
  const last = did.at(-1);
  if (last) return { state: last.outcome === "applied" ? "there" : "left", reason: last.reason };
  if (plan === null) return { state: "left", reason: notWanted() };
  if (plan.is === "left") return { state: "left", reason: plan.reason };
  if (plan.is === "there") return { state: "there", reason: reason("contact.there_already") };
  if (plan.is === "planned") return { state: "planned", reason: reason("contact.planned") };
  return { state: "left", reason: reason("contact.not_verified") };
}

/** Why an address that stands in the account's records is none of its sold-to contacts (E14). */
function whyNotWanted(email: string, { accounts }: AccountEvidence, { decision, day }: DecidedAgain): Reason | null {
  const [account] = accounts;
  if (!account) return null;
  const ended = account.subs
    .filter((one) => addressKey(one.sold_to_email ?? "") === email && !isUnexpired(one, expiredEndDate(day)))
    .map(({ end_date }) => end_date)
    .sort()
    .at(-1);
  if (ended !== undefined && decision?.skipped === null)
    return reason("contact.subscription_ended", { end_date: ended, counted_until: countedUntil(ended) });
  return decision?.entitlements.global ? reason("contact.not_wanted") : null;
}

function mentions({ accounts }: AccountEvidence, email: string): boolean {
  return accounts.some(
    ({ sold_to, subs }) =>
      addressKey(sold_to?.email ?? "") === email || subs.some((one) => addressKey(one.sold_to_email ?? "") === email),
  );
}
