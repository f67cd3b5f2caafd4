import { timestamp } from "../../sandbox/seed/days.ts";
import { partnerOf } from "../../sandbox/seed/oddities/partners.ts";
import { WorldDraft } from "../../sandbox/seed/world-draft.ts";
import type { World } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";

const PREMIUM = "SaaS - Premium - 1 Year";
const GOVERNMENT = ["12x5 US Citizen Support - 1 Year", "Self-Managed - Ultimate - 1 Year"];
/** In so small a world everything is above any percentage. */
const LIMITS = {
  creates: 1000,
  marks: { percent: 100, max: 200 },
  updates: { percent: 100 },
  downgrades: { percent: 100, max: 100 },
  marked_total: { percent: 100 },
  minimum_existing: 10,
  usgov_user: { marks: { percent: 100, max: 200 } },
};

/**
 * A world in which one run does each thing that zdsync can do, and little else: customers, partners and users are created, updated,
 * marked and unmarked, contacts created and associated, notices posted. `customers`: further ones to create, with a contact each.
 */
export function smallWorld(customers = 0): World {
  const draft = new WorldDraft(7, TODAY, new Date());
  addNewCustomers(draft);
  addYoungCustomers(draft);
  addChangedCustomers(draft);
  addPartners(draft);
  addGovernment(draft);
  for (let made = 0; made < customers; made++) draft.subscriber([PREMIUM]);
  draft.overrides.push({
    salesforce_id: draft.firstAccountId,
    reason: "pilot, over",
    subscriptions: { sub_dotcom_ultimate: true },
    ends_on: "2026-01-31",
  });
  Object.assign(draft.config, { limits: LIMITS });
  return draft.finish();
}

function addNewCustomers(draft: WorldDraft): void {
  draft.subscriber([PREMIUM]);
  const known = draft.subscriber([PREMIUM]);
  draft.user("global", buyerOf(known));
  const agents = draft.subscriber([PREMIUM]);
  draft.user("global", buyerOf(agents), { role: "agent" });
  const first = draft.subscriber([PREMIUM]);
  // The address goes to one of the two, whichever of them is created first.
  draft.subscriber([PREMIUM], { Latest_Sold_To_Contact__r: first.account.Latest_Sold_To_Contact__r });
}

/** Created by a run two days ago, which was killed before it had come to the contacts. */
function addYoungCustomers(draft: WorldDraft): void {
  const created_at = timestamp(draft.now.getTime() - 2 * 24 * 3_600_000);
  const [missing, lonely] = [draft.subscriber([PREMIUM]), draft.subscriber([PREMIUM])];
  for (const young of [missing, lonely]) draft.existing(young, "global", { external_id: young.account.Id, created_at });
  draft.user("global", buyerOf(lonely), { suspended: true });
}

function addChangedCustomers(draft: WorldDraft): void {
  const renamed = draft.subscriber([PREMIUM]);
  draft.existing(renamed, "global", { name: "Former Name", fields: { account_owner: "Former Owner" } });
  draft.existing(draft.subscriber([PREMIUM]), "global", { fields: { support_level: "ultimate" } });
  draft.existing(draft.subscriber([PREMIUM]), "global", { fields: { mark_for_deletion: true } });
  draft.organization("global", draft.asIfSubscribed(draft.unregistered(), "global", [PREMIUM]));
}

function addPartners(draft: WorldDraft): void {
  draft.customer(partnerOf("Open"));
  draft.existing(draft.customer(partnerOf("Select")), "global", { fields: { account_owner: "Former Owner" } });
  draft.existing(draft.unregistered(partnerOf("Select")), "global");
}

function addGovernment(draft: WorldDraft): void {
  const fresh = draft.subscriber(GOVERNMENT);
  draft.contact(fresh, draft.person(fresh));
  const present = draft.subscriber(GOVERNMENT);
  const { id } = draft.existing(present, "us-government", { fields: { account_owner: "Former Owner" } });
  draft.organization("us-government", draft.asIfSubscribed(draft.unregistered(), "us-government", GOVERNMENT));
  draft.contact(present, draft.person(present));
  for (const change of [
    { name: "Maiden Name" },
    { organization_ids: [] },
    { user_fields: { mark_for_deletion: true } },
  ]) {
    const person = draft.person(present);
    draft.contact(present, person);
    draft.user("us-government", person, { organization_ids: [id], ...change });
  }
  draft.user("us-government", draft.person(present), { organization_ids: [id] });
}

function buyerOf({ account }: ReturnType<WorldDraft["subscriber"]>): { name: string; email: string } {
  const buyer = account.Latest_Sold_To_Contact__r;
  return { name: buyer?.Name ?? "", email: buyer?.Email ?? "" };
}
