import { describe, expect, test } from "bun:test";
import { expiredEndDate, isDay, minusDays, threeYearsOut, toDay } from "./dates.ts";

describe("isDay", () => {
  test.each(["2026-11-23", "2024-02-29", "2000-02-29", "9999-12-31"])("%s is a day", (text) => {
    expect(isDay(text)).toBeTrue();
  });

  test.each([
    "2026-02-29",
    "2100-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-11-00",
    "2026-1-1",
    "20261123",
    "2026-11-23T00:00:00Z",
    " 2026-11-23",
    "2026-11-23\n",
    "",
    "٢٠٢٦-١١-٢٣",
  ])("%j is none", (text) => {
    expect(isDay(text)).toBeFalse();
  });
});

test("G3: the day of a moment is the UTC day, wherever the machine stands", () => {
  expect(toDay(new Date("2026-11-23T23:59:59.999Z"))).toBe("2026-11-23");
  expect(toDay(new Date("2026-11-24T00:00:00+01:00"))).toBe("2026-11-23");
});

describe("minusDays", () => {
  test.each([
    ["2026-03-01", 1, "2026-02-28"],
    ["2024-03-01", 1, "2024-02-29"],
    ["2026-01-01", 1, "2025-12-31"],
    ["2026-11-23", 0, "2026-11-23"],
    // Both ends of summer time in Europe and America: days of 23 and 25 hours.
    ["2026-03-30", 1, "2026-03-29"],
    ["2026-10-26", 1, "2026-10-25"],
    ["2026-11-02", 1, "2026-11-01"],
  ])("%s minus %d", (day, days, expected) => {
    expect(minusDays(day, days)).toBe(expected);
  });
});

test("E3: fifteen days of grace", () => {
  expect(expiredEndDate("2026-11-23")).toBe("2026-11-08");
  expect(expiredEndDate("2026-01-10")).toBe("2025-12-26");
});

describe("G4: three years and one day ago", () => {
  test.each([
    ["2026-11-23", "2023-11-22"],
    ["2026-01-01", "2022-12-31"],
    ["2026-03-01", "2023-02-28"],
    ["2027-03-01", "2024-02-29"],
    // 29 February: three years before a leap year is never one.
    ["2024-02-29", "2021-02-27"],
    ["2028-02-29", "2025-02-27"],
    ["2027-02-28", "2024-02-27"],
  ])("of %s is %s", (today, expected) => {
    expect(threeYearsOut(today)).toBe(expected);
  });
});
