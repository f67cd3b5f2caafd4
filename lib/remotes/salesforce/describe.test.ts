import { expect, test } from "bun:test";
import { apiError, FakeOrg } from "../../../test/support/salesforce/fake-org.ts";
import { connectSalesforce } from "./connect.ts";
import { missingFields } from "./describe.ts";
import type { ObjectDescription } from "./ports.ts";
import { queriedFields } from "./queries.ts";

const { account, contact, children } = queriedFields();
const own = (paths: string[]) => paths.filter((path) => !path.includes("."));
const [subscriptions, charges] = children;

/** An org in which everything can be seen. */
function everything(): Record<string, ObjectDescription> {
  const lookups = { Solutions_Architect_Lookup__r: ["User"], Latest_Sold_To_Contact__r: ["Contact"] };
  const lists = { Zuora__Subscriptions__r: "Subscription__c", Zuora__R00N40000001lGjTEAU__r: "Charge__c" };
  return {
    Account: { fields: own(account), lookups, children: lists },
    Contact: { fields: own(contact), lookups: { Account: ["Account"] }, children: {} },
    User: { fields: ["Id", "Name"], lookups: {}, children: {} },
    Subscription__c: { fields: subscriptions?.fields ?? [], lookups: {}, children: {} },
    Charge__c: { fields: charges?.fields ?? [], lookups: {}, children: {} },
  };
}

const missing = (org: Record<string, ObjectDescription>) =>
  missingFields({ describe: async (object) => org[object] ?? null });

test("nothing is missing where everything can be seen", async () => {
  expect(await missing(everything())).toEqual([]);
});

test("everything that cannot be seen is named: fields, fields behind lookups, lookups, lists, objects", async () => {
  const org = everything();
  const without = (object: string, field: string) => {
    const description = org[object];
    if (description) description.fields = description.fields.filter((name) => name !== field);
  };
  without("Account", "Support_Hold__c");
  without("Contact", "Email");
  without("Charge__c", "Subscription_Status__c");
  delete org.User;
  delete org.Account?.children.Zuora__Subscriptions__r;
  delete org.Contact?.lookups.Account;
  expect((await missing(org)).toSorted()).toEqual([
    "Account.Support_Hold__c",
    "Account.Zuora__Subscriptions__r",
    "Charge__c.Subscription_Status__c",
    "Contact.Account",
    "Contact.Email",
    "User",
  ]);
});

test("a description is read from the wire; an object that is not there is null", async () => {
  await using fake = new FakeOrg({
    intercept: (request) => {
      if (request.url.endsWith("/sobjects/Nothing/describe")) return apiError(404, "NOT_FOUND", "not here");
      if (!request.url.endsWith("/sobjects/Account/describe")) return undefined;
      return Response.json({
        fields: [
          { name: "Name", relationshipName: null, referenceTo: [] },
          { name: "OwnerId", relationshipName: "Owner", referenceTo: ["Group", "User"] },
        ],
        childRelationships: [
          { relationshipName: "Contacts", childSObject: "Contact" },
          { relationshipName: null, childSObject: "Task" },
        ],
      });
    },
  });
  const reader = await connectSalesforce(fake.settings);
  expect(await reader.describe("Account")).toEqual({
    fields: ["Name", "OwnerId"],
    lookups: { Owner: ["Group", "User"] },
    children: { Contacts: "Contact" },
  });
  expect(await reader.describe("Nothing")).toBeNull();
  await expect(reader.describe("../limits")).rejects.toThrow("object name");
});
