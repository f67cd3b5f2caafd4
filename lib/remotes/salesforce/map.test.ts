import { describe, expect, test } from "bun:test";
import type { FakeRecord } from "../../../test/support/salesforce/fake-org.ts";
import {
  accountRecord,
  chargeRecord,
  complete,
  id18,
  subscriptionRecord,
} from "../../../test/support/salesforce/records.ts";
import { emptyAttributes } from "../../domain/empty-attributes.ts";
import { text } from "../../domain/source-field.ts";
import { mapAccount } from "./map-account.ts";
import { mapContact } from "./map-contact.ts";
import { mapPartner } from "./map-partner.ts";
import type { Attributes } from "./queries.ts";

function account(change: FakeRecord = {}) {
  const mapped = mapAccount(complete(accountRecord(1, change)));
  if ("unreadable" in mapped) throw new Error(mapped.unreadable.reason);
  return mapped.account;
}

function unreadable(change: FakeRecord) {
  const mapped = mapAccount(complete(accountRecord(1, change)));
  if ("account" in mapped) throw new Error("was readable");
  return mapped.unreadable;
}

describe("accounts (A2)", () => {
  test("an account as the artifact has it", () => {
    const subs = [subscriptionRecord(1)];
    const charges = [chargeRecord(1)];
    expect(account({ Zuora__Subscriptions__r: subs, Zuora__R00N40000001lGjTEAU__r: charges })).toEqual({
      ...emptyAttributes(),
      salesforce_id: id18("001", 1),
      name: "Account 1",
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
      sold_to: { name: "Sue Buyer", email: "sue@example.com" },
      subs: [
        {
          id: id18("a0S", 1),
          name: "A-S1",
          subscription_id: id18("a0S", 1),
          status: "Active",
          start_date: "2026-01-01",
          end_date: "2026-12-31",
          sold_to_email: "sue@example.com",
        },
      ],
      charges: [
        {
          id: id18("a0C", 1),
          name: "C-1",
          charge_name: "SaaS - Ultimate - 1 Year",
          subscription_id: id18("a0S", 1),
          start_date: "2026-01-01",
          end_date: "2026-12-31",
          quantity: 250,
        },
      ],
    });
  });

  test("follows lookups, and takes an empty one for no value", () => {
    expect(account({ Solutions_Architect_Lookup__r: { Name: " Pat " } }).solutions_architect).toBe("Pat");
    expect(account({ Latest_Sold_To_Contact__r: null }).sold_to).toBeNull();
  });

  test("children are in order of id, whatever order they came in", () => {
    const charges = [3, 1, 2].map((number) => chargeRecord(number));
    const mapped = account({ Zuora__R00N40000001lGjTEAU__r: charges });
    expect(mapped.charges.map((one) => one.id)).toEqual([1, 2, 3].map((number) => id18("a0C", number)));
  });

  test("ids of children are compared in 18 characters; a charge may lack name, subscription, start and quantity", () => {
    const charge = chargeRecord(1, {
      Id: id18("a0C", 1).slice(0, 15),
      Zuora__Subscription__c: id18("a0S", 1).slice(0, 15),
      Zuora__SubscriptionRatePlanChargeName__c: null,
      Zuora__EffectiveStartDate__c: null,
      Zuora__Quantity__c: null,
    });
    expect(account({ Zuora__R00N40000001lGjTEAU__r: [charge] }).charges).toMatchObject([
      { id: id18("a0C", 1), subscription_id: id18("a0S", 1), charge_name: "", start_date: null, quantity: null },
    ]);
  });

  test("one more attribute is read without any other change", () => {
    const more: Attributes = { health: { from: text("Health__c") } };
    expect(mapAccount(complete(accountRecord(1, { Health__c: "good" })), more)).toMatchObject({
      account: { health: "good" },
    });
  });
});

describe("accounts that cannot be read", () => {
  test.each<[string, FakeRecord, string]>([
    ["no name", { Name: null }, "Name: expected string"],
    ["an empty name", { Name: " " }, "Name: expected some text"],
    ["a number as text", { CARR_This_Account__c: "12" }, "CARR_This_Account__c: expected number"],
    ["an unknown type", { Type: "Prospect" }, 'Type: expected ("Customer" | "Former Customer")'],
    ["a field that is not there", { Support_Hold__c: undefined }, "Support_Hold__c: is missing from the response"],
    [
      "a lookup that is not there",
      { Solutions_Architect_Lookup__r: {} },
      "Solutions_Architect_Lookup__r.Name: is missing from the response",
    ],
  ])("%s", (_, change, reason) => {
    expect(unreadable(change)).toEqual({ salesforce_id: id18("001", 1), reason });
  });

  test("a child makes the whole account unreadable, and is named", () => {
    const charge = chargeRecord(4, {
      attributes: { url: `/services/data/v66.0/sobjects/C/${id18("a0C", 4)}` },
      Zuora__EffectiveEndDate__c: "2026-02-30",
    });
    expect(unreadable({ Zuora__R00N40000001lGjTEAU__r: [charge] }).reason).toBe(
      `Zuora__R00N40000001lGjTEAU__r ${id18("a0C", 4)}, Zuora__EffectiveEndDate__c: expected a day (YYYY-MM-DD)`,
    );
  });

  test("without a usable Account_ID_18__c the record's own address names it", () => {
    const url = `/services/data/v66.0/sobjects/Account/${id18("001", 9)}`;
    expect(unreadable({ Account_ID_18__c: null, attributes: { url } }).salesforce_id).toBe(id18("001", 9));
    expect(unreadable({ Account_ID_18__c: "nonsense" })).toEqual({
      salesforce_id: null,
      reason: "Account_ID_18__c: expected a Salesforce id",
    });
  });

  test("a reason never holds the value", () => {
    const secret = "sue.secret@example.com";
    for (const field of [
      "CARR_This_Account__c",
      "Type",
      "Support_Hold__c",
      "Account_ID_18__c",
      "Zuora__Subscriptions__r",
    ]) {
      const value =
        field === "Zuora__Subscriptions__r"
          ? [subscriptionRecord(1, { Zuora__SubscriptionEndDate__c: secret })]
          : secret;
      expect(JSON.stringify(unreadable({ [field]: value }))).not.toContain("secret");
    }
  });
});

describe("partners (P2)", () => {
  const partner = (change: FakeRecord, alliance: string | null = null) => {
    const mapped = mapPartner(
      accountRecord(1, { Type: "Partner", Partners_Partner_Status__c: "Authorized", ...change }),
      alliance,
    );
    return "partner" in mapped ? mapped.partner : mapped.unreadable;
  };

  test("a partner as the artifact has it", () => {
    const change = { Partner_Track__c: "Open", Restricted_Account__c: "Restricted Party", Support_Hold__c: null };
    expect(partner(change)).toEqual({
      salesforce_id: id18("001", 1),
      name: "Account 1",
      account_type: "open_partner",
      account_owner: "Ann Owner",
      technical_account_manager: null,
      solutions_architect: null,
      restricted_account: true,
      org_in_escalated_state: false,
      support_hold: false,
    });
  });

  test("the type goes by the track, the configured alliance account first", () => {
    expect(partner({ Partner_Track__c: "Select" })).toMatchObject({ account_type: "select_partner" });
    expect(partner({ Partner_Track__c: "Other" })).toMatchObject({ account_type: null });
    expect(partner({ Partner_Track__c: null })).toMatchObject({ account_type: null });
    expect(partner({ Partner_Track__c: "Open" }, id18("001", 1))).toMatchObject({ account_type: "alliance_partner" });
    expect(partner({ Partner_Track__c: "Open" }, id18("001", 2))).toMatchObject({ account_type: "open_partner" });
  });

  test("one that cannot be read is named", () => {
    expect(partner({ Name: null })).toEqual({ salesforce_id: id18("001", 1), reason: "Name: expected string" });
  });
});

describe("contacts (U3)", () => {
  const contact = (change: FakeRecord) =>
    mapContact({ Name: " Sue ", Email: " Sue@Example.com ", Account: { Account_ID_18__c: id18("001", 1) }, ...change });

  test("account in 18 characters, address in lower case", () => {
    const expected = { contact: { salesforce_id: id18("001", 1), name: "Sue", email: "sue@example.com" } };
    expect(contact({})).toEqual(expected);
    expect(contact({ Account: { Account_ID_18__c: id18("001", 1).slice(0, 15) } })).toEqual(expected);
  });

  test("one that cannot be read is named by its account", () => {
    expect(contact({ Email: null })).toEqual({
      unreadable: { salesforce_id: id18("001", 1), reason: "Email: expected some text" },
    });
    expect(contact({ Account: null })).toEqual({
      unreadable: { salesforce_id: null, reason: "Account.Account_ID_18__c: expected a Salesforce id" },
    });
  });
});
