import { soldTo } from "./contact-address.ts";
import type { Decision } from "./decision.ts";
import { both, type FieldPlaces, type FieldValue, global, usGovernment } from "./organization-field.ts";
import {
  boolean,
  firstOf,
  isExactly,
  lowerCase,
  number,
  oneOf,
  requiredText,
  type SourceField,
  text,
} from "./source-field.ts";

/** One attribute of an account: where Salesforce has it, and where Zendesk wants it. */
export interface Attribute<T = unknown> {
  from: SourceField<T>;
  /** Organization fields; none where the attribute only decides other things. */
  to?: FieldPlaces;
  /** The field's value where it is not the attribute itself. */
  as?: (value: T, decision: Decision) => FieldValue;
  /** Also read for partners and kept on their organizations (P1, P3). */
  partner?: true;
}

/** One organization field that follows from the decision about an account, not from one Salesforce field. */
export interface ComputedField {
  to: FieldPlaces;
  value: (decision: Decision) => FieldValue;
}

function attribute<T>(definition: Attribute<T>): Attribute<T> {
  return definition;
}

/**
 * Every account attribute that comes from one Salesforce field (A2) and the organization fields it fills.
 * To add one, add one line here: query, artifact, comparison and sync follow.
 */
export const ATTRIBUTES = {
  name: attribute({ from: requiredText("Name"), partner: true }),
  arr: attribute({
    from: number("CARR_This_Account__c"),
    to: { global: { key: "aar", type: "decimal" }, "us-government": { key: "arr", type: "decimal" } },
    as: (arr, decision) => (decision.support_level === "expired" ? 0 : arr),
  }),
  type: attribute({ from: oneOf("Type", ["Customer", "Former Customer"]) }),
  sales_segment: attribute({
    from: lowerCase("Ultimate_Parent_Sales_Segment_Employees__c", "unknown"),
    to: {
      global: { key: "sales_segmentation", type: "text" },
      "us-government": { key: "market_segment", type: "text" },
    },
  }),
  account_owner: attribute({ from: text("Account_Owner_Calc__c"), to: both("text", "account_owner"), partner: true }),
  technical_account_manager: attribute({
    from: text("Technical_Account_Manager_Name__c"),
    to: both("text", "technical_account_manager"),
    partner: true,
  }),
  solutions_architect: attribute({
    from: text("Solutions_Architect_Lookup__r.Name"),
    to: both("text", "solutions_architect"),
    partner: true,
  }),
  region: attribute({
    from: firstOf(["Account_Demographics_Geo__c", "Account_Demographics_Region__c"], ["AMER", "APJ", "EMEA"]),
    to: global("dropdown", "org_region"),
    as: (region) => region?.toLowerCase() ?? null,
  }),
  restricted: attribute({
    from: isExactly("Restricted_Account__c", "Restricted Party"),
    to: both("checkbox", "restricted_account"),
    partner: true,
  }),
  escalated: attribute({
    from: isExactly("Account_Risk_Level__c", "At Risk - Escalated"),
    to: both("checkbox", "org_in_escalated_state"),
    partner: true,
  }),
  exception: attribute({ from: isExactly("Support_Instance__c", "federal-support") }),
  support_hold: attribute({ from: boolean("Support_Hold__c"), to: both("checkbox", "support_hold"), partner: true }),
  partner_track: attribute({ from: text("Partner_Track__c") }),
  partner_type: attribute({
    from: text("Partners_Partner_Type__c"),
    to: global("checkbox", "partner_customer"),
    as: (type) => type === "OEM",
  }),
  sold_to: attribute({ from: soldTo("Latest_Sold_To_Contact__r") }),
} as const;

const subscription = (key: string, places: (type: "checkbox", key: string) => FieldPlaces): ComputedField => ({
  to: places("checkbox", key),
  value: (decision) => decision.types.has(key),
});

/** Organization fields that `process` works out (owner `sync`, organization-fields.md). */
export const COMPUTED_FIELDS: readonly ComputedField[] = [
  { to: both("text", "expiration_date"), value: (decision) => decision.expiration_date },
  { to: both("dropdown", "support_level"), value: (decision) => decision.support_level },
  { to: { global: { key: "seats_decimal", type: "decimal" } }, value: (decision) => decision.seats },
  { to: usGovernment("integer", "number_of_seats"), value: (decision) => Math.ceil(decision.seats) },
  { to: usGovernment("checkbox", "emergency_support_24x7"), value: (decision) => decision.types.has("sub_usgov_24x7") },
  subscription("sub_edu", global),
  subscription("sub_oss", global),
  subscription("sub_community_other", global),
  subscription("sub_consumption_cicd_minutes", global),
  subscription("sub_consumption_eap", global),
  subscription("sub_consumption_duo_enterprise", both),
  subscription("sub_consumption_duo_amazon_q", both),
  subscription("sub_consumption_duo_premium", both),
  subscription("sub_consumption_storage", global),
  subscription("sub_dotcom_premium", global),
  subscription("sub_dotcom_ultimate", global),
  subscription("sub_gitlab_dedicated", both),
  subscription("sub_sm_premium", both),
  subscription("sub_sm_ultimate", both),
  subscription("sub_ss_ase", both),
  subscription("sub_ss_growth", global),
  subscription("sub_ss_enterprise", global),
  subscription("sub_usgov_12x5", usGovernment),
  subscription("sub_usgov_24x7", usGovernment),
];

/** Organization fields kept for customers and partners alike, whatever `process` decided. */
export const IDENTITY_FIELDS = {
  salesforce_id: both("text", "salesforce_id"),
  sfdc_short_id: both("text", "sfdc_short_id"),
  account_type: both("dropdown", "account_type"),
  mark_for_deletion: both("checkbox", "mark_for_deletion"),
} as const;

/** Organization fields that zdsync reads to decide, and never writes. */
export const READ_ONLY_FIELDS: readonly FieldPlaces[] = [
  both("checkbox", "ignore_deletion"),
  both("checkbox", "migrating"),
  both("date", "migration_date"),
];

/** Organization fields that belong to agents: never compared, never written. `doctor` checks that they exist. */
export const AGENT_FIELDS: readonly FieldPlaces[] = [
  { global: { key: "am_project_id", type: "text" }, "us-government": { key: "am_project_id", type: "integer" } },
  both("text", "assigned_se"),
];
