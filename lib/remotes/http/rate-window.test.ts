import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { afterAnswer, atTime, type RateWindow, roomIn, seenQuota } from "./rate-window.ts";

const window = (rest: Partial<RateWindow> = {}): RateWindow => ({
  limit: 700,
  remaining: 700,
  seenAt: 0,
  beganAt: 0,
  endsAt: 60_000,
  sent: 0,
  othersUntil: 0,
  ...rest,
});

describe("the headers", () => {
  test("by each of their names; the end is a minute away at most", () => {
    const today = { "ratelimit-limit": "700", "ratelimit-remaining": "693", "ratelimit-reset": "41" };
    expect(seenQuota(new Headers(today))).toEqual({ limit: 700, remaining: 693, resetMs: 41_000 });
    const always = { "x-rate-limit": "400", "x-rate-limit-remaining": "0" };
    expect(seenQuota(new Headers(always))).toEqual({ limit: 400, remaining: 0, resetMs: 60_000 });
    const before = { "rate-limit": "200", "rate-limit-remaining": "9", "rate-limit-reset": "9999" };
    expect(seenQuota(new Headers(before))).toEqual({ limit: 200, remaining: 9, resetMs: 60_000 });
    for (const odd of [{}, { "ratelimit-limit": "700" }, { "ratelimit-limit": "0", "ratelimit-remaining": "0" }])
      expect(seenQuota(new Headers(odd))).toBeNull();
  });
});

describe("the window", () => {
  test("answers that overtake one another: the least that was named counts", () => {
    const first = afterAnswer(window({ remaining: 650, sent: 50 }), {
      quota: { limit: 700, remaining: 640, resetMs: 30_000 },
      now: 30_000,
      sentAt: 30_000 - 100,
      inFlight: 9,
    });
    expect(first.remaining).toBe(640);
    expect(
      afterAnswer(first, {
        quota: { limit: 700, remaining: 645, resetMs: 30_000 },
        now: 30_000,
        sentAt: 30_000 - 100,
        inFlight: 8,
      }).remaining,
    ).toBe(640);
  });

  test("one that ends later, or has more left than those in flight explain, is a new one", () => {
    const old = window({ remaining: 100, sent: 600, endsAt: 30_000 });
    const next = afterAnswer(old, {
      quota: { limit: 700, remaining: 690, resetMs: 59_000 },
      now: 29_000,
      sentAt: 29_000 - 100,
      inFlight: 4,
    });
    expect(next).toMatchObject({ remaining: 690, sent: 5, endsAt: 88_000 });
    expect(atTime(old, 30_000, 3)).toMatchObject({ remaining: 700, sent: 3 });
  });

  test("alone, all but a twentieth is ours; with others in it, our share, for this window and the next", () => {
    const alone = afterAnswer(window({ sent: 100 }), {
      quota: { limit: 700, remaining: 600, resetMs: 50_000 },
      now: 10_000,
      sentAt: 10_000 - 100,
      inFlight: 0,
    });
    expect(roomIn(alone, 10_000, 0, 0.5)).toBe(565);
    const shared = afterAnswer(window({ sent: 100 }), {
      quota: { limit: 700, remaining: 400, resetMs: 50_000 },
      now: 10_000,
      sentAt: 10_000 - 100,
      inFlight: 0,
    });
    expect(roomIn(shared, 10_000, 0, 0.5)).toBe(250);
    expect(roomIn(shared, 10_000, 0, 0.2)).toBe(40);
    expect(roomIn(atTime(shared, 60_000, 0), 60_000, 0, 0.5)).toBe(350);
    expect(roomIn(atTime(shared, 131_000, 0), 131_000, 0, 0.5)).toBe(665);
  });

  test("others leave less than our share: what is left, without those in flight", () => {
    expect(roomIn(window({ remaining: 20, sent: 100, othersUntil: 99_000 }), 1_000, 8, 0.5)).toBe(12);
    expect(roomIn(window({ remaining: 5, sent: 10 }), 1_000, 5, 0.5)).toBe(0);
  });
});

describe("against an account with a fixed window", () => {
  /** Plays requests with latencies against an account of `limit`, on time that is numbers; counts what it refuses. */
  function play(limit: number, latencies: readonly number[], startsAt: number, wanted: number, others: number) {
    let now = startsAt;
    let counted = { window: -1, count: 0 };
    let refused = 0;
    let state: RateWindow | null = null;
    let sent = 0;
    const mine = new Map<number, number>();
    const flights: {
      sentAt: number;
      arrives: number;
      ends: number;
      answer?: { limit: number; remaining: number; resetMs: number };
    }[] = [];
    const take = (at: number) => {
      const current = Math.floor(at / 60_000);
      if (current !== counted.window) counted = { window: current, count: others };
      if (counted.count >= limit) refused++;
      else counted.count++;
      mine.set(current, (mine.get(current) ?? 0) + 1);
      const resetMs = Math.max(1, Math.ceil((60_000 - (at % 60_000)) / 1000)) * 1000;
      return { limit, remaining: Math.max(0, limit - counted.count), resetMs };
    };
    while (sent < wanted || flights.length > 0) {
      const may = () => {
        if (sent >= wanted || flights.length >= 40) return false;
        if (state === null) return flights.length === 0;
        state = atTime(state, now, flights.length);
        return roomIn(state, now, flights.length, 0.5) > 0;
      };
      while (may()) {
        const latency = latencies[sent % latencies.length] ?? 100;
        flights.push({ sentAt: now, arrives: now + latency / 2, ends: now + latency });
        if (state !== null) (state as RateWindow).sent++;
        sent++;
      }
      const events = flights.map((flight) => (flight.answer ? flight.ends : flight.arrives));
      const windowEnds =
        state === null || sent >= wanted ? [] : [(state as RateWindow).endsAt].filter((end) => end > now);
      const next = Math.min(...events, ...windowEnds);
      now = Math.max(now, next);
      for (const flight of flights.filter(({ arrives, answer }) => !answer && arrives <= now))
        flight.answer = take(now);
      for (const flight of flights.filter(({ ends, answer }) => answer && ends <= now)) {
        flights.splice(flights.indexOf(flight), 1);
        if (flight.answer)
          state = afterAnswer(state, { quota: flight.answer, now, sentAt: flight.sentAt, inFlight: flights.length });
      }
    }
    return { refused, most: Math.max(...mine.values()), seconds: (now - startsAt) / 1000 };
  }

  test("alone, whatever the latencies and wherever in the minute it begins, nothing is ever refused", () => {
    const limit = fc.constantFrom(40, 100, 200);
    const latencies = fc.array(fc.integer({ min: 20, max: 3_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(limit, latencies, fc.integer({ min: 0, max: 119_000 }), (most, times, from) => {
        expect(play(most, times, from, most * 3, 0).refused).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test("alone, hardly anything of the quota is wasted: three windows' worth takes four windows at most", () => {
    expect(play(700, [150], 0, 3 * 665, 0).seconds).toBeLessThan(130);
    expect(play(700, [150], 0, 600, 0).seconds).toBeLessThan(5);
  });

  test("with others there, we send no more than our share from the window after we saw them", () => {
    const { refused, most } = play(700, [150, 90], 5_000, 3_000, 300);
    expect([refused, most <= 400]).toEqual([0, true]);
  });
});
