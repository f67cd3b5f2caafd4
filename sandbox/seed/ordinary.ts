import type { InstanceName } from "../types.ts";
import { addDays } from "./days.ts";
import { Drift } from "./drift.ts";
import { type ExpectedOrganization, expectedOrganizations, expectedPartner } from "./expected.ts";
import { partnerOf } from "./oddities/partners.ts";
import { federalPlans, plansOfBothInstances, standardPlans } from "./ordinary-plans.ts";
import { addUsersOf } from "./ordinary-users.ts";
import type { Customer } from "./records.ts";
import type { WorldDraft } from "./world-draft.ts";

/** Fewer partners than this would make one mark more than 5 % of them, unless there are fewer than ten (S2). */
const ENOUGH_PARTNERS = 24;
const FEW_PARTNERS = 2;

/**
 * Fills the world up with `count` accounts such as they mostly are, and organizations that mostly agree with them; where nothing is
 * behind, all of them do.
 */
export function addOrdinaryRecords(draft: WorldDraft, count: number, { behind = true } = {}): void {
  const drift = new Drift(draft, behind ? count : 0);
  const share = Math.floor(count * 0.02);
  const partners = Math.min(count, share >= ENOUGH_PARTNERS ? share : FEW_PARTNERS);
  for (let i = 0; i < partners; i++) addPartner(draft);
  for (let i = partners; i < count; i++) addAccount(draft, drift);
  for (let i = 0; i < drift.goneAccounts; i++) addGoneAccount(draft, { marked: i >= drift.marks });
  for (const instance of ["global", "us-government"] as const) addAgents(draft, instance);
}

function addPartner(draft: WorldDraft): void {
  const customer = draft.customer(partnerOf(draft.random.chance(0.7) ? "Open" : "Select"));
  const partner = expectedPartner(customer.account, null);
  if (partner) draft.organization("global", partner);
}

function addAccount(draft: WorldDraft, drift: Drift): void {
  const { random } = draft;
  const lot = random.next();
  if (lot < 0.01) draft.customer({ Type: "Prospect" });
  else if (lot < 0.03) draft.customer({ Type: "Former Customer" });
  else if (lot < 0.08) addFormerCustomer(draft);
  else if (lot < 0.1) settle(draft, drift, plansOfBothInstances(draft));
  else if (lot < 0.36) settle(draft, drift, federalPlans(draft));
  else settle(draft, drift, standardPlans(draft));
}

/** A customer whose last subscription ran out within three years. */
function addFormerCustomer(draft: WorldDraft): void {
  const customer = draft.customer({ Type: "Former Customer" });
  const end = addDays(draft.today, -draft.random.integer(20, 1_000));
  draft.subscribe(customer, ["SaaS - Premium - 1 Year"], { end });
  if (draft.random.chance(0.7)) draft.existing(customer, "global");
}

/** Puts the account's organizations and users into Zendesk, some of them a little behind. */
function settle(draft: WorldDraft, drift: Drift, customer: Customer): void {
  draft.register(customer);
  const expected = expectedOrganizations(customer, draft.today);
  for (const instance of ["global", "us-government"] as const) {
    const organization = expected[instance];
    if (!organization) continue;
    const missing = organization.support_level !== "expired" && drift.isMissing();
    const present = missing ? null : draft.organization(instance, organization, drift.changeOf(organization));
    addUsersOf(draft, drift, customer, instance, present?.id ?? null);
  }
}

/** An account that left Salesforce: its organization is to be marked, or was long ago. */
function addGoneAccount(draft: WorldDraft, { marked }: { marked: boolean }): void {
  const instance: InstanceName = draft.random.chance(0.75) ? "global" : "us-government";
  const customer = draft.unregistered();
  const charges = [instance === "global" ? "SaaS - Premium - 1 Year" : "12x5 US Citizen Support - 1 Year"];
  const left: ExpectedOrganization = draft.asIfSubscribed(customer, instance, charges);
  draft.organization(instance, left, {
    fields: {
      support_level: "expired",
      account_type: "former_customer",
      expiration_date: addDays(draft.today, -draft.random.integer(1_110, 1_500)),
      mark_for_deletion: marked,
    },
  });
}

function addAgents(draft: WorldDraft, instance: InstanceName): void {
  for (const role of ["admin", "agent", "agent"] as const) {
    draft.user(instance, draft.invention.person("Support Team"), { role });
  }
}
