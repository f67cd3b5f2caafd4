import { describe, expect, test } from "bun:test";
import { createVerify, generateKeyPairSync } from "node:crypto";
import {
  apiError,
  brokenBody,
  FakeOrg,
  type Interception,
  sessionExpired,
} from "../../../test/support/salesforce/fake-org.ts";
import { accountRecord } from "../../../test/support/salesforce/records.ts";
import { connectSalesforce } from "./connect.ts";
import type { SalesforceReader } from "./ports.ts";
import type { SessionOptions } from "./session.ts";

/** No waiting between attempts. */
const AT_ONCE: SessionOptions = { sleep: async () => {} };
const records = Array.from({ length: 4 }, (_, index) => accountRecord(index));
const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

function org(intercept?: Interception): FakeOrg {
  return new FakeOrg({ records, pageSize: 2, ...(intercept ? { intercept } : {}) });
}

async function countAccounts(reader: SalesforceReader): Promise<number> {
  let count = 0;
  for await (const page of reader.accounts("2026-11-23")) count += page.accounts.length;
  return count;
}

/** What reading all accounts fails with. */
async function failure(fake: FakeOrg, options: SessionOptions = AT_ONCE): Promise<Error> {
  const reading = connectSalesforce(fake.settings, options).then(countAccounts);
  return reading.then(
    () => {
      throw new Error("nothing failed");
    },
    (error: Error) => error,
  );
}

const isQuery = (request: Request) => new URL(request.url).pathname.includes("/query");
const isToken = (request: Request) => new URL(request.url).pathname.endsWith("/token");

describe("the session", () => {
  test("however many requests are refused side by side, Salesforce is asked once which versions it has", async () => {
    await using fake = org((request) => (isQuery(request) ? apiError(404, "NOT_FOUND", "not here") : undefined));
    const reader = await connectSalesforce(fake.settings, AT_ONCE);
    const ends = await Promise.allSettled([reader.partners(null), reader.mergedAccounts(), countAccounts(reader)]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(fake.requests.filter(({ path }) => path === "/services/data")).toHaveLength(1);
  });

  test("an expired session is renewed, and the reading goes on where it was", async () => {
    await using fake = org((request, count) => (isQuery(request) && count === 1 ? sessionExpired() : undefined));
    expect(await countAccounts(await connectSalesforce(fake.settings, AT_ONCE))).toBe(4);
    expect(fake.tokens).toBeGreaterThan(1);
  });

  test("a session that is refused for ever ends in an error after a few renewals", async () => {
    await using fake = org((request) => (isQuery(request) ? sessionExpired() : undefined));
    const error = await failure(fake);
    expect(error.name).toBe("RemoteError");
    expect(error.message).toContain("refused the session again after 5 renewals");
    expect(fake.requests.length).toBeLessThan(20);
  });

  test("a renewal that fails tells why it failed", async () => {
    await using fake = org((request, count) => {
      if (isQuery(request)) return sessionExpired();
      return count === 1 ? undefined : Response.json({ error: "inactive_user" }, { status: 400 });
    });
    const error = await failure(fake);
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toContain("inactive_user");
  });

  test("requests go to the instance that the log-in names, not to the login URL", async () => {
    await using instance = org();
    instance.tokens = 1;
    await using login = org((request) =>
      isToken(request) ? Response.json({ access_token: "token-1", instance_url: instance.url }) : undefined,
    );
    const reader = await connectSalesforce(login.settings, AT_ONCE);
    expect(await countAccounts(reader)).toBe(4);
    expect(reader.host).toBe(new URL(instance.url).host);
    expect(login.requests.map((one) => one.path)).toEqual(["/services/oauth2/token"]);
  });

  test("an instance that changes in mid-run ends it", async () => {
    await using fake = org((request, count) => {
      if (isQuery(request)) return sessionExpired();
      const instance_url = count === 1 ? undefined : "http://127.0.0.1:1";
      return instance_url ? Response.json({ access_token: "x", instance_url }) : undefined;
    });
    expect((await failure(fake)).message).toContain("to 127.0.0.1:1 during the run");
  });
});

describe("logging in", () => {
  test("by client credentials", async () => {
    await using fake = org();
    await connectSalesforce(fake.settings, AT_ONCE);
    expect(Object.fromEntries(fake.requests[0]?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      client_id: "client",
      client_secret: "the-client-secret",
    });
  });

  test("by JWT bearer, with a key whose line ends are written as \\n", async () => {
    await using fake = org();
    const auth = {
      kind: "jwt",
      clientId: "client",
      username: "sync@example.com",
      privateKey: privateKey.replaceAll("\n", "\\n"),
    } as const;
    await connectSalesforce({ loginUrl: fake.url, auth }, { ...AT_ONCE, now: () => new Date("2026-11-23T10:00:00Z") });
    const form = fake.requests[0]?.form;
    expect(form?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [header = "", payload = "", signature = ""] = form?.get("assertion")?.split(".") ?? [];
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "RS256" });
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual({
      iss: "client",
      sub: "sync@example.com",
      aud: fake.url,
      exp: Date.parse("2026-11-23T10:02:00Z") / 1000,
    });
    const verified = createVerify("RSA-SHA256").update(`${header}.${payload}`);
    expect(verified.verify(publicKey, signature, "base64url")).toBe(true);
  });

  test("a private key that is none is told without quoting it", async () => {
    const auth = { kind: "jwt", clientId: "client", username: "u", privateKey: "hunter2-hunter2" } as const;
    const error = await connectSalesforce({ loginUrl: "http://127.0.0.1:1", auth }).catch((thrown: Error) => thrown);
    expect(String(error)).toStartWith("ConfigurationError: SALESFORCE_PRIVATE_KEY: is not an RSA private key");
    expect(String(error)).not.toContain("hunter2");
  });

  test.each<[string, number, object | string, string]>([
    [
      "a wrong secret",
      401,
      { error: "invalid_client", error_description: "invalid client credentials" },
      "SALESFORCE_CLIENT_SECRET:",
    ],
    [
      "an unknown app",
      400,
      { error: "invalid_client_id", error_description: "client identifier invalid" },
      "SALESFORCE_CLIENT_ID:",
    ],
    [
      "login.salesforce.com",
      400,
      { error: "invalid_grant", error_description: "request not supported on this domain" },
      "SALESFORCE_LOGIN_URL:",
    ],
    [
      "no run-as user",
      400,
      { error: "invalid_grant", error_description: "no client credentials user enabled" },
      "SALESFORCE_CLIENT_ID:",
    ],
    ["no such page", 404, "<html>not here</html>", "SALESFORCE_LOGIN_URL:"],
  ])("%s names the setting to look at", async (_, status, body, start) => {
    const answer = () => (typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status }));
    await using fake = org((request) => (isToken(request) ? answer() : undefined));
    const error = await failure(fake);
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toStartWith(start);
    expect(error.message).toContain(new URL(fake.url).host);
    expect(error.message).not.toContain("the-client-secret");
  });

  test("an answer without instance_url is no log-in", async () => {
    await using fake = org((request) => (isToken(request) ? Response.json({ access_token: "x" }) : undefined));
    expect((await failure(fake)).message).toContain("without a usable access_token and instance_url");
  });

  test("a server that fails once does not end the run", async () => {
    await using fake = org((request, count) =>
      isToken(request) && count === 1 ? new Response("", { status: 503 }) : undefined,
    );
    expect(await countAccounts(await connectSalesforce(fake.settings, AT_ONCE))).toBe(4);
  });
});

describe("the transport", () => {
  test.each<[string, () => Response]>([
    ["a connection cut in mid-body", () => brokenBody("reset")],
    ["a body that never ends", () => brokenBody("stall")],
    [
      "half of a JSON text",
      () => new Response('{"totalSize":4,"rec', { headers: { "content-type": "application/json" } }),
    ],
    ["a maintenance page", () => new Response("<html>", { status: 503, headers: { "content-type": "text/html" } })],
    ["a page instead of JSON", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    [
      "too many long requests",
      () => apiError(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    ],
  ])("%s: asked again, and nothing is lost", async (_, answer) => {
    await using fake = org((request, count) => (isQuery(request) && count === 1 ? answer() : undefined));
    const reader = await connectSalesforce(fake.settings, { ...AT_ONCE, timeoutMs: 300 });
    expect(await countAccounts(reader)).toBe(4);
  });

  test("what stays broken is told after the last attempt", async () => {
    await using fake = org((request) => (isQuery(request) ? brokenBody("stall") : undefined));
    const error = await failure(fake, { ...AT_ONCE, timeoutMs: 20, retryBudget: { maxAttempts: 3 } });
    expect(error.name).toBe("RemoteError");
    expect(error.message).toContain("no complete response within 0.02 s, 3 times in a row");
  });

  test("a connection that never comes about is told with the setting", async () => {
    const settings = {
      loginUrl: "http://127.0.0.1:1",
      auth: { kind: "client-credentials", clientId: "c", clientSecret: "s" },
    } as const;
    const error = await connectSalesforce(settings, { ...AT_ONCE, retryBudget: { maxAttempts: 2 } }).catch(
      (thrown: Error) => thrown,
    );
    expect(String(error)).toContain("SALESFORCE_LOGIN_URL");
    expect(String(error)).toContain("127.0.0.1:1");
  });
});

describe("refused requests", () => {
  const refused = (status: number, code: string, message: string) =>
    org((request) => (isQuery(request) ? apiError(status, code, message) : undefined));

  test("a field that cannot be seen is named", async () => {
    const message =
      "\nSELECT Health__c FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such column 'Health__c' on entity 'Account'. If you are";
    await using fake = refused(400, "INVALID_FIELD", message);
    const error = await failure(fake);
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toStartWith("Salesforce field Account.Health__c: ");
    expect(error.message).not.toContain("SELECT");
  });

  test("the daily limit is told, and not asked again", async () => {
    await using fake = refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    expect((await failure(fake)).message).toContain("the daily limit of API calls is reached");
    expect(fake.requests.filter((one) => one.path.includes("/query"))).toHaveLength(1);
  });

  test("anything else is told by its code, never by its text", async () => {
    await using fake = refused(400, "MALFORMED_QUERY", "near 'sue@example.com'");
    const error = await failure(fake);
    expect(error.message).toContain("(MALFORMED_QUERY)");
    expect(error.message).not.toContain("sue");
  });

  test("a user that may not use the API is wrong credentials (A11), and the permission is named", async () => {
    await using fake = refused(403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner");
    const error = await failure(fake);
    expect(error.name).toBe("CredentialError");
    expect(error.message).toContain('"API Enabled"');
  });

  test("a locator that was forgotten", async () => {
    await using fake = refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    expect((await failure(fake)).message).toContain("lost the query's cursor");
  });
});
