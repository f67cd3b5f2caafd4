import type { FieldDefinition, InstanceName } from "../types.ts";

const ACCOUNT_TYPES = ["customer", "former_customer", "open_partner", "select_partner", "alliance_partner"];
const REGIONS = ["amer", "apj", "emea"];
const SUPPORT_LEVELS = ["ultimate", "gold", "premium", "silver", "consumption_only", "custom", "community", "expired"];

/** The title as an administrator would have typed it: the key in words. */
function titleOf(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function plain(type: "text" | "date" | "integer" | "decimal", ...keys: string[]): FieldDefinition[] {
  return keys.map((key) => ({ key, type, title: titleOf(key) }));
}

/** A checkbox's tag is its key, as in most accounts. */
function checkboxes(...keys: string[]): FieldDefinition[] {
  return keys.map((key) => ({ key, type: "checkbox", title: titleOf(key), tag: key }));
}

function dropdown(key: string, options: string[]): FieldDefinition {
  return { key, type: "dropdown", title: titleOf(key), options };
}

/** Fields that both instances have, with the same key and type. */
const COMMON: FieldDefinition[] = [
  ...plain("text", "salesforce_id", "sfdc_short_id", "account_owner"),
  dropdown("account_type", ACCOUNT_TYPES),
  ...plain("text", "technical_account_manager", "solutions_architect"),
  ...checkboxes("org_in_escalated_state", "restricted_account", "support_hold"),
  ...plain("text", "expiration_date"),
  dropdown("support_level", SUPPORT_LEVELS),
  ...checkboxes("mark_for_deletion", "ignore_deletion", "migrating"),
  ...plain("date", "migration_date"),
  ...plain("text", "assigned_se"),
  ...checkboxes("sub_sm_premium", "sub_sm_ultimate", "sub_gitlab_dedicated", "sub_ss_ase"),
  ...checkboxes("sub_consumption_duo_enterprise", "sub_consumption_duo_amazon_q", "sub_consumption_duo_premium"),
];

/** The organization fields each instance is set up with: every one that the sync or the agents use. */
export const ORGANIZATION_FIELDS: Record<InstanceName, FieldDefinition[]> = {
  global: [
    ...COMMON,
    ...plain("decimal", "aar", "seats_decimal"),
    ...plain("text", "sales_segmentation", "am_project_id"),
    dropdown("org_region", REGIONS),
    ...checkboxes("partner_customer", "sub_edu", "sub_oss", "sub_community_other"),
    ...checkboxes("sub_consumption_cicd_minutes", "sub_consumption_eap", "sub_consumption_storage"),
    ...checkboxes("sub_dotcom_premium", "sub_dotcom_ultimate", "sub_ss_growth", "sub_ss_enterprise"),
  ],
  "us-government": [
    ...COMMON,
    ...plain("decimal", "arr"),
    ...plain("text", "market_segment"),
    ...plain("integer", "number_of_seats", "am_project_id"),
    ...checkboxes("emergency_support_24x7", "sub_usgov_12x5", "sub_usgov_24x7"),
  ],
};

/** The user fields of either instance. */
export const USER_FIELDS: FieldDefinition[] = checkboxes("mark_for_deletion", "not_in_sfdc");
