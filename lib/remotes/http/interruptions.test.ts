import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import {
  clientUnderTest,
  failureOf,
  GET,
  html,
  networkOfMsw,
  ok,
  POST,
} from "../../../test/support/http/client-under-test.ts";
import { StoppedError } from "../../errors.ts";
import { AmbiguousWriteError, HttpError } from "./http-error.ts";

const { answers } = networkOfMsw();

/** A server of the test's own: msw's bodies do not end with the signal. */
async function stalling<T>(use: (url: string, requests: () => number) => Promise<T>): Promise<T> {
  const half = new TextEncoder().encode('{"fine":');
  let requests = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: () => (++requests > 1 ? ok() : new Response(new ReadableStream({ start: (body) => body.enqueue(half) }))),
  });
  try {
    return await use(`http://127.0.0.1:${server.port}/records`, () => requests);
  } finally {
    await server.stop(true);
  }
}

describe("a body that never ends", () => {
  test("is cut off by the time-out of the attempt, and asked for again", async () => {
    await stalling(async (url, requests) => {
      expect((await clientUnderTest({ timeoutMs: 400 }).http.send({ ...GET, url })).body).toEqual({ fine: true });
      expect(requests()).toBe(2);
    });
  });

  test("S5: of a write that adds: it may have been done, so it is not sent again", async () => {
    await stalling(async (url, requests) => {
      const error = await failureOf(clientUnderTest({ timeoutMs: 400 }).http.send({ ...POST, url }));
      expect(error).toBeInstanceOf(AmbiguousWriteError);
      expect(String(error)).toContain("no complete response within 0.4 s");
      expect(requests()).toBe(1);
    });
  });
});

describe("what an earlier attempt left open", () => {
  for (const [name, second] of Object.entries({
    "a refusal": html(422),
    "a rate limit": html(429, { "retry-after": "900" }),
  })) {
    test(`S5: ${name} after a cut connection does not say that nothing was done`, async () => {
      answers(() => HttpResponse.error(), second);
      const error = await clientUnderTest()
        .http.send({ ...POST, method: "PUT", effect: "sets" })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AmbiguousWriteError);
    });
  }

  test("a request without effect may have been done and is refused like a read", async () => {
    answers(() => HttpResponse.error(), html(422));
    const error = await clientUnderTest()
      .http.send({ ...POST, effect: "none" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HttpError);
  });
});

describe("nobody at the address", () => {
  test("a write is tried again, for nothing can have been done, and is no riddle in the end", async () => {
    const { http, slept } = clientUnderTest();
    const error = await http.send({ ...POST, url: "http://127.0.0.1:1/" }).catch((thrown: unknown) => thrown as Error);
    expect(error).not.toBeInstanceOf(AmbiguousWriteError);
    expect(String(error)).toContain("failed 8 times: no connection to this host");
    expect(slept).toHaveLength(7);
  });
});

describe("the signal to stop", () => {
  test("ends a wait at once", async () => {
    answers(html(503, { "retry-after": "60" }));
    const stop = new AbortController();
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("woken")));
        stop.abort();
      });
    const error = await clientUnderTest({ sleep, signal: stop.signal })
      .http.send(GET)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoppedError);
  });

  test("cuts off a request in flight: a read is stopped, a write may have been done", async () => {
    for (const [request, kind] of [
      [GET, StoppedError],
      [POST, AmbiguousWriteError],
      [{ ...POST, method: "PUT", effect: "sets" }, AmbiguousWriteError],
    ] as const) {
      const stop = new AbortController();
      const server = answers(async () => {
        stop.abort();
        return new HttpResponse(new ReadableStream({}));
      });
      const error = await clientUnderTest({ signal: stop.signal })
        .http.send(request)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(kind);
      expect(server.requests).toBe(1);
    }
  });

  test("no request is made after it", async () => {
    const server = answers(ok);
    const error = await clientUnderTest({ signal: AbortSignal.abort() })
      .http.send(POST)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoppedError);
    expect(server.requests).toBe(0);
  });
});
