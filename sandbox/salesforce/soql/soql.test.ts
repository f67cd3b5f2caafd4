import { describe, expect, test } from "bun:test";
import { Client, tables, today } from "../../test/salesforce.ts";

const id = (number: number) => `001${String(number).padStart(12, "0")}AAA`;

const accounts = [
  {
    Id: id(1),
    Name: "Ärger AG",
    Type: "Customer",
    CARR_This_Account__c: 10,
    Support_Hold__c: true,
    Partner_Track__c: "Open",
  },
  {
    Id: id(2),
    Name: "50% off_x",
    Type: "Partner",
    CARR_This_Account__c: null,
    Support_Hold__c: null,
    Partner_Track__c: null,
  },
  {
    Id: id(3),
    Name: "50 more",
    Type: "customer",
    CARR_This_Account__c: -2.5,
    Support_Hold__c: false,
    Partner_Track__c: "",
  },
  { Id: id(4), Name: "It's", Type: null, CARR_This_Account__c: 9, Support_Hold__c: false, Partner_Track__c: "Select" },
];
const contacts = [
  {
    Id: "003a",
    Name: "Ann",
    Email: "a@x.example",
    Role__c: "Gitlab Admin",
    AccountId: id(1),
    Inactive_Contact__c: false,
  },
  {
    Id: "003b",
    Name: "Bob",
    Email: null,
    Role__c: "Sold To;Gitlab Admin;X",
    AccountId: id(2),
    Inactive_Contact__c: true,
  },
  {
    Id: "003c",
    Name: "Cy",
    Email: "c@x.example",
    Role__c: "Gitlab Admins",
    AccountId: null,
    Inactive_Contact__c: false,
  },
  { Id: "003d", Name: "Di", Email: "", Role__c: null, Account: null, AccountId: id(1), Inactive_Contact__c: false },
];
const subscriptions = [
  {
    Id: "a0S1",
    Name: "s1",
    Zuora__Account__c: id(1),
    Zuora__Status__c: "Active",
    Zuora__SubscriptionEndDate__c: today,
  },
  {
    Id: "a0S2",
    Name: "s2",
    Zuora__Account__c: id(1),
    Zuora__Status__c: null,
    Zuora__SubscriptionEndDate__c: "2027-01-01",
  },
  {
    Id: "a0S3",
    Name: "s3",
    Zuora__Account__c: id(1),
    Zuora__Status__c: "CANCELLED",
    Zuora__SubscriptionEndDate__c: null,
  },
];
const client = new Client(tables({ Account: accounts, Contact: contacts, Zuora__Subscription__c: subscriptions }));

describe("WHERE", () => {
  const cases: Array<[object: string, where: string, names: string[]]> = [
    ["Account", "Type = 'CUSTOMER'", ["Ärger AG", "50 more"]],
    ["Account", "Name = 'äRGER ag'", ["Ärger AG"]],
    ["Account", "Type != 'Customer'", ["50% off_x", "It's"]],
    ["Account", "Type IN ('partner', 'x')", ["50% off_x"]],
    ["Account", "Type NOT IN ('Customer')", ["50% off_x", "It's"]],
    ["Account", "Name = 'It\\'s'", ["It's"]],
    ["Account", "Partner_Track__c = ''", ["50% off_x", "50 more"]],
    ["Account", "Partner_Track__c != null", ["Ärger AG", "It's"]],
    ["Account", "Name > 'b'", ["Ärger AG", "It's"]],
    ["Account", "Name LIKE '50%'", ["50% off_x", "50 more"]],
    ["Account", "Name LIKE '50\\%%'", ["50% off_x"]],
    ["Account", "Name LIKE 'IT_S'", ["It's"]],
    ["Account", "Name LIKE '%off\\_x'", ["50% off_x"]],
    ["Account", "(NOT Partner_Track__c LIKE 'o%')", ["50% off_x", "50 more", "It's"]],
    ["Account", "CARR_This_Account__c > 9", ["Ärger AG"]],
    ["Account", "CARR_This_Account__c <= 9", ["50 more", "It's"]],
    ["Account", "CARR_This_Account__c = -2.5", ["50 more"]],
    ["Account", "CARR_This_Account__c != 10", ["50% off_x", "50 more", "It's"]],
    ["Account", "CARR_This_Account__c = null", ["50% off_x"]],
    ["Account", "CARR_This_Account__c < null", []],
    ["Account", "Support_Hold__c = false", ["50% off_x", "50 more", "It's"]],
    ["Account", "Support_Hold__c = null", ["50% off_x", "50 more", "It's"]],
    ["Account", "Support_Hold__c != false", ["Ärger AG"]],
    ["Account", `Id = '${id(3)}'`, ["50 more"]],
    ["Account", `Id IN ('${id(3).slice(0, 15)}', '${id(1)}')`, ["Ärger AG", "50 more"]],
    ["Account", "Type = 'Partner' OR (Type = 'Customer' AND CARR_This_Account__c > 0)", ["Ärger AG", "50% off_x"]],
    ["Account", "(Type = 'Partner' OR Type = 'Customer') AND CARR_This_Account__c > 0", ["Ärger AG"]],
    ["Account", "NOT Type = 'Customer' AND CARR_This_Account__c > 0", ["It's"]],
    ["Account", "NOT (Type = 'Customer' AND CARR_This_Account__c > 0)", ["50% off_x", "50 more", "It's"]],
    ["Account", "((Type = 'Partner') OR ((NOT CARR_This_Account__c > 0))) AND Name != ''", ["50% off_x", "50 more"]],
    ["Contact", "Role__c INCLUDES ('Gitlab Admin')", ["Ann", "Bob"]],
    ["Contact", "Role__c INCLUDES ('Sold To;gitlab admin', 'Gitlab Admins')", ["Bob", "Cy"]],
    ["Contact", "Role__c EXCLUDES ('Gitlab Admin')", ["Cy", "Di"]],
    ["Contact", "Email != ''", ["Ann", "Cy"]],
    ["Contact", "Account.Type = 'Customer'", ["Ann"]],
    ["Contact", "Account.Name = null", ["Cy", "Di"]],
    ["Contact", "Account.Type IN ('Customer', 'Partner') AND Inactive_Contact__c = false", ["Ann"]],
    ["Zuora__Subscription__c", "Zuora__Status__c != 'Cancelled'", ["s1", "s2"]],
    ["Zuora__Subscription__c", `Zuora__SubscriptionEndDate__c >= ${today}`, ["s1", "s2"]],
    ["Zuora__Subscription__c", `Zuora__SubscriptionEndDate__c > ${today}`, ["s2"]],
    ["Zuora__Subscription__c", "Zuora__SubscriptionEndDate__c = TODAY", ["s1"]],
    ["Zuora__Subscription__c", "Zuora__SubscriptionEndDate__c > YESTERDAY", ["s1", "s2"]],
    ["Zuora__Subscription__c", "Zuora__SubscriptionEndDate__c = null", ["s3"]],
    ["Zuora__Subscription__c", "Zuora__Account__r.Type = 'Customer' AND Name != 's1'", ["s2", "s3"]],
  ];
  for (const [object, where, names] of cases) {
    test(`${object}: ${where}`, async () => {
      expect(await client.column(`SELECT Name FROM ${object} WHERE ${where}`, "Name")).toEqual(names);
    });
  }
});

describe("ORDER BY, LIMIT, OFFSET, COUNT()", () => {
  const orders: Array<[rest: string, names: string[]]> = [
    ["ORDER BY CARR_This_Account__c", ["50% off_x", "50 more", "It's", "Ärger AG"]],
    ["ORDER BY CARR_This_Account__c DESC", ["50% off_x", "Ärger AG", "It's", "50 more"]],
    ["ORDER BY CARR_This_Account__c ASC NULLS LAST", ["50 more", "It's", "Ärger AG", "50% off_x"]],
    ["ORDER BY Type NULLS LAST, CARR_This_Account__c DESC", ["Ärger AG", "50 more", "50% off_x", "It's"]],
    ["ORDER BY CARR_This_Account__c LIMIT 2 OFFSET 1", ["50 more", "It's"]],
  ];
  for (const [rest, names] of orders) {
    test(rest, async () => {
      const { body } = await client.query(`SELECT Name FROM Account ${rest}`);
      expect(body.records.map(({ Name }) => Name)).toEqual(names);
      expect(body).toMatchObject({ totalSize: names.length, done: true });
    });
  }

  test("COUNT() answers the number alone", async () => {
    const { body } = await client.query("SELECT COUNT() FROM Account WHERE Type = 'Customer'");
    expect(body).toEqual({ totalSize: 2, done: true, records: [] });
  });

  test("in a child list they apply to each parent", async () => {
    const lists = "(SELECT Name FROM Zuora__Subscriptions__r ORDER BY Name DESC LIMIT 2)";
    const { body } = await client.query(`SELECT Name, ${lists} FROM Account WHERE Name IN ('Ärger AG', 'It\\'s')`);
    expect(body.records.map((record) => record.Zuora__Subscriptions__r)).toMatchObject([
      { totalSize: 2, done: true, records: [{ Name: "s3" }, { Name: "s2" }] },
      null,
    ]);
  });
});

describe("SELECT", () => {
  test("keys are spelled as in the schema, empty text is null, and every record says what it is", async () => {
    const { body } = await client.query("select ID, partner_track__c from account a where a.name = '50 more'");
    expect(body.records).toEqual([
      {
        attributes: { type: "Account", url: `/services/data/v66.0/sobjects/Account/${id(3)}` },
        Id: id(3),
        Partner_Track__c: null,
      },
    ]);
  });

  test("parents nest; where there is none, the whole key is null", async () => {
    const { body } = await client.query("SELECT Account.Name, Name, Account.Type FROM Contact");
    const url = `/services/data/v66.0/sobjects/Account/${id(1)}`;
    expect(body.records[0]?.Account).toEqual({
      attributes: { type: "Account", url },
      Name: "Ärger AG",
      Type: "Customer",
    });
    expect(body.records.slice(2).map(({ Account }) => Account)).toEqual([null, null]);
  });
});

describe("what is refused", () => {
  const refusals: Array<[soql: string, code: string, says: RegExp]> = [
    ["SELECT Id, FROM Account", "MALFORMED_QUERY", /./],
    ["SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY", /./],
    ["SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Type = 'c'", "MALFORMED_QUERY", /AND/],
    ["SELECT Id FROM Account WHERE Name = 'a' AND (Name = 'b' AND Type = 'c' OR Id = null)", "MALFORMED_QUERY", /OR/],
    ["SELECT Name n FROM Account", "MALFORMED_QUERY", /alias/],
    ["SELECT Id FROM Acount", "INVALID_TYPE", /'Acount' is not supported/],
    [
      "SELECT Id,\n  Nme FROM Account",
      "INVALID_FIELD",
      /ERROR at Row:2:Column:3\nNo such column 'Nme' on entity 'Account'/,
    ],
    ["SELECT Id FROM Account WHERE Nme = 'a'", "INVALID_FIELD", /No such column 'Nme'/],
    ["SELECT Id FROM Account ORDER BY Nme", "INVALID_FIELD", /No such column 'Nme'/],
    ["SELECT Owner__r.Name FROM Account", "INVALID_FIELD", /Didn't understand relationship 'Owner__r'/],
    ["SELECT Id, (SELECT Id FROM Subs__r) FROM Account", "INVALID_FIELD", /relationship 'Subs__r' in FROM/],
    ["SELECT Id, (SELECT Nme FROM Zuora__Subscriptions__r) FROM Account", "INVALID_FIELD", /on entity 'Zuora__Subsc/],
    ["SELECT Name, Name FROM Account", "INVALID_FIELD", /duplicate field selected: Name/],
    ["SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", /should be enclosed in quotes/],
    ["SELECT Id FROM Account WHERE CARR_This_Account__c = '5'", "INVALID_FIELD", /should not be enclosed in quotes/],
    ["SELECT Id FROM Account WHERE Support_Hold__c = 'true'", "INVALID_FIELD", /should not be enclosed in quotes/],
    [
      "SELECT Id FROM Zuora__Subscription__c WHERE Zuora__SubscriptionEndDate__c >= '2026-01-01'",
      "INVALID_FIELD",
      /type date and should not be enclosed in quotes/,
    ],
    [
      "SELECT Id FROM Zuora__Subscription__c WHERE Zuora__SubscriptionEndDate__c >= 2026-01-01T00:00:00Z",
      "INVALID_FIELD",
      /type date/,
    ],
    ["SELECT Id FROM Contact WHERE AccountId IN ('nonsense')", "INVALID_QUERY_FILTER_OPERATOR", /invalid ID field/],
    ["SELECT Id FROM Contact WHERE Name INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", /multipicklist/],
    ["SELECT Id FROM Account WHERE Support_Hold__c > false", "INVALID_QUERY_FILTER_OPERATOR", /invalid operator/],
    ["SELECT Id FROM Account LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", /2000/],
    ["SELECT COUNT(Id) FROM Account GROUP BY Name", "FUNCTIONALITY_NOT_ENABLED", /sandbox does not play GROUP BY/],
  ];
  for (const [soql, code, says] of refusals) {
    test(soql, async () => {
      const { status, body } = await client.query(soql);
      expect(status).toBe(400);
      expect(body).toEqual([{ errorCode: code, message: expect.stringMatching(says) }] as never);
    });
  }
});
