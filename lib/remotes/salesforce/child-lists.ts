import * as v from "valibot";
import type { Charge, Subscription } from "../../domain/account.ts";
import { isDay } from "../../domain/dates.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import { type SourceField, text } from "../../domain/source-field.ts";

/** Source fields of the records of one child list, by property. */
export type ChildFields<T> = { [Name in keyof T]: SourceField<T[Name]> };

/** The list of subscriptions of an account, and what is read of each (A2). */
export const SUBSCRIPTIONS = {
  list: "Zuora__Subscriptions__r",
  status: "Zuora__Status__c",
  end: "Zuora__SubscriptionEndDate__c",
  fields: {
    id: childId("Id"),
    name: text("Name"),
    subscription_id: reference("Subscription_ID_18__c"),
    status: text("Zuora__Status__c"),
    start_date: dayOrNull("Zuora__SubscriptionStartDate__c"),
    end_date: day("Zuora__SubscriptionEndDate__c"),
    sold_to_email: text("Sold_To_Email__c"),
  } satisfies ChildFields<Subscription>,
};

/** The list of charges of an account, and what is read of each (A2). */
export const CHARGES = {
  list: "Zuora__R00N40000001lGjTEAU__r",
  status: "Subscription_Status__c",
  end: "Zuora__EffectiveEndDate__c",
  fields: {
    id: childId("Id"),
    name: text("Name"),
    charge_name: textOrEmpty("Zuora__SubscriptionRatePlanChargeName__c"),
    subscription_id: reference("Zuora__Subscription__c"),
    start_date: dayOrNull("Zuora__EffectiveStartDate__c"),
    end_date: day("Zuora__EffectiveEndDate__c"),
    quantity: numberOrNull("Zuora__Quantity__c"),
  } satisfies ChildFields<Charge>,
};

/** An id that must be there: 18 characters where it is a Salesforce id. */
function childId(field: string): SourceField<string> {
  const filled = v.pipe(v.string(), v.trim(), v.nonEmpty());
  const read = v.transform(([id]: [string]) => toId18(id) ?? id);
  return { fields: [field], wire: v.pipe(v.tuple([filled]), read), artifact: filled };
}

/** An id of another record, or null: 18 characters where it is a Salesforce id. */
function reference(field: string): SourceField<string | null> {
  const plain = text(field);
  const read = v.transform((id: string | null) => (id === null ? null : (toId18(id) ?? id)));
  return { ...plain, wire: v.pipe(plain.wire, read) };
}

/** Text, trimmed; empty where there is none: a charge without a name is listed as one that nobody mapped (E2). */
function textOrEmpty(field: string): SourceField<string> {
  const read = v.transform(([value]: [string | null]) => value?.trim() ?? "");
  return { fields: [field], wire: v.pipe(v.tuple([v.nullable(v.string())]), read), artifact: v.string() };
}

function day(field: string): SourceField<string> {
  const existing = v.pipe(v.string(), v.check(isDay));
  const read = v.transform(([value]: [string]) => value);
  return { fields: [field], wire: v.pipe(v.tuple([existing]), read), artifact: existing };
}

function dayOrNull(field: string): SourceField<string | null> {
  const existing = v.nullable(v.pipe(v.string(), v.check(isDay)));
  const read = v.transform(([value]: [string | null]) => value);
  return { fields: [field], wire: v.pipe(v.tuple([existing]), read), artifact: existing };
}

function numberOrNull(field: string): SourceField<number | null> {
  const finite = v.nullable(v.pipe(v.number(), v.finite()));
  const read = v.transform(([value]: [number | null]) => value);
  return { fields: [field], wire: v.pipe(v.tuple([finite]), read), artifact: finite };
}
