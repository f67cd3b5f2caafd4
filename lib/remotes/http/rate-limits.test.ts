import { describe, expect, test } from "bun:test";
import { HttpResponse, http } from "msw";
import { clientUnderTest, GET, html, networkOfMsw, ok, POST } from "../../../test/support/http/client-under-test.ts";
import { Pacer } from "./pacer.ts";
import { Pause } from "./pause.ts";

const { answers, network } = networkOfMsw();

/** A clock that stands still until `passAll` ends all waits. */
function stoppedClock() {
  let now = 0;
  const sleepers: { until: number; wake(): void }[] = [];
  const sleep = (milliseconds: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ until: now + milliseconds, wake });
    });
  return {
    timing: { now: () => now, sleep },
    async hasSleepers(count: number): Promise<void> {
      while (sleepers.length < count) await Bun.sleep(1);
    },
    passAll(): void {
      now = Math.max(now, ...sleepers.map(({ until }) => until));
      for (const { wake } of sleepers.splice(0)) wake();
    },
  };
}

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

  test("clients of one account share a pause: none asks while another was told to wait", async () => {
    const server = answers(html(429, { "retry-after": "9" }), ok);
    const clock = stoppedClock();
    const pause = new Pause();
    const [reader, writer] = [clientUnderTest({ ...clock.timing, pause }), clientUnderTest({ ...clock.timing, pause })];
    const refused = reader.http.send(GET);
    await clock.hasSleepers(1);
    const held = writer.http.send({ ...POST, effect: "sets" });
    await clock.hasSleepers(2);
    expect(server.requests).toBe(1);
    clock.passAll();
    expect([(await refused).status, (await held).status]).toEqual([200, 200]);
    expect(server.requests).toBe(3);
  });

  test("a 503 that names a moment is obeyed by every request, one that names none only by its own", async () => {
    for (const [headers, asked] of [
      [{ "retry-after": "9" }, 1],
      [{}, 2],
    ] as const) {
      const server = answers(html(503, headers), ok);
      const clock = stoppedClock();
      const { http: requests } = clientUnderTest(clock.timing);
      const refused = requests.send(GET);
      await clock.hasSleepers(1);
      const other = requests.send(GET);
      await (asked === 1 ? clock.hasSleepers(2) : other);
      expect(server.requests).toBe(asked);
      clock.passAll();
      expect([(await refused).status, (await other).status]).toEqual([200, 200]);
    }
  });

  test("a request that stood in line while a pause began waits for its end", async () => {
    const held = Promise.withResolvers<void>();
    const server = answers(async () => {
      await held.promise;
      return html(429, { "retry-after": "9" })();
    }, ok);
    const clock = stoppedClock();
    // The first request of a pacer goes alone.
    const pacer = new Pacer(0.5, clock.timing);
    const { http: requests } = clientUnderTest({ ...clock.timing, pacer, pause: pacer.pause });
    const sent = [requests.send(GET), requests.send(GET), requests.send(GET)];
    held.resolve();
    await clock.hasSleepers(3);
    expect(server.requests).toBe(1);
    clock.passAll();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.requests).toBe(4);
  });

  test("others obey what a request was told that is given up for it", async () => {
    const server = answers(html(429, { "retry-after": "9" }), ok);
    const pause = new Pause();
    const clock = stoppedClock();
    const once = clientUnderTest({ ...clock.timing, pause, retryBudget: { maxRateLimited: 1 } });
    expect(await once.http.send(GET).catch(String)).toContain("429");
    const other = clientUnderTest({ ...clock.timing, pause }).http.send(GET);
    await clock.hasSleepers(1);
    expect(server.requests).toBe(1);
    clock.passAll();
    expect((await other).status).toBe(200);
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
