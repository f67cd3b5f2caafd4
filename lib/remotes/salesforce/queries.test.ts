import { describe, expect, test } from "bun:test";
import { id18 } from "../../../test/support/salesforce/records.ts";
import { ATTRIBUTES } from "../../domain/attributes.ts";
import { number, text } from "../../domain/source-field.ts";
import { idChunks } from "./id-chunks.ts";
import {
  type Attributes,
  accountQuery,
  contactQuery,
  oneAccountQuery,
  onePartnerQuery,
  partnerQuery,
  queriedFields,
} from "./queries.ts";
import { soqlDay, soqlId, soqlText } from "./soql-literal.ts";

const attributes = ATTRIBUTES as Attributes;

describe("account query (A1)", () => {
  test("asks for the fields, child lists and filters of the original, three years and one day back", () => {
    const soql = accountQuery("2026-11-23");
    const wanted = `Account_ID_18__c Name CARR_This_Account__c Type Ultimate_Parent_Sales_Segment_Employees__c
      Account_Owner_Calc__c Technical_Account_Manager_Name__c Restricted_Account__c Solutions_Architect_Lookup__r.Name
      Account_Demographics_Geo__c Account_Demographics_Region__c Latest_Sold_To_Contact__r.Email
      Latest_Sold_To_Contact__r.Name Partner_Track__c Partners_Partner_Type__c Support_Hold__c Account_Risk_Level__c
      Support_Instance__c`.split(/\s+/);
    const root = soql.slice("SELECT ".length, soql.indexOf(", (SELECT")).split(", ");
    // A line added to ATTRIBUTES is a field more, and nothing else that is wrong here.
    expect(root).toEqual(expect.arrayContaining(wanted));
    expect(new Set(root).size).toBe(root.length);
    expect(soql.slice(soql.indexOf("(SELECT"))).toBe(
      "(SELECT Id, Name, Subscription_ID_18__c, Zuora__Status__c, Zuora__SubscriptionStartDate__c, " +
        "Zuora__SubscriptionEndDate__c, Sold_To_Email__c FROM Zuora__Subscriptions__r " +
        "WHERE Zuora__Status__c != 'Cancelled' AND Zuora__SubscriptionEndDate__c >= 2023-11-22), " +
        "(SELECT Id, Name, Zuora__SubscriptionRatePlanChargeName__c, Zuora__Subscription__c, " +
        "Zuora__EffectiveStartDate__c, Zuora__EffectiveEndDate__c, Zuora__Quantity__c FROM Zuora__R00N40000001lGjTEAU__r " +
        "WHERE Subscription_Status__c != 'Cancelled' AND Zuora__EffectiveEndDate__c >= 2023-11-22) " +
        "FROM Account WHERE Type IN ('Customer', 'Former Customer')",
    );
  });

  test("one more attribute is one more field, asked for once", () => {
    const more: Attributes = {
      ...attributes,
      health: { from: text("One_More__c") },
      again: { from: number("One_More__c") },
    };
    const soql = accountQuery("2026-11-23", more);
    expect(soql.match(/One_More__c/g)).toHaveLength(1);
    expect(queriedFields(more).account).toContain("One_More__c");
  });
});

describe("partner query (P1)", () => {
  test("asks for the fields of P1", () => {
    const fields = partnerQuery(null).slice("SELECT ".length, partnerQuery(null).indexOf(" FROM")).split(", ");
    const wanted = `Account_ID_18__c Name Account_Owner_Calc__c Technical_Account_Manager_Name__c Restricted_Account__c
      Solutions_Architect_Lookup__r.Name Partner_Track__c Support_Hold__c Account_Risk_Level__c Type
      Partners_Partner_Status__c`.split(/\s+/);
    expect(fields.toSorted()).toEqual(wanted.toSorted());
  });

  test("filters by status and track, or the alliance account in its 18-character form", () => {
    const partners =
      "(Type = 'Partner' AND Partners_Partner_Status__c IN ('Authorized') AND Partner_Track__c IN ('Open', 'Select'))";
    expect(partnerQuery(null).split(" WHERE ")[1]).toBe(partners);
    const alliance = id18("001", 7);
    expect(partnerQuery(alliance.slice(0, 15)).split(" WHERE ")[1]).toBe(
      `${partners} OR Account_ID_18__c = '${alliance}'`,
    );
  });

  test("no attribute read for partners needs a decision, which partners have none of", () => {
    expect(Object.values(attributes).filter((one) => one.partner && one.as)).toEqual([]);
  });
});

describe("the queries for one account", () => {
  const id = id18("001", 7);

  test("the account query with all its filters, and the account", () => {
    expect(oneAccountQuery("2026-11-23", id.slice(0, 15))).toBe(
      `${accountQuery("2026-11-23")} AND Account_ID_18__c = '${id}'`,
    );
  });

  test("the partner query as a whole, and the account", () => {
    const alliance = id18("001", 9);
    expect(onePartnerQuery(alliance, id)).toEndWith(
      ` OR Account_ID_18__c = '${alliance}') AND Account_ID_18__c = '${id}'`,
    );
    expect(onePartnerQuery(null, id)).toContain("WHERE ((Type = 'Partner' AND ");
  });
});

describe("contact query (U3)", () => {
  test("names the accounts without blanks between them", () => {
    expect(contactQuery([id18("001", 1), id18("001", 2)])).toBe(
      "SELECT Name, Email, Account.Account_ID_18__c FROM Contact WHERE Inactive_Contact__c = false AND Role__c INCLUDES ('Gitlab Admin') " +
        `AND Name != '' AND Email != '' AND Account.Account_ID_18__c IN ('${id18("001", 1)}','${id18("001", 2)}')`,
    );
  });

  const ids = Array.from({ length: 1200 }, (_, index) => id18("001", index));
  const path = "/services/data/v66.0/query?q=".length;

  test("takes at most 500 accounts, each once", () => {
    const chunks = idChunks([...ids, ...ids], contactQuery, { pathBytes: path, tokenBytes: 112 });
    expect(chunks.map((one) => one.length)).toEqual([500, 500, 200]);
    expect(chunks.flat()).toEqual(ids);
  });

  test("stays below 16,384 bytes of request line and headers with a long token", () => {
    for (const tokenBytes of [112, 2_000, 4_000, 14_000]) {
      for (const chunk of idChunks(ids, contactQuery, { pathBytes: path, tokenBytes })) {
        const line = encodeURIComponent(contactQuery(chunk)).replaceAll("'", "%27").length + path;
        expect(line + tokenBytes + 300).toBeLessThan(16_384);
      }
    }
    expect(idChunks(ids, contactQuery, { pathBytes: path, tokenBytes: 4_000 })[0]?.length).toBeGreaterThan(300);
  });

  test("no accounts, no query", () => {
    expect(idChunks([], contactQuery, { pathBytes: path, tokenBytes: 112 })).toEqual([]);
  });
});

describe("literals (S9)", () => {
  test("quotes, backslashes and line ends are escaped", () => {
    expect(soqlText('O\'Neil \\ "x"\n')).toBe(String.raw`'O\'Neil \\ \"x\"\n'`);
  });

  test("what is no id or no day never gets into a query", () => {
    for (const text of ["", "001", "') OR Name != ('", `${id18("001", 1)}'`, "0014M00001kAbCdQA!"])
      expect(() => soqlId(text)).toThrow("not a Salesforce id");
    expect(() => soqlDay("2026-02-30")).toThrow("not a day");
    expect(() => contactQuery(["' OR Name != '"])).toThrow("not a Salesforce id");
    expect(() => partnerQuery("' OR Name != '")).toThrow("not a Salesforce id");
    expect(() => oneAccountQuery("2026-11-23", "' OR Name != '")).toThrow("not a Salesforce id");
    expect(() => onePartnerQuery(null, "' OR Name != '")).toThrow("not a Salesforce id");
  });
});
