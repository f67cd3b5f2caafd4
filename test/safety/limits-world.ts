import { partnerOf } from "../../sandbox/seed/oddities/partners.ts";
import { WorldDraft } from "../../sandbox/seed/world-draft.ts";
import type { World } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";

const PREMIUM = ["SaaS - Premium - 1 Year"];
const GOVERNMENT = ["12x5 US Citizen Support - 1 Year", "Self-Managed - Premium - 1 Year"];
/** Records that are as they should be: what the percentages are of, for the greatest part. */
const IN_SYNC = 12;

/** A world in which every comparison has every effect it can have, beside a dozen records in sync. */
export function limitsWorld(): World {
  const draft = new WorldDraft(11, TODAY, new Date());
  addCustomers(draft, "global", PREMIUM);
  addCustomers(draft, "us-government", GOVERNMENT);
  addPartners(draft);
  addUsers(draft);
  return draft.finish();
}

/** A world of customers in global that is in sync. */
export function calmWorld(customers: number): World {
  const draft = new WorldDraft(13, TODAY, new Date());
  for (let made = 0; made < customers; made++) draft.existing(draft.subscriber(PREMIUM), "global");
  return draft.finish();
}

function addCustomers(draft: WorldDraft, instance: "global" | "us-government", charges: string[]): void {
  for (let made = 0; made < IN_SYNC; made++) draft.existing(draft.subscriber(charges), instance);
  for (let made = 0; made < 2; made++) {
    draft.subscriber(charges);
    draft.existing(draft.subscriber(charges), instance, { fields: { support_level: "ultimate" } });
    draft.organization(instance, draft.asIfSubscribed(draft.unregistered(), instance, charges));
  }
  draft.existing(draft.subscriber(charges, { Support_Hold__c: true }), instance, { fields: { support_hold: false } });
  draft.existing(draft.subscriber(charges), instance, { fields: { account_owner: "Former Owner" } });
  draft.organization(instance, draft.asIfSubscribed(draft.unregistered(), instance, charges), {
    fields: { mark_for_deletion: true },
  });
}

function addPartners(draft: WorldDraft): void {
  for (let made = 0; made < IN_SYNC; made++) draft.existing(draft.customer(partnerOf("Select")), "global");
  for (let made = 0; made < 2; made++) {
    draft.customer(partnerOf("Open"));
    draft.existing(draft.unregistered(partnerOf("Select")), "global");
  }
  const restricted = draft.customer({ ...partnerOf("Open"), Restricted_Account__c: "Restricted Party" });
  draft.existing(restricted, "global", { fields: { restricted_account: false } });
  draft.existing(draft.customer(partnerOf("Open")), "global", { fields: { account_owner: "Former Owner" } });
  draft.existing(draft.unregistered(partnerOf("Open")), "global", { fields: { mark_for_deletion: true } });
}

function addUsers(draft: WorldDraft): void {
  const customer = draft.subscriber(GOVERNMENT);
  const { id } = draft.existing(customer, "us-government");
  const inside = { organization_ids: [id] };
  for (let made = 0; made < IN_SYNC + 1; made++) {
    const person = draft.person(customer);
    draft.contact(customer, person);
    draft.user("us-government", person, made === 0 ? { ...inside, name: "Maiden Name" } : inside);
  }
  for (let made = 0; made < 2; made++) {
    draft.contact(customer, draft.person(customer));
    draft.user("us-government", draft.person(customer), inside);
  }
  draft.user("us-government", draft.person(customer), { ...inside, user_fields: { mark_for_deletion: true } });
}
