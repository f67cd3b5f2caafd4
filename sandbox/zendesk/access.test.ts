import { describe, expect, test } from "bun:test";
import { credentials, seedOrganization, seedUser, type TestInstance, testInstance } from "../test/zendesk.ts";

async function bearer(instance: TestInstance, scope: string): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = credentials;
  const body = { grant_type: "client_credentials", client_id, client_secret, scope };
  return `Bearer ${(await instance.call("POST", "/oauth/tokens", body, "")).body.access_token}`;
}

describe("OAuth client credentials", () => {
  test("a read token reads, and is refused every write", async () => {
    const instance = testInstance({ organizations: [seedOrganization(1, "One")] });
    const token = await bearer(instance, "read");
    expect((await instance.call("GET", "/api/v2/organizations/1", undefined, token)).status).toBe(200);
    const write = await instance.call("PUT", "/api/v2/organizations/1", { organization: { notes: "x" } }, token);
    expect(write.status).toBe(403);
    expect(instance.zendesk.state().organizations).toMatchObject([{ notes: null }]);
  });

  test("scopes of one resource cover that resource only", async () => {
    const instance = testInstance();
    const token = await bearer(instance, "organizations:read");
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(200);
    expect((await instance.call("GET", "/api/v2/users", undefined, token)).status).toBe(403);
  });

  test("a misspelled scope is granted, and then every call is refused", async () => {
    const instance = testInstance();
    const token = await bearer(instance, "read wirte");
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(403);
    const { body } = await instance.call("GET", "/api/v2/users/me", undefined, token);
    expect(body.error).toMatchObject({ title: "Forbidden" });
  });

  test("a token ends after half an hour", async () => {
    const instance = testInstance();
    const token = await bearer(instance, "read write");
    instance.wait(1799);
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(200);
    instance.wait(1);
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(401);
  });

  test("a token lives as long as was asked for, within Zendesk's bounds", async () => {
    const instance = testInstance();
    const { clientId: client_id, clientSecret: client_secret } = credentials;
    const ask = (expires_in: unknown) =>
      instance.call(
        "POST",
        "/oauth/tokens",
        { grant_type: "client_credentials", client_id, client_secret, expires_in },
        "",
      );
    for (const refused of [0, 300, 172_800, -1, "soon"]) expect((await ask(refused)).status).toBe(400);
    const { body } = await ask(301);
    expect(body).toMatchObject({ expires_in: 301 });
    instance.wait(300);
    const token = `Bearer ${body.access_token}`;
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(200);
    instance.wait(1);
    expect((await instance.call("GET", "/api/v2/organizations", undefined, token)).status).toBe(401);
  });

  test("a token is ended by its id; ending `current` says so and does nothing", async () => {
    const instance = testInstance();
    const [token, other] = [await bearer(instance, "read write"), await bearer(instance, "read")];
    const current = () => instance.call("GET", "/api/v2/oauth/tokens/current.json", undefined, token);
    const { id, scopes } = ((await current()).body as unknown as { token: { id: number; scopes: string[] } }).token;
    expect(scopes).toEqual(["read", "write"]);
    expect((await instance.call("DELETE", "/api/v2/oauth/tokens/current.json", undefined, token)).status).toBe(204);
    expect((await current()).status).toBe(200);
    const revoke = (authorization: string) =>
      instance.call("DELETE", `/api/v2/oauth/tokens/${id}.json`, undefined, authorization);
    expect((await revoke(other)).status).toBe(403);
    expect((await revoke(token)).status).toBe(204);
    expect((await current()).status).toBe(401);
    expect(instance.zendesk.validTokens()).toEqual([["read"]]);
  });

  test("an API token is no OAuth token", async () => {
    expect((await testInstance().call("GET", "/api/v2/oauth/tokens/current")).status).toBe(404);
  });

  test("a wrong secret gets no token; a form is taken as well as JSON", async () => {
    const instance = testInstance();
    const { clientId: client_id, clientSecret: client_secret } = credentials;
    const wrong = { grant_type: "client_credentials", client_id, client_secret: "guess", scope: "read" };
    expect((await instance.call("POST", "/oauth/tokens", wrong, "")).status).toBe(401);
    const body = new URLSearchParams({ ...wrong, client_secret });
    const form = new Request("https://example.zendesk.com/oauth/tokens", { method: "POST", body });
    expect(await (await instance.zendesk.fetch(form)).json()).toMatchObject({ token_type: "bearer", scope: "read" });
    expect(instance.zendesk.tokens()).toHaveLength(1);
  });
});

describe("API token", () => {
  const basic = (user: string, secret: string): string => `Basic ${btoa(`${user}:${secret}`)}`;

  test("without credentials: 401 everywhere, but 200 and an anonymous user on users/me", async () => {
    const { call } = testInstance();
    const refused = await call("GET", "/api/v2/organizations", undefined, "");
    expect(refused.status).toBe(401);
    expect(refused.body).toEqual({ error: "Couldn't authenticate you" } as never);
    for (const nobody of ["", basic(credentials.email, "password")]) {
      const me = await call("GET", "/api/v2/users/me.json", undefined, nobody);
      expect(me.status).toBe(200);
      expect(me.body.user).toMatchObject({ id: null, name: "Anonymous user" });
    }
  });

  test("a wrong API token is 401 on users/me too; the right one finds its user", async () => {
    const { call } = testInstance({ users: [seedUser(7, credentials.email, { role: "admin" })] });
    const wrong = basic(`${credentials.email}/token`, "guess");
    expect((await call("GET", "/api/v2/users/me", undefined, wrong)).status).toBe(401);
    expect((await call("GET", "/api/v2/users/me")).body.user).toMatchObject({ id: 7, role: "admin" });
  });
});

describe("rate limits", () => {
  test("the account's fixed minute: text/plain when it is used up, full again when it ends", async () => {
    const { call, wait } = testInstance({ behaviour: { requestsPerMinute: 2 } });
    const first = await call("GET", "/api/v2/organizations");
    expect(first.headers.get("x-rate-limit")).toBe("2");
    expect(first.headers.get("x-rate-limit-remaining")).toBe("1");
    expect(first.headers.get("ratelimit-reset")).toBe("60");
    wait(18);
    await call("GET", "/api/v2/organizations");
    const refused = await call("GET", "/api/v2/organizations");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("42");
    expect(refused.headers.get("content-type")).toStartWith("text/plain");
    expect(refused.body.text).toBe("Number of allowed API requests per minute exceeded");
    wait(42);
    const again = await call("GET", "/api/v2/organizations");
    expect(again.headers.get("ratelimit-remaining")).toBe("1");
  });

  test("compressed windows announce whole seconds, at least one", async () => {
    const { call } = testInstance({ behaviour: { requestsPerMinute: 0 }, factor: 600 });
    expect((await call("GET", "/api/v2/organizations")).headers.get("retry-after")).toBe("1");
  });

  test("one organization takes five single updates a minute, with a body of its own after that", async () => {
    const { call, wait } = testInstance({ organizations: [seedOrganization(1, "One"), seedOrganization(2, "Two")] });
    const update = (id: number) => call("PUT", `/api/v2/organizations/${id}`, { organization: { notes: "x" } });
    for (let count = 0; count < 5; count += 1) expect((await update(1)).status).toBe(200);
    const refused = await update(1);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ errors: [{ code: "TooManyRequests" }] });
    expect(Number(refused.headers.get("x-rate-limit-remaining"))).toBeGreaterThan(600);
    expect((await update(2)).status).toBe(200);
    wait(60);
    expect((await update(1)).status).toBe(200);
  });

  test("users: one single update a second for the account, five a minute for each", async () => {
    const { call, wait } = testInstance({ users: [seedUser(1, "a@example.com"), seedUser(2, "b@example.com")] });
    const update = (id: number) => call("PUT", `/api/v2/users/${id}`, { user: { notes: "x" } });
    expect((await update(1)).status).toBe(200);
    expect((await update(2)).status).toBe(429);
    for (let count = 0; count < 4; count += 1) {
      wait(1);
      expect((await update(1)).status).toBe(200);
    }
    wait(1);
    expect((await update(1)).status).toBe(429);
    wait(1);
    expect((await update(2)).status).toBe(200);
  });
});
