import type { SalesforceColumn } from "../types.ts";

function columns(
  object: SalesforceColumn["object"],
  type: SalesforceColumn["type"],
  ...names: string[]
): SalesforceColumn[] {
  return names.map((name) => ({ object, name, type }));
}

const SUBSCRIPTION = "Zuora__Subscription__c";
const CHARGE = "Zuora__SubscriptionProductCharge__c";

/** The columns of every object: all that the account, partner and contact queries select or filter by. */
export const SALESFORCE_COLUMNS: SalesforceColumn[] = [
  ...columns("Account", "text", "Id", "Account_ID_18__c", "Name", "Type", "Ultimate_Parent_Sales_Segment_Employees__c"),
  ...columns("Account", "text", "Account_Owner_Calc__c", "Technical_Account_Manager_Name__c", "Restricted_Account__c"),
  ...columns("Account", "text", "Account_Demographics_Geo__c", "Account_Demographics_Region__c"),
  ...columns("Account", "text", "Partner_Track__c", "Partners_Partner_Type__c", "Partners_Partner_Status__c"),
  ...columns("Account", "text", "Account_Risk_Level__c", "Support_Instance__c"),
  ...columns("Account", "number", "CARR_This_Account__c"),
  ...columns("Account", "boolean", "Support_Hold__c", "IsDeleted"),
  ...columns("Account", "text", "MasterRecordId"),
  ...columns("Account", "datetime", "SystemModstamp"),
  ...columns("Contact", "text", "Id", "AccountId", "Name", "Email"),
  ...columns("Contact", "boolean", "Inactive_Contact__c"),
  ...columns("Contact", "multipicklist", "Role__c"),
  ...columns(SUBSCRIPTION, "text", "Id", "Name", "Subscription_ID_18__c", "Zuora__Account__c", "Zuora__Status__c"),
  ...columns(SUBSCRIPTION, "text", "Sold_To_Email__c"),
  ...columns(SUBSCRIPTION, "date", "Zuora__SubscriptionStartDate__c", "Zuora__SubscriptionEndDate__c"),
  ...columns(CHARGE, "text", "Id", "Name", "Zuora__Account__c", "Zuora__Subscription__c", "Subscription_Status__c"),
  ...columns(CHARGE, "text", "Zuora__SubscriptionRatePlanChargeName__c"),
  ...columns(CHARGE, "date", "Zuora__EffectiveStartDate__c", "Zuora__EffectiveEndDate__c"),
  ...columns(CHARGE, "number", "Zuora__Quantity__c"),
  ...columns("User", "text", "Id", "Name"),
];

/** The lookups a query may follow (`name.Column`); a record holds the nested object itself, or null. */
export const SALESFORCE_LOOKUPS: Array<{
  object: SalesforceColumn["object"];
  name: string;
  to: SalesforceColumn["object"];
}> = [
  { object: "Account", name: "Solutions_Architect_Lookup__r", to: "User" },
  { object: "Account", name: "Latest_Sold_To_Contact__r", to: "Contact" },
  { object: "Contact", name: "Account", to: "Account" },
];

/** The child lists an account query may ask for; a child names its account in `Zuora__Account__c`. */
export const SALESFORCE_CHILDREN: Array<{ name: string; to: SalesforceColumn["object"]; by: string }> = [
  { name: "Zuora__Subscriptions__r", to: SUBSCRIPTION, by: "Zuora__Account__c" },
  { name: "Zuora__R00N40000001lGjTEAU__r", to: CHARGE, by: "Zuora__Account__c" },
];
