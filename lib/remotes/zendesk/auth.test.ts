import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import { optionsOfMsw, zendeskOfMsw } from "../../../test/support/zendesk/zendesk-of-msw.ts";
import { CredentialError } from "../../errors.ts";
import { ZendeskClient } from "./client.ts";

const zendesk = zendeskOfMsw();
const fine = () => HttpResponse.json({ fine: true });
const unauthorized = () => HttpResponse.json({ error: "Couldn't authenticate you" }, { status: 401 });

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("S9: OAuth client credentials", () => {
  test("one token for requests side by side, with no more than the scope wanted", async () => {
    zendesk.answers(fine);
    const client = new ZendeskClient(optionsOfMsw().options, "read");
    await Promise.all([client.get("/a"), client.get("/b"), client.get("/c")]);
    expect(zendesk.tokens().map(({ body }) => body)).toEqual([
      {
        grant_type: "client_credentials",
        client_id: "client",
        client_secret: "secret-of-client",
        scope: "read",
        expires_in: 3_600,
      },
    ]);
    expect(new Set(zendesk.requests().map(({ authorization }) => authorization))).toEqual(new Set(["Bearer token-1"]));
  });

  test("renewed a minute before it ends, once for all requests", async () => {
    zendesk.answers(fine);
    const { options, pass } = optionsOfMsw();
    const client = new ZendeskClient(options, "read");
    await client.get("/a");
    pass(1_739_000);
    await client.get("/a");
    expect(zendesk.tokens()).toHaveLength(1);
    pass(2_000);
    await Promise.all([client.get("/a"), client.get("/b")]);
    expect(zendesk.tokens()).toHaveLength(2);
    expect(zendesk.requests().at(-1)?.authorization).toBe("Bearer token-2");
  });

  test("a token refused early is renewed once, also where several requests find it out", async () => {
    zendesk.answers(({ authorization }) => (authorization === "Bearer token-1" ? unauthorized() : fine()));
    const client = new ZendeskClient(optionsOfMsw().options, "read");
    await Promise.all([client.get("/a"), client.get("/b"), client.get("/c")]);
    expect(zendesk.tokens()).toHaveLength(2);
  });

  test("a write refused with 401 was not done: it is sent again with the new token", async () => {
    zendesk.answers(({ authorization }) => (authorization === "Bearer token-1" ? unauthorized() : fine()));
    await new ZendeskClient(optionsOfMsw().options, "read write").write("POST", "/a", {}, "adds");
    expect(zendesk.requests()).toHaveLength(2);
  });

  test("refused for good: renewed once, not for ever", async () => {
    zendesk.answers(unauthorized);
    const error = await failureOf(new ZendeskClient(optionsOfMsw().options, "read").get("/a"));
    expect(String(error)).toContain("answered 401 to GET /api/v2/a");
    expect([zendesk.tokens().length, zendesk.requests().length]).toEqual([2, 2]);
  });

  test("fewer scopes than wanted: nothing is sent, and the message names scope and setting", async () => {
    zendesk.answers(fine);
    zendesk.grants(() => HttpResponse.json({ access_token: "x", scope: "read" }));
    const error = await failureOf(
      new ZendeskClient(optionsOfMsw().options, "read write").write("POST", "/a", {}, "adds"),
    );
    expect(error).toBeInstanceOf(CredentialError);
    expect(String(error)).toMatch(/the scope "write".*ZENDESK_GLOBAL_CLIENT_ID/);
    expect(zendesk.requests()).toEqual([]);
  });

  test("B7: a token is asked for no longer than the work takes; an account that refuses that gets the request without it", async () => {
    zendesk.answers(fine);
    await new ZendeskClient(optionsOfMsw({ tokenSeconds: 900 }).options, "read").get("/a");
    expect(zendesk.tokens().map(({ body }) => (body as { expires_in?: number }).expires_in)).toEqual([900]);
    zendesk.grants((scope, count) =>
      count === 2
        ? HttpResponse.json({ error: "invalid_request" }, { status: 400 })
        : HttpResponse.json({ access_token: "x", scope }),
    );
    const client = new ZendeskClient(optionsOfMsw().options, "read");
    expect(await client.get("/a")).toEqual({ fine: true });
    expect(zendesk.tokens().map(({ body }) => (body as { expires_in?: number }).expires_in)).toEqual([
      900,
      3_600,
      undefined,
    ]);
  });

  test("B7: every token that may write and has not ended is revoked with its own rights, and no reading one", async () => {
    zendesk.answers(({ path, authorization }) =>
      path === "/oauth/tokens/current.json"
        ? HttpResponse.json({ token: { id: Number(authorization?.split("-")[1]) } })
        : fine(),
    );
    const { options, pass } = optionsOfMsw();
    const [reader, writer] = [new ZendeskClient(options, "read"), new ZendeskClient(options, "read write")];
    await reader.get("/a");
    await writer.get("/a");
    // The first one ends while the second is in use.
    pass(1_745_000);
    await writer.get("/a");
    pass(60_000);
    await writer.get("/a");
    await Promise.all([reader.close(), writer.close()]);
    await writer.close();
    expect(
      zendesk
        .requests()
        .filter(({ method }) => method === "DELETE")
        .map(({ path, authorization }) => `${path} ${authorization}`),
    ).toEqual(["/oauth/tokens/3.json Bearer token-3"]);
  });

  test("B7: a credential that was never used has nothing to revoke; one that is refused has ended", async () => {
    zendesk.answers(({ method }) => (method === "DELETE" ? unauthorized() : HttpResponse.json({ token: { id: 1 } })));
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const unused = new ZendeskClient(optionsOfMsw({ onWarning }).options, "read write");
    await unused.close();
    expect(zendesk.requests()).toEqual([]);
    const used = new ZendeskClient(optionsOfMsw({ onWarning }).options, "read write");
    await used.get("/a");
    await used.close();
    expect(warnings).toEqual([]);
  });

  for (const [name, answer, hint] of [
    ["a wrong secret", () => HttpResponse.json({ error: "invalid_client" }, { status: 401 }), "invalid_client"],
    ["no token", () => HttpResponse.json({ hello: 1 }), "ZENDESK_GLOBAL_URL"],
    ["another site", () => new HttpResponse("<html>", { status: 404 }), "404"],
    ["a redirection", () => new HttpResponse(null, { status: 302, headers: { location: "/x" } }), "redirect"],
  ] as const) {
    test(`${name} is an error of credentials that repeats no secret`, async () => {
      zendesk.answers(fine);
      zendesk.grants(answer);
      const error = await failureOf(new ZendeskClient(optionsOfMsw().options, "read").get("/a"));
      expect(error).toBeInstanceOf(CredentialError);
      expect(String(error)).toContain(hint);
      expect(Bun.inspect(error)).not.toContain("secret-of-client");
    });
  }

  test("a token service that is down for a moment is asked again, and is no error of credentials", async () => {
    zendesk.answers(fine);
    zendesk.grants((_, count) =>
      count === 1 ? new HttpResponse("<html>", { status: 502 }) : HttpResponse.json({ access_token: "x" }),
    );
    const client = new ZendeskClient(optionsOfMsw().options, "read");
    expect(await client.get("/a")).toEqual({ fine: true });
    zendesk.grants(() => new HttpResponse("<html>", { status: 502 }));
    const error = await failureOf(new ZendeskClient(optionsOfMsw().options, "read").get("/a"));
    expect(error).not.toBeInstanceOf(CredentialError);
    expect(String(error)).toContain("502");
  });
});

describe("an API token", () => {
  const auth = { kind: "api-token", email: "admin@example.com", token: "api-token-of-test" } as const;

  test("goes along as basic authentication", async () => {
    zendesk.answers(fine);
    await new ZendeskClient(optionsOfMsw({ auth }).options, "read write").get("/a");
    const expected = `Basic ${btoa("admin@example.com/token:api-token-of-test")}`;
    expect(zendesk.requests().map(({ authorization }) => authorization)).toEqual([expected]);
    expect(zendesk.tokens()).toEqual([]);
  });

  test("refused, there is no other", async () => {
    zendesk.answers(unauthorized);
    const error = await failureOf(new ZendeskClient(optionsOfMsw({ auth }).options, "read").get("/a"));
    expect(String(error)).toContain("401");
    expect(zendesk.requests()).toHaveLength(1);
  });
});
