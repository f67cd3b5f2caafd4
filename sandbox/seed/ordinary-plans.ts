import { IGNORED_CHARGES } from "./charge-names.ts";
import { addDays } from "./days.ts";
import type { Customer } from "./records.ts";
import type { ChargeWish } from "./salesforce-draft.ts";
import type { WorldDraft } from "./world-draft.ts";

const TERMS = ["1 Year", "1 Year", "1 Year", "2 Year", "3 Year", "Monthly"];
const PLANS = [
  "SaaS - Premium",
  "SaaS - Premium",
  "SaaS - Ultimate",
  "Self-Managed - Premium",
  "Self-Managed - Ultimate",
];
const SINGLE_PLANS = [
  "Dedicated - Ultimate - 1 Year",
  "Gold - 1 Year",
  "Silver - 1 Year",
  "Bronze - 1 Year",
  "Self-Managed - Starter - 1 Year",
  "[EDU Program] SaaS - Ultimate - 1 Year",
  "[EDU Program] Self-Managed - Ultimate - 1 Year",
  "[OSS Program] SaaS - Ultimate - 1 Year",
  "[OSS Program] Self-Managed - Ultimate - 1 Year",
  "[Startups Program] SaaS - Ultimate - 1 Year",
];
const ADD_ONS = [
  "1,000 CI Minutes",
  "1,000 Compute Minutes",
  "Gitlab Storage 10GB - 1 Year",
  "Enterprise Agile Planning - 1 Year",
  "GitLab Duo Pro - 1 Year",
  "GitLab Duo Enterprise - 1 Year",
  "GitLab Duo with Amazon Q - 1 Year",
  "Assigned Support Engineer - 1 Year",
  "Success Advanced - 1 Year",
  "Success Signature - 1 Year",
  ...IGNORED_CHARGES,
];
const FEDERAL_PLANS = [
  "Self-Managed - Premium - 1 Year",
  "Self-Managed - Ultimate - 1 Year",
  "Dedicated - Ultimate - 1 Year",
];

/** A customer of global: a plan, some add-ons, perhaps an earlier subscription. Not in Salesforce yet. */
export function standardPlans(draft: WorldDraft): Customer {
  const { random } = draft;
  const customer = draft.unregistered(random.chance(0.03) ? { Latest_Sold_To_Contact__r: null } : {});
  const plan = random.chance(0.85) ? `${random.pick(PLANS)} - ${random.pick(TERMS)}` : random.pick(SINGLE_PLANS);
  addSubscriptions(draft, customer, [plan]);
  return customer;
}

/** A customer of us-government, by its support, its plan or the federal-support exception. */
export function federalPlans(draft: WorldDraft): Customer {
  const { random } = draft;
  if (random.chance(0.3)) {
    const customer = draft.unregistered({ Support_Instance__c: "federal-support" });
    addSubscriptions(draft, customer, [random.pick(FEDERAL_PLANS)]);
    return customer;
  }
  const customer = draft.unregistered();
  if (random.chance(0.15)) addSubscriptions(draft, customer, ["Dedicated for Government - Ultimate - 1 Year"]);
  else addSubscriptions(draft, customer, [citizenSupport(draft), random.pick(FEDERAL_PLANS)]);
  return customer;
}

/** A customer with one subscription in each instance. */
export function plansOfBothInstances(draft: WorldDraft): Customer {
  const customer = draft.unregistered();
  addSubscriptions(draft, customer, ["SaaS - Premium - 1 Year"]);
  draft.subscribe(customer, [citizenSupport(draft), draft.random.pick(FEDERAL_PLANS)]);
  return customer;
}

function citizenSupport(draft: WorldDraft): string {
  return `${draft.random.pick(["12x5", "24x7"])} US Citizen Support - ${draft.random.pick(TERMS)}`;
}

/** One to three subscriptions of one to six charges: the present one, and what came before it or beside it. */
function addSubscriptions(draft: WorldDraft, customer: Customer, plan: string[]): void {
  const { random, today } = draft;
  const charges: ChargeWish[] = [...plan];
  while (charges.length < 6 && random.chance(0.45)) charges.push(random.pick(ADD_ONS));
  const soldTo = random.chance(0.2) ? draft.person(customer).email : random.chance(0.1) ? null : draft.soldTo(customer);
  draft.subscribe(customer, charges, { soldTo });
  if (random.chance(0.3)) draft.subscribe(customer, plan, { end: addDays(today, -random.integer(20, 900)) });
  if (random.chance(0.1)) draft.subscribe(customer, plan, { end: addDays(today, -random.integer(1_200, 2_000)) });
  if (customer.subscriptions.length < 3 && random.chance(0.1)) draft.subscribe(customer, plan, { status: "Cancelled" });
}
