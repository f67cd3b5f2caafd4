import { toId18 } from "../../../lib/domain/salesforce-id.ts";
import { queriedFields } from "../../../lib/remotes/salesforce/queries.ts";
import type { FakeRecord } from "./fake-org.ts";

/** A Salesforce id of the kind (`001` accounts, `a0S` subscriptions, `a0C` charges), numbered, 18 characters. */
export function id18(kind: "001" | "003" | "a0S" | "a0C", number: number): string {
  return toId18(`${kind}4M0000${String(number).padStart(6, "0")}`) ?? "";
}

/** An account as it comes over the wire, with everything the account query selects. */
export function accountRecord(number: number, change: FakeRecord = {}): FakeRecord {
  return {
    // A lookup that leads nowhere is null as a whole.
    ...Object.fromEntries(queriedFields().account.map((path) => [path.split(".")[0] ?? path, null])),
    Account_ID_18__c: id18("001", number),
    Name: `Account ${number}`,
    CARR_This_Account__c: 12000.5,
    Type: "Customer",
    Ultimate_Parent_Sales_Segment_Employees__c: "Large",
    Account_Owner_Calc__c: "Ann Owner",
    Technical_Account_Manager_Name__c: null,
    Restricted_Account__c: null,
    Solutions_Architect_Lookup__r: null,
    Account_Demographics_Geo__c: "EMEA",
    Account_Demographics_Region__c: null,
    Latest_Sold_To_Contact__r: {
      attributes: { type: "Contact", url: "/x" },
      Email: "sue@example.com",
      Name: "Sue Buyer",
    },
    Partner_Track__c: null,
    Partners_Partner_Type__c: null,
    Support_Hold__c: false,
    Account_Risk_Level__c: null,
    Support_Instance__c: null,
    Zuora__Subscriptions__r: [],
    Zuora__R00N40000001lGjTEAU__r: [],
    ...change,
  };
}

/** A subscription as it comes over the wire. */
export function subscriptionRecord(number: number, change: FakeRecord = {}): FakeRecord {
  return {
    Id: id18("a0S", number),
    Name: `A-S${number}`,
    Subscription_ID_18__c: id18("a0S", number),
    Zuora__Status__c: "Active",
    Zuora__SubscriptionStartDate__c: "2026-01-01",
    Zuora__SubscriptionEndDate__c: "2026-12-31",
    Sold_To_Email__c: "sue@example.com",
    ...change,
  };
}

/** A charge as it comes over the wire. */
export function chargeRecord(number: number, change: FakeRecord = {}): FakeRecord {
  return {
    Id: id18("a0C", number),
    Name: `C-${number}`,
    Zuora__SubscriptionRatePlanChargeName__c: "SaaS - Ultimate - 1 Year",
    Zuora__Subscription__c: id18("a0S", 1),
    Zuora__EffectiveStartDate__c: "2026-01-01",
    Zuora__EffectiveEndDate__c: "2026-12-31",
    Zuora__Quantity__c: 250,
    ...change,
  };
}

/** The record with its child lists as one complete page each, as they come where nothing is left to follow. */
export function complete(record: FakeRecord): FakeRecord {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => {
      if (!Array.isArray(value)) return [key, value];
      return [key, value.length === 0 ? null : { totalSize: value.length, done: true, records: value }];
    }),
  );
}
