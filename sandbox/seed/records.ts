/** A Salesforce account, with the columns of salesforce-columns.ts; lookups nested. */
export type AccountRecord = {
  Id: string;
  Account_ID_18__c: string;
  Name: string;
  CARR_This_Account__c: number | null;
  Type: string;
  Ultimate_Parent_Sales_Segment_Employees__c: string | null;
  Account_Owner_Calc__c: string | null;
  Technical_Account_Manager_Name__c: string | null;
  Restricted_Account__c: string | null;
  Solutions_Architect_Lookup__r: { Name: string } | null;
  Account_Demographics_Geo__c: string | null;
  Account_Demographics_Region__c: string | null;
  Latest_Sold_To_Contact__r: { Name: string | null; Email: string | null } | null;
  Partner_Track__c: string | null;
  Partners_Partner_Type__c: string | null;
  Partners_Partner_Status__c: string | null;
  Support_Hold__c: boolean | null;
  Account_Risk_Level__c: string | null;
  Support_Instance__c: string | null;
  IsDeleted: boolean;
  /** Of a merged account, the one it was merged into. */
  MasterRecordId: string | null;
  SystemModstamp: string;
};

export type SubscriptionRecord = {
  Id: string;
  Name: string;
  Subscription_ID_18__c: string;
  Zuora__Account__c: string;
  Zuora__Status__c: string;
  Zuora__SubscriptionStartDate__c: string | null;
  /** Null: evergreen. */
  Zuora__SubscriptionEndDate__c: string | null;
  Sold_To_Email__c: string | null;
};

export type ChargeRecord = {
  Id: string;
  Name: string;
  Zuora__Account__c: string;
  Zuora__Subscription__c: string;
  Subscription_Status__c: string;
  Zuora__SubscriptionRatePlanChargeName__c: string;
  Zuora__EffectiveStartDate__c: string | null;
  /** Null: evergreen. */
  Zuora__EffectiveEndDate__c: string | null;
  Zuora__Quantity__c: number | null;
};

export type ContactRecord = {
  Id: string;
  AccountId: string;
  Name: string;
  Email: string | null;
  Inactive_Contact__c: boolean;
  /** Values of a multi-select picklist, joined by `;`. */
  Role__c: string | null;
  Account: { Account_ID_18__c: string };
};

/** An account with its subscriptions and charges: all that its entitlements follow from. */
export interface Customer {
  account: AccountRecord;
  subscriptions: SubscriptionRecord[];
  charges: ChargeRecord[];
}
