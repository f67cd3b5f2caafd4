import { describe, expect, test } from "bun:test";
import { agreesWithCount, exportFrom, isDue, pagesToCheck } from "./trust.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 27, 21);

describe("a full listing is due", () => {
  const last = { listedAt: NOW - 5 * HOUR, coveredUntil: NOW - HOUR };

  test("within a day of the last one, also where runs begin some minutes apart", () => {
    expect(isDue(last, NOW)).toBeFalse();
    expect(isDue({ ...last, listedAt: NOW - 23 * HOUR }, NOW)).toBeFalse();
    expect(isDue({ ...last, listedAt: NOW - 24 * HOUR + 90_000 }, NOW)).toBeTrue();
  });

  test("where the clock stands before what is known", () => {
    expect(isDue(last, NOW - 2 * HOUR)).toBeTrue();
  });
});

describe("the rolling check", () => {
  test("is a 24th of the pages for each hour, at least one, at most all", () => {
    expect(pagesToCheck(1000, HOUR)).toBe(42);
    expect(pagesToCheck(1000, 6 * 60_000)).toBe(5);
    expect(pagesToCheck(10, HOUR)).toBe(1);
    expect(pagesToCheck(0, HOUR)).toBe(0);
    expect(pagesToCheck(30, 48 * HOUR)).toBe(30);
  });

  test("goes over every page within a day", () => {
    for (const pages of [1, 7, 24, 25, 1000]) {
      let checked = 0;
      for (let hour = 0; hour < 24; hour++) checked += pagesToCheck(pages, HOUR);
      expect(checked).toBeGreaterThanOrEqual(pages);
    }
  });
});

test("exports begin before what is known, in whole seconds", () => {
  expect(exportFrom(NOW + 999)).toBe(NOW / 1000 - 300);
});

describe("Zendesk's count", () => {
  test("bears out a list that differs by a two-hundredth at most", () => {
    expect(agreesWithCount(5000, 5025)).toBeTrue();
    expect(agreesWithCount(5000, 5026)).toBeFalse();
    expect(agreesWithCount(100, 101)).toBeFalse();
    expect(agreesWithCount(0, 0)).toBeTrue();
  });

  test("says nothing where there is none, and from 100,000 on", () => {
    expect(agreesWithCount(5000, null)).toBeTrue();
    expect(agreesWithCount(250_000, 100_000)).toBeTrue();
  });
});
