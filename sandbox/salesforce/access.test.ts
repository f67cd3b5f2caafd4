import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { accountsWith, assertion, baseUrl, Client, credentials, jwtBearer } from "../test/salesforce.ts";

const query = "/services/data/v66.0/query?q=SELECT+Name+FROM+Account";
const { clientId: client_id, clientSecret: client_secret } = credentials;

function client(options: ConstructorParameters<typeof Client>[1] = {}): Client {
  return new Client(accountsWith(0, 0, 0), options);
}

describe("log-in with client credentials", () => {
  test("by form: a token, and the instance to use it at", async () => {
    const salesforce = client();
    const { status, body } = await salesforce.requestToken({
      grant_type: "client_credentials",
      client_id,
      client_secret,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ instance_url: baseUrl, token_type: "Bearer" });
    expect(body.id).toMatch(/\/id\/00D\w{15}\/005\w{15}$/);
    expect(body.issued_at).toBe(String(salesforce.now.getTime()));
    expect(body).not.toHaveProperty("refresh_token");
    expect(body).not.toHaveProperty("expires_in");
    expect(salesforce.salesforce.tokens()).toEqual([body.access_token ?? ""]);
    const authorization = `Bearer ${body.access_token}`;
    expect((await salesforce.send(query, { headers: { authorization } })).status).toBe(200);
  });

  test("by Basic", async () => {
    const authorization = `Basic ${btoa(`${client_id}:${client_secret}`)}`;
    expect((await client().requestToken({ grant_type: "client_credentials" }, { authorization })).status).toBe(200);
  });

  const refusals: Array<[what: string, form: Record<string, string>, status: number, error: string]> = [
    ["unknown client", { client_id: "x", client_secret }, 400, "invalid_client_id"],
    ["wrong secret", { client_id, client_secret: "x" }, 401, "invalid_client"],
    ["no secret", { client_id }, 401, "invalid_client"],
    ["a password", { grant_type: "password", client_id, client_secret }, 400, "unsupported_grant_type"],
  ];
  for (const [what, form, status, error] of refusals) {
    test(`${what}: ${error}`, async () => {
      const answer = await client().requestToken({ grant_type: "client_credentials", ...form });
      expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    });
  }
});

describe("log-in with a JWT bearer assertion", () => {
  test("for this host, or Salesforce's log-in servers", async () => {
    for (const aud of [baseUrl, "https://login.salesforce.com", "https://test.salesforce.com"]) {
      const { status } = await client().requestToken({ grant_type: jwtBearer, assertion: assertion({ aud }) });
      expect(status).toBe(200);
    }
  });

  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const seconds = Math.floor(client().now.getTime() / 1000);
  const [head, , signature] = assertion().split(".");
  const [, otherClaims] = assertion({ exp: seconds + 60 }).split(".");
  const refusals: Array<[what: string, assertion: string, error: string, says: RegExp]> = [
    ["another key", assertion({}, other), "invalid_grant", /assertion/],
    ["claims that were not signed", `${head}.${otherClaims}.${signature}`, "invalid_grant", /assertion/],
    ["another client", assertion({ iss: "x" }), "invalid_client_id", /./],
    ["another user", assertion({ sub: "x" }), "invalid_grant", /approved/],
    ["another audience", assertion({ aud: "https://x.example" }), "invalid_grant", /audience/],
    ["expired", assertion({ exp: seconds }), "invalid_grant", /expired/],
    ["no expiry", assertion({ exp: undefined }), "invalid_grant", /expired/],
    ["expiring too late", assertion({ exp: seconds + 301 }), "invalid_grant", /assertion/],
    ["no assertion", "", "invalid_grant", /assertion/],
  ];
  for (const [what, text, error, says] of refusals) {
    test(`${what}: ${error}`, async () => {
      const { status, body } = await client().requestToken({ grant_type: jwtBearer, assertion: text });
      expect({ status, error: body.error }).toEqual({ status: 400, error });
      expect(body.error_description).toMatch(says);
    });
  }
});

describe("sessions", () => {
  test("without one, or after it expired: 401; a new one works, the old one never again", async () => {
    const salesforce = client();
    const refused = { status: 401, body: [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }] };
    expect(await salesforce.send(query, {})).toMatchObject(refused);
    expect((await salesforce.get(query)).status).toBe(200);
    const old = salesforce.token;
    salesforce.salesforce.expireSessions();
    await salesforce.logIn();
    expect((await salesforce.get(query)).status).toBe(200);
    expect(await salesforce.send(query, { headers: { authorization: `Bearer ${old}` } })).toMatchObject(refused);
    expect(salesforce.salesforce.tokens()).toEqual([old, salesforce.token]);
  });
});

describe("limits", () => {
  test("every answer says how many requests were made", async () => {
    const salesforce = client({ dailyRequests: 3 });
    const usage = async (path: string) => (await salesforce.get(path)).headers.get("sforce-limit-info");
    expect([await usage(query), await usage("/services/data/v66.0/query?q=x")]).toEqual([
      "api-usage=1/3",
      "api-usage=2/3",
    ]);
    expect((await salesforce.get("/services/data/v66.0/limits")).body).toEqual({
      DailyApiRequests: { Max: 3, Remaining: 0 },
    });
    const refused = { status: 403, body: [{ errorCode: "REQUEST_LIMIT_EXCEEDED" }] };
    expect(await salesforce.get(query)).toMatchObject(refused);
    salesforce.now = new Date(salesforce.now.getTime() + 24 * 3600 * 1000);
    expect((await salesforce.get(query)).status).toBe(200);
  });

  test("a URI over 16,384 bytes is 414, headers and URI together 431, neither as JSON", async () => {
    const salesforce = client();
    const uri = await salesforce.get(`${query}&x=${"x".repeat(16_384)}`);
    const both = await salesforce.get(`${query}&x=${"x".repeat(9000)}`, { headers: { "x-long": "x".repeat(8000) } });
    expect([uri.status, both.status]).toEqual([414, 431]);
    expect([uri.body, both.body]).toEqual([expect.stringContaining("414"), expect.stringContaining("431")]);
  });

  test("500 ids fit in a request line, 600 do not (facts 2.3)", async () => {
    const salesforce = client();
    const asking = (ids: number) => {
      const list = Array.from({ length: ids }, (_, index) => `'0014M${String(index).padStart(10, "0")}QAK'`).join(",");
      const filter = "Inactive_Contact__c = false AND Role__c INCLUDES ('Gitlab Admin') AND Name != '' AND Email != ''";
      return `SELECT Name, Email, Account.Account_ID_18__c FROM Contact WHERE ${filter} AND Account.Account_ID_18__c IN (${list})`;
    };
    expect((await salesforce.query(asking(500))).status).toBe(200);
    expect((await salesforce.query(asking(600))).status).toBe(414);
  });
});

describe("everything else", () => {
  test("the versions need no session; old and future ones are refused", async () => {
    const salesforce = client();
    const { body } = await salesforce.send<Array<Record<string, string>>>("/services/data", {});
    expect(body).toContainEqual({ label: "Spring '26", url: "/services/data/v66.0", version: "66.0" });
    expect(body.at(-1)).toMatchObject({ label: "Winter '27", version: "68.0" });
    expect((await salesforce.get("/services/data/v30.0/limits")).status).toBe(410);
    expect((await salesforce.get("/services/data/v31.0/limits")).status).toBe(200);
    expect((await salesforce.get("/services/data/v69.0/limits")).status).toBe(404);
  });

  test("describe tells columns, lookups and child lists", async () => {
    const { body } = await client().get<Record<string, unknown>>("/services/data/v66.0/sobjects/Account/describe");
    expect(body.fields).toContainEqual(expect.objectContaining({ name: "CARR_This_Account__c", type: "double" }));
    expect(body.fields).toContainEqual(
      expect.objectContaining({ relationshipName: "Solutions_Architect_Lookup__r", referenceTo: ["User"] }),
    );
    expect(body.childRelationships).toContainEqual({
      childSObject: "Zuora__Subscription__c",
      field: "Zuora__Account__c",
      relationshipName: "Zuora__Subscriptions__r",
    });
    const contact = await client().get<Record<string, unknown>>("/services/data/v66.0/sobjects/contact/describe");
    expect(contact.body.fields).toContainEqual(
      expect.objectContaining({ name: "AccountId", type: "reference", relationshipName: "Account" }),
    );
  });

  test("what is not there: 404, what may not be written: 405", async () => {
    const salesforce = client();
    expect(await salesforce.get("/services/data/v66.0/sobjects/Foo/describe")).toMatchObject({
      status: 404,
      body: [{ errorCode: "NOT_FOUND" }],
    });
    expect((await salesforce.get("/elsewhere")).status).toBe(404);
    const init = { method: "POST", headers: { authorization: `Bearer ${salesforce.token}` } };
    expect((await salesforce.send("/services/data/v66.0/sobjects/Account", init)).status).toBe(405);
  });
});

describe("faults", () => {
  const ask = (kind: "empty" | "drop-record" | "duplicate-record") =>
    client().query("SELECT Name FROM Account", { fault: { kind } });

  test("empty: as if nothing was found", async () => {
    expect((await ask("empty")).body).toEqual({ totalSize: 0, done: true, records: [] });
  });

  test("drop-record: one is missing, and the total does not say so", async () => {
    const { body } = await ask("drop-record");
    expect(body.totalSize).toBe(3);
    expect(body.records.map(({ Name }) => Name)).toEqual(["A0", "A2"]);
  });

  test("duplicate-record: one twice, in the place of another", async () => {
    const { body } = await ask("duplicate-record");
    expect(body.totalSize).toBe(3);
    expect(body.records.map(({ Name }) => Name)).toEqual(["A0", "A0", "A2"]);
  });
});
