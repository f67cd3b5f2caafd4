import { readFileSync } from "node:fs";
import type { Account, Charge, Subscription } from "../../../lib/domain/account.ts";
import type { Day } from "../../../lib/domain/dates.ts";
import { emptyAttributes } from "../../../lib/domain/empty-attributes.ts";
import type { Override } from "../../../lib/domain/overrides.ts";
import type { Plans } from "../../../lib/domain/plans.ts";
import { type Processed, type ProcessInput, processAccounts } from "../../../lib/domain/process.ts";
import { parsePlans } from "../../../lib/settings/files/plans.ts";

/* Examples for the tests of process: one account whose every detail is unremarkable, to change one thing of. */

export const TODAY: Day = "2026-11-23";
export const ACCOUNT = "0014M00001kAbCdQAK";
export const OTHER_ACCOUNT = "0014M00001abcdEQAQ";
/** The day 15 days before TODAY: the last day of grace (E3). */
export const LAST_DAY_OF_GRACE: Day = "2026-11-08";
export const DAY_AFTER_GRACE: Day = "2026-11-07";

export const ULTIMATE = "SaaS - Ultimate - 1 Year";
export const PREMIUM = "SaaS - Premium - 1 Year";
export const SM_PREMIUM = "Self-Managed - Premium - 1 Year";
export const USGOV_12X5 = "12x5 US Citizen Support - 1 Year";
export const USGOV_24X7 = "24x7 US Citizen Support - 1 Year";
export const FEDRAMP = "Dedicated for Government - Ultimate - 1 Year";

/** The project's own plans. */
export const PLANS: Plans = parsePlans(readFileSync(`${import.meta.dir}/../../../plans.yml`, "utf8"), "plans.yml");

export function subscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    id: "a0S4M00000AbCdEUAV",
    name: "A-S00012345",
    subscription_id: "a0S4M00000AbCdEUAV",
    status: "Active",
    start_date: "2026-01-01",
    end_date: "2026-12-31",
    sold_to_email: null,
    ...changes,
  };
}

export function charge(charge_name: string, changes: Partial<Charge> = {}): Charge {
  return {
    id: "a0C4M00000XyZaBUAV",
    name: "C-00054321",
    charge_name,
    subscription_id: "a0S4M00000AbCdEUAV",
    start_date: "2026-01-01",
    end_date: "2026-12-31",
    quantity: 250,
    ...changes,
  };
}

export function account(changes: Partial<Account> = {}): Account {
  return {
    ...emptyAttributes(),
    salesforce_id: ACCOUNT,
    name: "Example GmbH",
    arr: 12000.5,
    type: "Customer",
    sales_segment: "large",
    account_owner: "Ann Owner",
    technical_account_manager: null,
    solutions_architect: null,
    region: "EMEA",
    restricted: false,
    escalated: false,
    exception: false,
    support_hold: false,
    partner_track: null,
    partner_type: null,
    sold_to: null,
    subs: [subscription()],
    charges: [charge(ULTIMATE)],
    ...changes,
  };
}

export function override(changes: Partial<Override> = {}): Override {
  return {
    salesforce_id: ACCOUNT,
    reason: "renewal signed, invoice pending",
    instance: "global",
    subscriptions: new Map([["sub_dotcom_ultimate", true]]),
    expiration_date: null,
    ends_on: null,
    where: "overrides.yml:1",
    ...changes,
  };
}

/** Processes one account, or several, on TODAY with the project's plans. */
export function process(accounts: Account | Account[], changes: Partial<ProcessInput> = {}): Processed {
  return processAccounts({
    accounts: Array.isArray(accounts) ? accounts : [accounts],
    partnerIds: new Set(),
    plans: PLANS,
    overrides: [],
    today: TODAY,
    ...changes,
  });
}

/** The organization fields of the only object in global; fails where there is none. */
export function globalFields(processed: Processed) {
  return onlyObject(processed, "global").organization_fields;
}

/** The organization fields of the only object in us-government; fails where there is none. */
export function governmentFields(processed: Processed) {
  return onlyObject(processed, "us-government").organization_fields;
}

/** The only object of an instance; fails where there is none, or several. */
export function onlyObject(processed: Processed, instance: "global" | "us-government") {
  const [object, ...others] = processed.desired[instance];
  if (!object || others.length > 0) throw new Error(`${others.length + (object ? 1 : 0)} objects in ${instance}`);
  return object;
}

/** The `sub_*` fields that are true, sorted. */
export function trueFields(fields: Record<string, unknown>): string[] {
  return Object.keys(fields)
    .filter((key) => key.startsWith("sub_") && fields[key] === true)
    .sort();
}
