import type { InstanceName } from "../types.ts";
import type { Drift } from "./drift.ts";
import type { Customer } from "./records.ts";
import type { WorldDraft } from "./world-draft.ts";

/** Invents who may ask for support at an account, and their users where the organization is there already. */
export function addUsersOf(
  draft: WorldDraft,
  drift: Drift,
  customer: Customer,
  instance: InstanceName,
  organization: number | null,
): void {
  if (instance === "global") addBuyer(draft, customer, organization);
  else addContacts(draft, drift, customer, organization);
}

/** In global the sold-to contact is the user; of a new customer's, one in ten wrote to support before. */
function addBuyer(draft: WorldDraft, customer: Customer, organization: number | null): void {
  const buyer = customer.account.Latest_Sold_To_Contact__r;
  if (!buyer?.Email || !draft.random.chance(organization === null ? 0.1 : 0.6)) return;
  const organization_ids = organization === null ? [] : [organization];
  draft.user("global", { name: buyer.Name ?? buyer.Email, email: buyer.Email }, { organization_ids });
}

/** In us-government the contacts of Salesforce are the users (U3). */
function addContacts(draft: WorldDraft, drift: Drift, customer: Customer, organization: number | null): void {
  const { random } = draft;
  for (let i = random.integer(1, 3); i > 0; i--) {
    const person = draft.person(customer);
    const left = organization !== null && drift.isAmong("leavers");
    draft.contact(customer, person, { Inactive_Contact__c: left });
    if (organization === null || (!left && drift.isAmong("newContacts"))) continue;
    const name = drift.isAmong("renamedContacts") ? draft.invention.name() : person.name;
    draft.user("us-government", { ...person, name }, { organization_ids: [organization] });
  }
  if (random.chance(0.3)) draft.contact(customer, draft.person(customer), { Role__c: "Billing Contact" });
}
