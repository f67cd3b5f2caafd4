import { SUBSCRIPTION_TYPES } from "../../../sandbox/seed/charge-names.ts";
import { addDays, timestamp } from "../../../sandbox/seed/days.ts";
import { addConflictOddities } from "../../../sandbox/seed/oddities/conflicts.ts";
import { addEntitlementOddities } from "../../../sandbox/seed/oddities/entitlements.ts";
import { addLifeOfOrganizations } from "../../../sandbox/seed/oddities/life-of-organizations.ts";
import { addOverrideOddities } from "../../../sandbox/seed/oddities/overrides.ts";
import { addPartnerOddities } from "../../../sandbox/seed/oddities/partners.ts";
import { addSoldToOddities } from "../../../sandbox/seed/oddities/sold-to-contacts.ts";
import { addSpellingOddities } from "../../../sandbox/seed/oddities/spellings.ts";
import { addUserOddities } from "../../../sandbox/seed/oddities/us-government-users.ts";
import { addOrdinaryRecords } from "../../../sandbox/seed/ordinary.ts";
import type { Customer } from "../../../sandbox/seed/records.ts";
import type { ChargeWish } from "../../../sandbox/seed/salesforce-draft.ts";
import { WorldDraft } from "../../../sandbox/seed/world-draft.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { StorySettings } from "./plan.ts";

/** The scenarios of the sandbox, in the groups in which it makes them. */
const SCENARIOS = {
  conflicts: addConflictOddities,
  entitlements: addEntitlementOddities,
  "life of organizations": addLifeOfOrganizations,
  overrides: addOverrideOddities,
  partners: addPartnerOddities,
  "sold-to contacts": addSoldToOddities,
  spellings: addSpellingOddities,
  "us-government users": addUserOddities,
};
export type Scenario = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as Scenario[];

/** What the world of a story begins with. */
export interface WorldPlan {
  seed: number;
  scenarios: Scenario[];
  /** Accounts as they mostly are. */
  ordinary: number;
  /** Accounts of which anything may be strange. */
  random: number;
  /** Accounts that nobody has synced yet. */
  new: number;
}

const CHARGES = Object.values(SUBSCRIPTION_TYPES).flatMap(({ charges }) => charges);
/** Days from today on which charges and subscriptions of random accounts end: where the rules turn, and around midnight. */
const ENDS = [-1098, -1097, -1096, -400, -17, -16, -15, -14, -1, 0, 1, 30, 365];

/** The world of a story: a pure function of its plan, the settings and the hour at which it begins. */
export function buildStoryWorld(plan: WorldPlan, settings: StorySettings, startAt: number): World {
  const now = new Date(startAt);
  const draft = new WorldDraft(plan.seed, now.toISOString().slice(0, 10), now);
  for (const name of plan.scenarios) SCENARIOS[name](draft);
  if (plan.ordinary > 0) addOrdinaryRecords(draft, plan.ordinary);
  for (let made = 0; made < plan.random; made++) addRandomAccount(draft);
  for (let made = 0; made < plan.new; made++) addNewAccount(draft);
  if (draft.accounts === 0) addNewAccount(draft);
  if (draft.overrides.length === 0) addEndedOverride(draft);
  Object.assign(draft.config, configOf(settings));
  return draft.finish();
}

/** An overrides file is never empty (E8). */
function addEndedOverride(draft: WorldDraft): void {
  draft.overrides.push({
    salesforce_id: draft.firstAccountId,
    reason: "pilot, over",
    subscriptions: { sub_dotcom_ultimate: true },
    ends_on: addDays(draft.today, -30),
  });
}

function configOf(settings: StorySettings): Record<string, unknown> {
  return {
    moved_organizations: settings.movedOrganizations,
    max_contacts_per_organization: settings.contactsPerOrganization,
    ...(settings.limits === "default" ? {} : { limits: LIMITS[settings.limits] }),
  };
}

const WIDE = { percent: 100, max: 1000 };
export const LIMITS = {
  wide: {
    holds: WIDE,
    creates: 1000,
    marks: WIDE,
    updates: { percent: 100 },
    downgrades: WIDE,
    marked_total: { percent: 100 },
    contacts: 1000,
    minimum_existing: 10,
    usgov_user: { marks: WIDE },
  },
  tight: {
    holds: { percent: 50, max: 2 },
    creates: 3,
    marks: { percent: 50, max: 2 },
    updates: { percent: 20 },
    downgrades: { percent: 50, max: 2 },
    marked_total: { percent: 30 },
    contacts: 3,
    minimum_existing: 5,
    usgov_user: { marks: { percent: 50, max: 2 } },
  },
};

function addNewAccount(draft: WorldDraft): void {
  const customer = draft.subscriber([draft.random.pick(CHARGES)]);
  if (draft.random.chance(0.3)) draft.contact(customer, draft.person(customer));
}

function addRandomAccount(draft: WorldDraft): void {
  const { random } = draft;
  const customer = draft.customer({
    Type: random.pick(["Customer", "Customer", "Customer", "Former Customer", "Prospect"]),
    Support_Instance__c: random.chance(0.2) ? "federal-support" : null,
    Support_Hold__c: random.chance(0.1),
  });
  for (let many = random.integer(0, 3); many > 0; many--) subscribeAtRandom(draft, customer);
  for (const instance of ["global", "us-government"] as const)
    if (random.chance(0.5)) addRandomOrganization(draft, customer, instance);
  for (let many = random.integer(0, 2); many > 0; many--)
    draft.contact(customer, draft.person(customer), { Inactive_Contact__c: random.chance(0.2) });
}

function subscribeAtRandom(draft: WorldDraft, customer: Customer): void {
  const { random, today } = draft;
  const end = () => addDays(today, random.pick(ENDS));
  const wishes = Array.from(
    { length: random.integer(0, 3) },
    (): ChargeWish => ({
      name: random.chance(0.1) ? "Something New - 1 Year" : random.pick(CHARGES),
      end: end(),
      quantity: random.pick([null, 0, 1, 12.5, 300]),
    }),
  );
  const status = random.chance(0.1) ? { status: "Cancelled" } : {};
  const soldTo = random.chance(0.5) ? {} : { soldTo: draft.person(customer).email };
  draft.subscribe(customer, wishes, { end: end(), ...status, ...soldTo });
}

/** Whatever an earlier hour, or an agent, may have left of the account. */
function addRandomOrganization(draft: WorldDraft, customer: Customer, instance: InstanceName): void {
  const { random } = draft;
  const asCustomer = { ...customer, account: { ...customer.account, Type: "Customer" } };
  const left = draft.asIfSubscribed(asCustomer, instance, [
    instance === "global" ? "SaaS - Premium - 1 Year" : "24x7 US Citizen Support - 1 Year",
  ]);
  const young = timestamp(draft.now.getTime() - random.integer(1, 190) * 3_600_000);
  const { id } = draft.organization(instance, left, {
    ...(random.chance(0.3) ? { name: draft.invention.company() } : {}),
    ...(random.chance(0.3) ? { created_at: young, external_id: customer.account.Id } : {}),
    fields: {
      support_level: random.pick(["expired", "premium", "ultimate", null]),
      mark_for_deletion: random.chance(0.2),
      ignore_deletion: random.chance(0.15),
      migrating: random.chance(0.1),
    },
  });
  if (random.chance(0.4)) draft.user(instance, draft.person(customer), { organization_ids: [id] });
}
