import { describe, expect, test } from "bun:test";
import { missingFields } from "../remotes/salesforce/describe.ts";
import type { ObjectDescription } from "../remotes/salesforce/ports.ts";
import { queriedFields } from "../remotes/salesforce/queries.ts";
import { checkSalesforce, fieldAccessFindings, usageFindings } from "./check-salesforce.ts";

const SUBSCRIPTIONS = "Zuora__Subscriptions__r";

/** An org where the integration user sees everything that is asked for. */
function open(): Record<string, ObjectDescription> {
  const { account, contact, children } = queriedFields();
  const plain = (fields: string[]) => fields.filter((one) => !one.includes("."));
  const lookups = { Solutions_Architect_Lookup__r: ["User"], Latest_Sold_To_Contact__r: ["Contact"] };
  return {
    Account: {
      fields: plain(account),
      lookups,
      children: Object.fromEntries(children.map(({ list }) => [list, `Object_of_${list}`])),
    },
    Contact: { fields: plain(contact), lookups: { Account: ["Account"] }, children: {} },
    User: { fields: ["Name"], lookups: {}, children: {} },
    ...Object.fromEntries(
      children.map(({ list, fields }) => [`Object_of_${list}`, { fields, lookups: {}, children: {} }]),
    ),
  };
}

async function findingsOf(objects: Record<string, ObjectDescription>) {
  const missing = await missingFields({ describe: async (object) => objects[object] ?? null });
  return fieldAccessFindings(missing).map(({ severity, check }) => `${severity} ${check}`);
}

describe("access to Salesforce's fields", () => {
  test("in order is one finding", async () => {
    expect(await findingsOf(open())).toEqual(["ok field access"]);
  });

  test("a field that cannot be seen is named with its object", async () => {
    const { Account, ...others } = open();
    const fields = Account?.fields.filter((one) => one !== "Support_Hold__c") ?? [];
    expect(await findingsOf({ ...others, Account: { lookups: {}, children: {}, ...Account, fields } })).toEqual([
      "problem Salesforce field Account.Support_Hold__c",
    ]);
  });

  test("a field behind a lookup, and a lookup itself", async () => {
    expect(await findingsOf({ ...open(), User: { fields: [], lookups: {}, children: {} } })).toEqual([
      "problem Salesforce field User.Name",
    ]);
    const objects = open();
    delete objects.Account?.lookups.Latest_Sold_To_Contact__r;
    expect(await findingsOf(objects)).toEqual(["problem Salesforce relationship Account.Latest_Sold_To_Contact__r"]);
  });

  test("a list of children, and a field by which its rows are filtered", async () => {
    const objects = open();
    delete objects.Account?.children[SUBSCRIPTIONS];
    expect(await findingsOf(objects)).toEqual([`problem Salesforce relationship Account.${SUBSCRIPTIONS}`]);
    const other = open();
    const child = other[`Object_of_${SUBSCRIPTIONS}`];
    if (child) child.fields = child.fields.filter((one) => one !== "Zuora__Status__c");
    expect(await findingsOf(other)).toEqual([`problem Salesforce field Object_of_${SUBSCRIPTIONS}.Zuora__Status__c`]);
  });

  test("an object that cannot be seen at all", async () => {
    const { Contact: _, ...objects } = open();
    expect(await findingsOf(objects)).toContain("problem Salesforce object Contact");
  });
});

test("API calls that are nearly used up are a warning", () => {
  expect(usageFindings(null)).toEqual([]);
  expect(usageFindings({ used: 799, limit: 1000 })[0]?.severity).toBe("ok");
  expect(usageFindings({ used: 800, limit: 1000 })[0]?.severity).toBe("warning");
});

test("settings that are missing are findings, each by its name, and nothing is asked", async () => {
  const found = await checkSalesforce({ env: {}, hostProblems: [], expectedHost: null });
  expect(found.map(({ check, found: what }) => `${check} ${what}`)).toEqual([
    "SALESFORCE_LOGIN_URL not set",
    "SALESFORCE_CLIENT_ID not set",
    "SALESFORCE_CLIENT_SECRET not set",
  ]);
});
