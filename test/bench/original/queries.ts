/** The account query of the original's documentation. */
export function accountQuery(endDate: string): string {
  return `
    SELECT Account_ID_18__c, Name, CARR_This_Account__c, Type, Ultimate_Parent_Sales_Segment_Employees__c, Account_Owner_Calc__c,
      Technical_Account_Manager_Name__c, Restricted_Account__c, Solutions_Architect_Lookup__r.Name, Account_Demographics_Geo__c,
      Account_Demographics_Region__c, Latest_Sold_To_Contact__r.Email, Latest_Sold_To_Contact__r.Name, Partner_Track__c,
      Partners_Partner_Type__c, Support_Hold__c, Account_Risk_Level__c, Support_Instance__c,
      (SELECT Id, Name, Subscription_ID_18__c, Zuora__Status__c, Zuora__SubscriptionStartDate__c, Zuora__SubscriptionEndDate__c,
        Sold_To_Email__c
       FROM Zuora__Subscriptions__r WHERE Zuora__Status__c != 'Cancelled' AND Zuora__SubscriptionEndDate__c >= ${endDate}),
      (SELECT Id, Name, Zuora__SubscriptionRatePlanChargeName__c, Zuora__Subscription__c, Zuora__EffectiveStartDate__c,
        Zuora__EffectiveEndDate__c, Zuora__Quantity__c
       FROM Zuora__R00N40000001lGjTEAU__r WHERE Subscription_Status__c != 'Cancelled' AND Zuora__EffectiveEndDate__c >= ${endDate})
    FROM Account WHERE Type IN ('Customer', 'Former Customer')`;
}

export const CHILD_LISTS = ["Zuora__Subscriptions__r", "Zuora__R00N40000001lGjTEAU__r"] as const;

/** The partner query (specification, P1). */
export const PARTNER_QUERY = `
  SELECT Account_ID_18__c, Name, Account_Owner_Calc__c, Technical_Account_Manager_Name__c, Restricted_Account__c,
    Solutions_Architect_Lookup__r.Name, Partner_Track__c, Support_Hold__c, Account_Risk_Level__c, Type, Partners_Partner_Status__c
  FROM Account
  WHERE Type = 'Partner' AND Partners_Partner_Status__c IN ('Authorized') AND Partner_Track__c IN ('Open', 'Select')`;

/** The contacts of some accounts (specification, U3). */
export function contactQuery(accounts: readonly string[]): string {
  const ids = accounts.map((id) => `'${id}'`).join(",");
  return `SELECT Name, Email, Account.Account_ID_18__c FROM Contact WHERE Inactive_Contact__c = false
    AND Role__c INCLUDES ('Gitlab Admin') AND Name != '' AND Email != '' AND Account.Account_ID_18__c IN (${ids})`;
}
