import type { InstanceName } from "../types.ts";
import { SUBSCRIPTION_TYPES, TYPE_OF_CHARGE, US_GOVERNMENT_TYPES } from "./charge-names.ts";
import { lastDayOfGrace, threeYearsOut } from "./days.ts";
import { ORGANIZATION_FIELDS } from "./organization-fields.ts";
import type { AccountRecord, ChargeRecord, Customer, SubscriptionRecord } from "./records.ts";
import { to18 } from "./salesforce-ids.ts";

export type FieldValue = string | number | boolean | null;

/** An organization as it should be in one instance; the sandbox's own opinion of the rules E1–E14. */
export interface ExpectedOrganization {
  salesforce_id: string;
  name: string;
  /** Every field the sync owns, under the instance's own keys. */
  fields: Record<string, FieldValue>;
  support_level: string;
  sold_tos: Array<{ email: string; name: string | null }>;
}

/** An override that applies (E8). */
export interface AppliedOverride {
  salesforce_id: string;
  instance: InstanceName;
  subscriptions: Record<string, boolean>;
  expiration_date: string | null;
}

/** The subscriptions of one instance, with their charges. */
interface Share {
  subscriptions: SubscriptionRecord[];
  charges: ChargeRecord[];
}

const LEVELS = ["ultimate", "gold", "premium", "silver", "consumption_only", "custom", "community"];

/** What the account's organizations should look like; an instance without an organization is not named. */
export function expectedOrganizations(
  { account, subscriptions, charges }: Customer,
  today: string,
  overrides: readonly AppliedOverride[] = [],
): Partial<Record<InstanceName, ExpectedOrganization>> {
  const expected: Partial<Record<InstanceName, ExpectedOrganization>> = {};
  if (!["Customer", "Former Customer"].includes(account.Type)) return expected;
  const shares = splitByInstance(account, gathered({ subscriptions, charges }, today));
  for (const instance of ["global", "us-government"] as const) {
    const share = shares[instance];
    if (share.subscriptions.length === 0) continue;
    const override = overrides.find((one) => one.salesforce_id === account.Id && one.instance === instance);
    const organization = decide(account, instance, share, today, override);
    if (organization) expected[instance] = organization;
  }
  return expected;
}

/** What the account query's filters let through (A1). A record without end date never passes. */
function gathered({ subscriptions, charges }: Share, today: string): Share {
  const since = threeYearsOut(today);
  return {
    subscriptions: subscriptions.filter(
      (one) => one.Zuora__Status__c !== "Cancelled" && (one.Zuora__SubscriptionEndDate__c ?? "") >= since,
    ),
    charges: charges.filter(
      (one) => one.Subscription_Status__c !== "Cancelled" && (one.Zuora__EffectiveEndDate__c ?? "") >= since,
    ),
  };
}

function typeOf(charge: ChargeRecord): string | undefined {
  return TYPE_OF_CHARGE.get(charge.Zuora__SubscriptionRatePlanChargeName__c.trim());
}

/** E2, E4: each subscription goes to one instance, and takes its charges along. */
function splitByInstance(account: AccountRecord, { subscriptions, charges }: Share): Record<InstanceName, Share> {
  const shares = {
    global: { subscriptions: [], charges: [] } as Share,
    "us-government": { subscriptions: [], charges: [] } as Share,
  };
  const federal = account.Support_Instance__c === "federal-support";
  const government = federal ? US_GOVERNMENT_TYPES.with_exception : US_GOVERNMENT_TYPES.without_exception;
  for (const subscription of subscriptions) {
    const own = charges.filter((charge) => to18(charge.Zuora__Subscription__c) === subscription.Id);
    const share = own.some((charge) => government.has(typeOf(charge) ?? "")) ? shares["us-government"] : shares.global;
    share.subscriptions.push(subscription);
    share.charges.push(...own);
  }
  return shares;
}

function decide(
  account: AccountRecord,
  instance: InstanceName,
  share: Share,
  today: string,
  override: AppliedOverride | undefined,
): ExpectedOrganization | undefined {
  const live = share.charges.filter((charge) => (charge.Zuora__EffectiveEndDate__c ?? "") >= lastDayOfGrace(today));
  const types = typesOf(live, instance, override);
  const expiration = override?.expiration_date ?? expirationOf(share);
  if (expiration < threeYearsOut(today)) return undefined;
  const level = supportLevel(types, instance);
  const seats = seatsOf(live);
  return {
    salesforce_id: account.Id,
    name: account.Name.trim(),
    fields:
      instance === "global"
        ? { ...common(account, types, level, expiration, instance), ...globalOnly(account, level, seats) }
        : { ...common(account, types, level, expiration, instance), ...usGovernmentOnly(account, types, level, seats) },
    support_level: level,
    sold_tos: soldTos(account, share, today),
  };
}

/** E5, E8, E9. */
function typesOf(live: ChargeRecord[], instance: InstanceName, override: AppliedOverride | undefined): Set<string> {
  const types = new Set(live.map((charge) => typeOf(charge) ?? "").filter((type) => type !== ""));
  for (const [type, on] of Object.entries(override?.subscriptions ?? {})) {
    if (on) types.add(type);
    else types.delete(type);
  }
  if (instance === "global" && types.has("sub_ss_enterprise")) types.add("sub_ss_ase");
  if (instance === "us-government" && types.has("usgov_fedramp")) {
    types.add("sub_gitlab_dedicated").add("sub_usgov_24x7");
  }
  return types;
}

/** E6. */
function expirationOf({ subscriptions, charges }: Share): string {
  const ends =
    charges.length > 0
      ? charges.map((charge) => charge.Zuora__EffectiveEndDate__c ?? "")
      : subscriptions.map((subscription) => subscription.Zuora__SubscriptionEndDate__c ?? "");
  return ends.sort().at(-1) ?? "";
}

/** E7. */
function seatsOf(live: ChargeRecord[]): number {
  const counted = live.filter((charge) => SUBSCRIPTION_TYPES[typeOf(charge) ?? ""]?.seats);
  return Math.max(0, ...counted.map((charge) => charge.Zuora__Quantity__c ?? 0));
}

/** E10. */
function supportLevel(types: ReadonlySet<string>, instance: InstanceName): string {
  const schedules = ["sub_usgov_12x5", "sub_usgov_24x7"];
  const counted = [...types].filter((type) => instance === "global" || !schedules.includes(type));
  const levels = counted.map((type) => SUBSCRIPTION_TYPES[type]?.level);
  const highest = LEVELS.find((level) => levels.includes(level));
  if (highest) return highest;
  return instance === "us-government" && schedules.some((type) => types.has(type)) ? "custom" : "expired";
}

/** E14: names are known only of the account's own sold-to contact. */
function soldTos(account: AccountRecord, share: Share, today: string): ExpectedOrganization["sold_tos"] {
  const own = account.Latest_Sold_To_Contact__r;
  const addresses = share.subscriptions
    .filter((one) => (one.Zuora__SubscriptionEndDate__c ?? "") >= lastDayOfGrace(today))
    .map((one) => one.Sold_To_Email__c);
  const distinct = new Set([...addresses, own?.Email].flatMap((address) => address?.trim().toLowerCase() || []));
  return [...distinct].map((email) => ({
    email,
    name: email === own?.Email?.trim().toLowerCase() ? (own.Name ?? null) : null,
  }));
}

function common(
  account: AccountRecord,
  types: ReadonlySet<string>,
  level: string,
  expiration: string,
  instance: InstanceName,
): Record<string, FieldValue> {
  const boxes = ORGANIZATION_FIELDS[instance].map(({ key }) => key).filter((key) => key.startsWith("sub_"));
  return {
    ...ofAccountAndPartner(account),
    account_type: level === "expired" ? "former_customer" : "customer",
    expiration_date: expiration,
    support_level: level,
    ...Object.fromEntries(boxes.map((key) => [key, types.has(key)])),
  };
}

/** The fields that partners' organizations have in common with customers' (P3). */
function ofAccountAndPartner(account: AccountRecord): Record<string, FieldValue> {
  return {
    salesforce_id: account.Id,
    sfdc_short_id: account.Id.slice(0, 15),
    account_owner: account.Account_Owner_Calc__c,
    technical_account_manager: account.Technical_Account_Manager_Name__c,
    solutions_architect: account.Solutions_Architect_Lookup__r?.Name ?? null,
    org_in_escalated_state: account.Account_Risk_Level__c === "At Risk - Escalated",
    restricted_account: account.Restricted_Account__c === "Restricted Party",
    support_hold: account.Support_Hold__c ?? false,
    mark_for_deletion: false,
  };
}

function globalOnly(account: AccountRecord, level: string, seats: number): Record<string, FieldValue> {
  const regions = [account.Account_Demographics_Geo__c, account.Account_Demographics_Region__c];
  return {
    aar: level === "expired" ? 0 : (account.CARR_This_Account__c ?? 0),
    sales_segmentation: account.Ultimate_Parent_Sales_Segment_Employees__c?.toLowerCase() ?? "unknown",
    org_region: regions.find((region) => ["AMER", "APJ", "EMEA"].includes(region ?? ""))?.toLowerCase() ?? null,
    partner_customer: account.Partners_Partner_Type__c === "OEM",
    seats_decimal: seats,
  };
}

function usGovernmentOnly(
  account: AccountRecord,
  types: ReadonlySet<string>,
  level: string,
  seats: number,
): Record<string, FieldValue> {
  return {
    arr: level === "expired" ? 0 : (account.CARR_This_Account__c ?? 0),
    market_segment: account.Ultimate_Parent_Sales_Segment_Employees__c?.toLowerCase() ?? "unknown",
    number_of_seats: Math.ceil(seats),
    emergency_support_24x7: types.has("sub_usgov_24x7"),
  };
}

/** A partner's organization as partner-sync keeps it (P1–P3), or undefined where the account is no partner. */
export function expectedPartner(account: AccountRecord, allianceId: string | null): ExpectedOrganization | undefined {
  const alliance = account.Id === allianceId;
  const listed =
    account.Type === "Partner" &&
    account.Partners_Partner_Status__c === "Authorized" &&
    ["Open", "Select"].includes(account.Partner_Track__c ?? "");
  if (!alliance && !listed) return undefined;
  const accountType = alliance ? "alliance_partner" : `${account.Partner_Track__c?.toLowerCase()}_partner`;
  return {
    salesforce_id: account.Id,
    name: account.Name.trim(),
    fields: { ...ofAccountAndPartner(account), account_type: accountType },
    support_level: "",
    sold_tos: [],
  };
}
