import { describe, expect, test } from "bun:test";
import { HttpResponse, http } from "msw";
import { clientUnderTest, GET, html, networkOfMsw, ok } from "./testing/client-under-test.ts";

const { answers, network } = networkOfMsw();

describe("rate limits", () => {
  test("a 429 in plain text waits for Retry-After, and so does every other request of the client", async () => {
    const server = answers(
      () =>
        new HttpResponse("Number of allowed API requests per minute exceeded", {
          status: 429,
          headers: { "retry-after": "9" },
        }),
      ok,
    );
    const { http, slept } = clientUnderTest();
    await http.send(GET);
    expect(server.requests).toBe(2);
    expect(slept).toEqual([9000]);
  });

  test("nothing left of the quota: the next request waits for the end of the window", async () => {
    const server = answers(
      () => HttpResponse.json({}, { headers: { "ratelimit-remaining": "0", "ratelimit-reset": "4" } }),
      ok,
    );
    const { http, slept } = clientUnderTest();
    await http.send(GET);
    await http.send(GET);
    expect(server.requests).toBe(2);
    expect(slept).toEqual([4000]);
  });

  test("after a 429, a request that began elsewhere meanwhile waits too: one pause for the whole client", async () => {
    const server = answers(html(429, { "retry-after": "9" }), ok);
    const { http, slept } = clientUnderTest();
    const answered = await Promise.all([http.send(GET).then(() => http.send(GET)), http.send(GET)]);
    expect(answered).toHaveLength(2);
    expect(server.requests).toBe(4);
    expect(slept[0]).toBe(9000);
    expect(http.counts.waitedMs).toBe(9000);
  });

  for (const [name, answer] of Object.entries({
    "a limit of one kind of request": () =>
      HttpResponse.json(
        { errors: [{ code: "TooManyRequests", title: "Too many requests to update" }] },
        { status: 429, headers: { "retry-after": "30", "ratelimit-remaining": "600", "ratelimit-reset": "9" } },
      ),
  })) {
    test(`${name} does not hold up other requests`, async () => {
      const other = "https://service.invalid/others";
      network.use(http.get(other, ok));
      answers(answer, ok);
      let wake = () => {};
      const asleep = Promise.withResolvers<void>();
      const sleep = () => {
        asleep.resolve();
        return new Promise<void>((resolve) => {
          wake = resolve;
        });
      };
      const { http: requests } = clientUnderTest({ sleep });
      const limited = requests.send(GET);
      await asleep.promise;
      expect((await requests.send({ method: "GET", url: other })).status).toBe(200);
      wake();
      expect((await limited).status).toBe(200);
    });
  }

  test("a limit that never ends is given up, also where it names no wait", async () => {
    const server = answers(html(429, { "retry-after": "0" }));
    expect(await clientUnderTest().http.send(GET).catch(String)).toContain("429");
    expect(server.requests).toBe(60);
  });

  test("a wait of more than ten minutes is not begun", async () => {
    const server = answers(html(503, { "retry-after": "601" }));
    const { http, slept } = clientUnderTest();
    expect(await http.send(GET).catch(String)).toContain("503");
    expect([server.requests, slept]).toEqual([1, []]);
  });
});
