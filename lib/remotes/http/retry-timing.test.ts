import { describe, expect, test } from "bun:test";
import { quotaPauseMs, retryDelayMs } from "./retry-timing.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const delay = (headers: Record<string, string>, attempt = 1, random = 0.5) =>
  retryDelayMs({ headers: new Headers(headers), attempt, nowMs: NOW, random });

describe("how long to wait before the next attempt", () => {
  test("Retry-After in seconds", () => {
    expect(delay({ "retry-after": "7" })).toBe(7000);
    expect(delay({ "retry-after": "0" })).toBe(0);
  });

  test("Retry-After as an HTTP date, also one that is over", () => {
    expect(delay({ "retry-after": "Mon, 23 Nov 2026 10:00:30 GMT" })).toBe(30_000);
    expect(delay({ "retry-after": "Mon, 23 Nov 2026 09:00:00 GMT" })).toBe(0);
  });

  test("the end of the window where the quota is used up, in the header's names of every year", () => {
    expect(delay({ "ratelimit-remaining": "0", "ratelimit-reset": "12" })).toBe(12_000);
    expect(delay({ "x-rate-limit-remaining": "0", "rate-limit-reset": "3" })).toBe(3000);
  });

  test("a quota that is left, or a Retry-After that cannot be read, says nothing", () => {
    expect(delay({ "ratelimit-remaining": "5", "ratelimit-reset": "12" })).toBe(500);
    expect(delay({ "retry-after": "soon" })).toBe(500);
    expect(quotaPauseMs(new Headers({ "ratelimit-remaining": "0" }))).toBeNull();
  });

  test("the end of an exhausted limit of one endpoint, but not of the limit of running jobs", () => {
    expect(delay({ "zendesk-ratelimit-create-update-user": "total=1; remaining=0; resets=2" })).toBe(2000);
    expect(delay({ "zendesk-rate-limit-search-index": "total=100; remaining=0; resets=41" })).toBe(41_000);
    expect(delay({ "zendesk-ratelimit-search-index": "total=100; remaining=99; resets=41" })).toBe(500);
    expect(delay({ "zendesk-ratelimit-inflight-jobs": "total=30; remaining=0; resets=60" })).toBe(500);
  });

  test("a window longer than a minute is misread, a number with a dot is no date", () => {
    expect(quotaPauseMs(new Headers({ "ratelimit-remaining": "0", "ratelimit-reset": "1795600000" }))).toBeNull();
    expect(quotaPauseMs(new Headers({ "ratelimit-remaining": "0", "ratelimit-reset": "179560000" }))).toBe(60_000);
    expect(delay({ "retry-after": "1.5" })).toBe(500);
  });

  test("else half a second doubled, capped at a minute, give or take a half", () => {
    expect([1, 2, 3, 4].map((attempt) => delay({}, attempt))).toEqual([500, 1000, 2000, 4000]);
    expect(delay({}, 20)).toBe(60_000);
    expect([delay({}, 1, 0), delay({}, 1, 0.999)]).toEqual([250, 749.5]);
  });
});
