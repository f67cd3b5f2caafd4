import { SUBSCRIPTION_TYPES } from "../../../../sandbox/seed/charge-names.ts";
import { addDays } from "../../../../sandbox/seed/days.ts";
import type { ContactRecord } from "../../../../sandbox/seed/records.ts";
import type { World } from "../../../../sandbox/types.ts";
import { accountsOf, addressesOf, type Events, newId, subscriptionsOf } from "./scene.ts";

const CHARGES = Object.values(SUBSCRIPTION_TYPES).flatMap(({ charges }) => charges);

/** What customers buy, and who is their contact, in Salesforce. */
export const OF_CUSTOMERS = {
  "a charge begins": (scene) => {
    const subscription = scene.whom(subscriptionsOf(scene.world));
    if (!subscription) return undefined;
    scene.sandbox.addSalesforce("Zuora__SubscriptionProductCharge__c", {
      Id: newId("a0C", `${scene.word}c`),
      Name: "C-99999999",
      Zuora__Account__c: subscription.Zuora__Account__c,
      Zuora__Subscription__c: subscription.Id,
      Subscription_Status__c: subscription.Zuora__Status__c,
      Zuora__SubscriptionRatePlanChargeName__c: scene.how(CHARGES),
      Zuora__EffectiveStartDate__c: scene.world.today,
      Zuora__EffectiveEndDate__c: addDays(scene.world.today, 365),
      Zuora__Quantity__c: 10,
    });
    return { accounts: [subscription.Zuora__Account__c] };
  },
  "a charge ends": (scene) => {
    const charge = scene.whom(scene.world.salesforce.Zuora__SubscriptionProductCharge__c);
    if (!charge) return undefined;
    const end = addDays(scene.world.today, scene.how([-400, -17, -16, -15, -14, 0]));
    scene.sandbox.editSalesforce("Zuora__SubscriptionProductCharge__c", String(charge.Id), {
      Zuora__EffectiveEndDate__c: end,
    });
    return { accounts: [String(charge.Zuora__Account__c)] };
  },
  "a subscription is cancelled or ends": (scene) => {
    const subscription = scene.whom(subscriptionsOf(scene.world));
    if (!subscription) return undefined;
    const change = scene.how<Record<string, unknown>>([
      { Zuora__Status__c: "Cancelled" },
      { Zuora__Status__c: "Active" },
      { Zuora__SubscriptionEndDate__c: addDays(scene.world.today, -20) },
      { Zuora__SubscriptionEndDate__c: null },
    ]);
    scene.sandbox.editSalesforce("Zuora__Subscription__c", subscription.Id, change);
    return { accounts: [subscription.Zuora__Account__c] };
  },
  "a new customer signs": (scene) => {
    const model = scene.whom(scene.world.salesforce.Account);
    if (!model) return undefined;
    const [account, subscription] = [newId("001", `${scene.word}a`), newId("a0S", `${scene.word}s`)];
    const email = scene.other([`buyer-${scene.word}@new.example`, addressesOf(scene.world)[0]]);
    scene.sandbox.addSalesforce("Account", {
      ...model,
      ...{ Id: account, Account_ID_18__c: account, Name: `Signed ${scene.word}`, Type: "Customer" },
      Latest_Sold_To_Contact__r: { Name: "Ned Newcomer", Email: email ?? null },
      ...{ Partners_Partner_Status__c: null, Partner_Track__c: null, Support_Instance__c: null },
    });
    const [start, end] = [scene.world.today, addDays(scene.world.today, 365)];
    scene.sandbox.addSalesforce("Zuora__Subscription__c", {
      Id: subscription,
      Name: "A-S99999999",
      Subscription_ID_18__c: subscription,
      Zuora__Account__c: account,
      Zuora__Status__c: "Active",
      Zuora__SubscriptionStartDate__c: start,
      Zuora__SubscriptionEndDate__c: end,
      Sold_To_Email__c: email ?? null,
    });
    scene.sandbox.addSalesforce("Zuora__SubscriptionProductCharge__c", {
      Id: newId("a0C", `${scene.word}n`),
      Name: "C-99999998",
      Zuora__Account__c: account,
      Zuora__Subscription__c: subscription,
      Subscription_Status__c: "Active",
      Zuora__SubscriptionRatePlanChargeName__c: scene.how(CHARGES),
      Zuora__EffectiveStartDate__c: start,
      Zuora__EffectiveEndDate__c: end,
      Zuora__Quantity__c: 25,
    });
    return { accounts: [account] };
  },
  "a contact comes": (scene) => {
    const account = scene.whom(accountsOf(scene));
    if (account === undefined) return undefined;
    const taken = scene.other(addressesOf(scene.world));
    scene.sandbox.addSalesforce("Contact", {
      Id: newId("003", `${scene.word}k`),
      AccountId: account,
      Name: `Carol Contact ${scene.word}`,
      Email: scene.how([`carol-${scene.word}@new.example`, `carol-${scene.word}@new.example`, taken ?? null]),
      Inactive_Contact__c: false,
      Role__c: "Gitlab Admin",
      Account: { Account_ID_18__c: account },
    });
    return { accounts: [account] };
  },
  "a contact changes": (scene) => {
    const contact = scene.whom(scene.world.salesforce.Contact as ContactRecord[]);
    if (!contact) return undefined;
    const change = scene.how<Record<string, unknown>>([
      { Inactive_Contact__c: true },
      { Inactive_Contact__c: false },
      { Role__c: "Billing Contact" },
      { Name: `Married ${scene.word}` },
      { Email: `moved-${scene.word}@new.example` },
    ]);
    scene.sandbox.editSalesforce("Contact", contact.Id, change);
    return { accounts: [contact.AccountId] };
  },
  "an address is spelled in other letters": (scene) => {
    const subscription = scene.whom(subscriptionsOf(scene.world).filter(({ Sold_To_Email__c: email }) => email));
    const contact = scene.whom(contactsWithUsers(scene.world));
    const otherwise = (email: string | null) => scene.other([email?.toUpperCase(), capitalized(email ?? "")]) ?? email;
    if (contact && scene.how([true, true, false])) {
      scene.sandbox.editSalesforce("Contact", contact.Id, { Email: otherwise(contact.Email) });
      return { accounts: [contact.AccountId] };
    }
    if (!subscription) return undefined;
    scene.sandbox.editSalesforce("Zuora__Subscription__c", subscription.Id, {
      Sold_To_Email__c: otherwise(subscription.Sold_To_Email__c),
    });
    return { accounts: [subscription.Zuora__Account__c] };
  },
  "a contact marries": (scene) => {
    const contact = scene.whom(contactsWithUsers(scene.world));
    if (!contact) return undefined;
    scene.sandbox.editSalesforce("Contact", contact.Id, { Name: `Married ${scene.word}` });
    return { accounts: [contact.AccountId] };
  },
} satisfies Events;

/** Contacts who are users of us-government. */
function contactsWithUsers({ zendesk, salesforce }: World): ContactRecord[] {
  const users = new Set(zendesk["us-government"].users.map(({ email }) => email?.toLowerCase()));
  const contacts = salesforce.Contact as ContactRecord[];
  return contacts.filter(({ Email }) => Email && users.has(Email.trim().toLowerCase()));
}

function capitalized(address: string): string {
  return address.replace(/(^|[.@-])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
