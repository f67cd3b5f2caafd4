import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import {
  clientUnderTest,
  GET,
  html,
  networkOfMsw,
  ok,
  POST,
  RECORDS,
} from "../../../test/support/http/client-under-test.ts";
import { AmbiguousWriteError, HttpError } from "./http-error.ts";

const { answers } = networkOfMsw();

describe("reads", () => {
  for (const [name, first] of Object.entries({
    "500": html(500),
    "502 in HTML": html(502),
    "503 in HTML": html(503),
    "a reset": () => HttpResponse.error(),
    "half a JSON": () => new HttpResponse('{"fine":', { status: 200 }),
  })) {
    test(`${name} is tried again`, async () => {
      const server = answers(first, ok);
      const { http, slept } = clientUnderTest();
      expect((await http.send(GET)).body).toEqual({ fine: true });
      expect(server.requests).toBe(2);
      expect(slept).toEqual([500]);
      expect(http.counts).toEqual({ reads: 2, writes: 0, retries: 1, waitedMs: 500 });
    });
  }

  test("gives up after eight attempts, with what, how often and what to do, but without the body", async () => {
    const server = answers(html(503));
    const failed = await clientUnderTest()
      .http.send(GET)
      .catch((error: unknown) => error);
    expect(server.requests).toBe(8);
    expect(failed).toBeInstanceOf(HttpError);
    expect(String(failed)).toContain("The service answered 503 to GET /records");
    expect(String(failed)).not.toContain("GmbH");
  });

  test("Retry-After as an HTTP date", async () => {
    const server = answers(html(503, { "retry-after": "Thu, 01 Jan 1970 00:00:05 GMT" }), ok);
    const { http, slept } = clientUnderTest();
    await http.send(GET);
    expect(server.requests).toBe(2);
    expect(slept).toEqual([5000]);
  });

  test("messages name no query: it may hold an address", async () => {
    answers(() => HttpResponse.json({ error: "RecordInvalid", description: "Secret GmbH" }, { status: 422 }));
    const error = await clientUnderTest()
      .http.send({ method: "GET", url: `${RECORDS}?query=sue%40example.com` })
      .catch(String);
    expect(error).toContain("answered 422 to GET /records (RecordInvalid)");
    expect(error).not.toMatch(/sue|query|GmbH/);
  });

  test("404 is final", async () => {
    const server = answers(() => HttpResponse.json({ error: "RecordNotFound" }, { status: 404 }));
    await expect(clientUnderTest().http.send(GET)).rejects.toThrow("404");
    expect(server.requests).toBe(1);
  });
});

describe("writes that must not be done twice", () => {
  for (const [name, first] of Object.entries({
    "500": html(500),
    "502 in HTML": html(502),
    "503 without Retry-After": html(503),
    "a reset": () => HttpResponse.error(),
    "half an answer": () => new HttpResponse("{", { status: 200 }),
  })) {
    test(`${name}: nobody knows, so it is not sent again (S5)`, async () => {
      const server = answers(first, ok);
      expect(
        await clientUnderTest()
          .http.send(POST)
          .catch((error: unknown) => error),
      ).toBeInstanceOf(AmbiguousWriteError);
      expect(server.requests).toBe(1);
    });
  }

  for (const [name, first] of Object.entries({
    "429": html(429),
    "409 DatabaseConflict": () => HttpResponse.json({ error: "DatabaseConflict" }, { status: 409 }),
    "503 with Retry-After": html(503, { "retry-after": "2" }),
  })) {
    test(`${name}: certainly not done, so it is sent again`, async () => {
      const server = answers(first, ok);
      expect((await clientUnderTest().http.send(POST)).body).toEqual({ fine: true });
      expect(server.requests).toBe(2);
    });
  }

  test("a repeatable one is sent again after anything that passes", async () => {
    const server = answers(html(500), () => HttpResponse.error(), ok);
    await clientUnderTest().http.send({ ...POST, method: "PUT", effect: "sets" });
    expect(server.requests).toBe(3);
  });
});

describe("credentials", () => {
  test("a 401 renews once and tries again; a second one is final", async () => {
    const server = answers(() => HttpResponse.json({ error: "Couldn't authenticate you" }, { status: 401 }));
    let renewals = 0;
    const { http } = clientUnderTest({ renew: async () => ++renewals > 0 });
    expect(await http.send(POST).catch((error: unknown) => error)).toBeInstanceOf(HttpError);
    expect([server.requests, renewals]).toEqual([2, 1]);
  });
});
