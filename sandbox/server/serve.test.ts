import { afterEach, describe, expect, test } from "bun:test";
import type { Fault, LoggedRequest } from "../types.ts";
import { Faults, faultFor } from "./faults.ts";
import { RequestLog } from "./request-log.ts";
import { serveApp } from "./serve.ts";

const running: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A service that remembers what was committed and answers with a body long enough to be cut. */
async function served(service: LoggedRequest["service"] = "zendesk-global") {
  const log = new RequestLog();
  const faults = new Faults();
  const committed: string[] = [];
  const fetch = (request: Request): Response => {
    committed.push(request.method);
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    return Response.json({ rows: Array.from({ length: 100 }, (_, id) => ({ id })), fault: faultFor(request)?.kind });
  };
  const { url, stop } = await serveApp({ service, fetch, log, faults });
  running.push(stop);
  return { url, log, faults, committed };
}

/** What fetch, or reading the body, rejects with. */
function failure(url: string, init?: RequestInit): Promise<unknown> {
  return fetch(url, init)
    .then((response) => response.text())
    .then(
      (text) => `answered: ${text.slice(0, 40)}`,
      (error) => error,
    );
}

describe("connections that break", () => {
  for (const method of ["GET", "POST", "PUT", "DELETE"]) {
    test(`lost-answer on ${method}: committed once, and the client sees a cut connection`, async () => {
      const { url, faults, committed, log } = await served();
      await (await fetch(url)).text();
      faults.add({ kind: "lost-answer", path: "/thing" });
      expect(await failure(`${url}/thing`, { method })).toMatchObject({ code: "ECONNRESET" });
      expect(committed).toEqual(["GET", method]);
      expect(log.entries.map(({ fault }) => fault)).toEqual([undefined, "lost-answer"]);
    });

    test(`reset on ${method}: the connection is cut in the body`, async () => {
      const { url, faults, committed } = await served();
      await (await fetch(url)).text();
      faults.add({ kind: "reset", method });
      expect(await failure(url, { method })).toMatchObject({ code: "ECONNRESET" });
      expect(committed).toHaveLength(2);
    });
  }

  test("reset: status and the first half arrive before the cut", async () => {
    const { url, faults } = await served();
    faults.add({ kind: "reset" });
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("stall: the body never ends, until the client gives up", async () => {
    const { url, faults } = await served();
    faults.add({ kind: "stall" });
    const giveUp = new AbortController();
    const response = await fetch(url, { signal: giveUp.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(100);
    const next = reader?.read();
    giveUp.abort();
    await expect(next).rejects.toMatchObject({ name: "AbortError" });
  });

  test("truncate: half of the body, cleanly ended", async () => {
    const { url, faults } = await served();
    const whole = await (await fetch(url)).text();
    faults.add({ kind: "truncate" });
    const half = await (await fetch(url)).text();
    expect(half).toBe(whole.slice(0, Math.ceil(whole.length / 2)));
  });
});

describe("errors instead of an answer", () => {
  const kinds: Array<[Fault["kind"], number, string, RegExp]> = [
    ["429", 429, "text/plain", /Number of allowed API requests/],
    ["429-bare", 429, "text/plain", /Number of allowed API requests/],
    ["500", 500, "application/json", /error/],
    ["502-html", 502, "text/html", /<html>/],
    ["503-html", 503, "text/html", /<html>/],
    ["409", 409, "application/json", /DatabaseConflict/],
    ["401", 401, "application/json", /Couldn't authenticate you/],
    ["404", 404, "application/json", /RecordNotFound/],
  ];
  for (const [kind, status, type, body] of kinds) {
    test(`${kind}: nothing is committed`, async () => {
      const { url, faults, committed, log } = await served();
      faults.add({ kind });
      const response = await fetch(url, { method: "POST", body: '{"a":1}' });
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toStartWith(type);
      expect(await response.text()).toMatch(body);
      expect(committed).toEqual([]);
      expect(log.entries).toMatchObject([{ status, fault: kind, body: { a: 1 } }]);
    });
  }

  test("Retry-After: seconds, an HTTP date, or none", async () => {
    const { url, faults, log } = await served();
    faults.add({ kind: "429", retryAfter: 7 });
    faults.add({ kind: "429-date", retryAfter: 60 });
    faults.add({ kind: "429-bare", retryAfter: 7 });
    expect((await fetch(url)).headers.get("retry-after")).toBe("7");
    const date = (await fetch(url)).headers.get("retry-after") ?? "";
    expect(new Date(date).toUTCString()).toBe(date);
    expect((await fetch(url)).headers.get("retry-after")).toBeNull();
    // The log says until when.
    expect(log.entries.map(({ at, retryAt }) => (retryAt === undefined ? "none" : retryAt >= at + 7000))).toEqual([
      true,
      true,
      "none",
    ]);
    expect(log.entries[1]?.retryAt).toBe(Date.parse(date));
  });

  test("each service refuses a session in its own words", async () => {
    const words = { salesforce: /INVALID_SESSION_ID/, gitlab: /401 Unauthorized/, slack: /invalid_auth/ };
    for (const service of ["salesforce", "gitlab", "slack"] as const) {
      const { url, faults } = await served(service);
      faults.add({ kind: "401" });
      const response = await fetch(url);
      expect(response.status).toBe(service === "slack" ? 200 : 401);
      expect(await response.text()).toMatch(words[service]);
    }
  });

  test("a fault that only the service can play is handed to it", async () => {
    const { url, faults } = await served();
    faults.add({ kind: "empty" });
    expect(await (await fetch(url)).json()).toMatchObject({ fault: "empty" });
    expect(await (await fetch(url)).json()).not.toHaveProperty("fault");
  });
});

describe("which request a fault is played on", () => {
  const request = { service: "gitlab" as const, method: "PUT", path: "/a?page[size]=1" };

  test("service, method and path all have to match", () => {
    for (const other of [{ service: "slack" as const }, { method: "GET" }, { path: "page\\[after\\]" }]) {
      const faults = new Faults();
      faults.add({ kind: "500", ...other });
      expect(faults.take(request)).toBeUndefined();
    }
    const faults = new Faults();
    faults.add({ kind: "500", service: "gitlab", method: "put", path: "page\\[size\\]" });
    expect(faults.take(request)?.kind).toBe("500");
  });

  test("`after` skips matching requests, `times` bounds the plays", () => {
    const faults = new Faults();
    faults.add({ kind: "500", after: 2, times: 2 });
    expect([1, 2, 3, 4, 5].map(() => faults.take(request)?.kind)).toEqual([
      undefined,
      undefined,
      "500",
      "500",
      undefined,
    ]);
  });

  test("faults that match the same request take turns", () => {
    const faults = new Faults();
    faults.add({ kind: "500" });
    faults.add({ kind: "404" });
    expect([1, 2, 3].map(() => faults.take(request)?.kind)).toEqual(["500", "404", undefined]);
    faults.add({ kind: "409" });
    faults.clear();
    expect(faults.take(request)).toBeUndefined();
  });
});

test("the log has the decoded path, the parsed body and the status, in order of answer", async () => {
  const { url, log } = await served();
  await (await fetch(`${url}/list?page%5Bsize%5D=100`)).text();
  await (await fetch(`${url}/form`, { method: "POST", body: new URLSearchParams({ scope: "read" }) })).text();
  await fetch(`${url}/gone`, { method: "DELETE" });
  const common = { service: "zendesk-global" as const, at: expect.any(Number) };
  expect(log.entries).toEqual([
    { ...common, method: "GET", path: "/list?page[size]=100", status: 200 },
    { ...common, method: "POST", path: "/form", status: 200, body: { scope: "read" } },
    { ...common, method: "DELETE", path: "/gone", status: 204 },
  ]);
  const { entries } = log;
  log.clear();
  expect(entries).toEqual([]);
});
