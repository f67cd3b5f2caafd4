import { describe, expect, test } from "bun:test";
import type { FieldType } from "./organization-field.ts";
import { comparableValue, nameKey, sameName, sameValue } from "./value-equality.ts";

type Case = [FieldType, unknown, unknown];

const SAME: Case[] = [
  ["checkbox", null, false],
  ["checkbox", undefined, false],
  ["checkbox", "", false],
  ["checkbox", "false", false],
  ["checkbox", "true", true],
  ["text", "", null],
  ["text", "   ", null],
  ["text", undefined, null],
  ["text", " Ann ", "Ann"],
  ["text", "Ann", "Ann"],
  ["text", "Caf\u00e9", "Cafe\u0301"],
  ["dropdown", "", null],
  ["dropdown", " premium ", "premium"],
  ["decimal", null, 0],
  ["decimal", undefined, 0],
  ["decimal", "", 0],
  ["decimal", " ", 0],
  ["decimal", "0.0", 0],
  ["decimal", -0, 0],
  ["decimal", "12000.50", 12000.5],
  ["decimal", " 12000.5 ", 12000.5],
  ["decimal", "n/a", "n/a"],
  ["integer", null, 0],
  ["integer", "25", 25],
  ["integer", "25.0", 25],
  ["date", "2018-11-04T00:00:00+00:00", "2018-11-04"],
  ["date", "2018-11-04T00:00:00Z", "2018-11-04"],
  ["date", "", null],
  ["date", " 2018-11-04 ", "2018-11-04"],
];

const DIFFERENT: Case[] = [
  ["checkbox", true, false],
  ["checkbox", true, null],
  ["checkbox", "false", true],
  ["checkbox", "yes", true],
  ["checkbox", "yes", false],
  ["text", "Ann", null],
  ["text", "Ann", "ann"],
  ["text", "0.0", "0"],
  ["text", "false", null],
  ["text", "2018-11-04T00:00:00+00:00", "2018-11-04"],
  ["dropdown", "premium", "ultimate"],
  ["dropdown", "premium", null],
  ["dropdown", "0", null],
  ["decimal", 12000.5, 12000],
  ["decimal", 1, null],
  ["decimal", "n/a", 0],
  ["decimal", "n/a", "none"],
  ["integer", 25, 26],
  ["integer", "25", 0],
  ["date", "2018-11-04", "2018-11-05"],
  ["date", "2018-11-04", null],
  ["date", "2018-11-04", "x2018-11-04T00:00:00Z"],
  ["date", "2018-11-04", "12018-11-04T00:00:00Z"],
];

describe("C6: equality by meaning", () => {
  test.each(SAME)("C6: %s %p = %p", (type, one, other) => {
    expect(sameValue(type, one, other)).toBe(true);
    expect(sameValue(type, other, one)).toBe(true);
  });

  test.each(DIFFERENT)("C6: %s %p is not %p", (type, one, other) => {
    expect(sameValue(type, one, other)).toBe(false);
    expect(sameValue(type, other, one)).toBe(false);
  });

  test("C6: the meanings themselves", () => {
    expect(comparableValue("checkbox", null)).toBe(false);
    expect(comparableValue("checkbox", "true")).toBe(true);
    expect(comparableValue("text", " ")).toBeNull();
    expect(comparableValue("decimal", "0.0")).toBe(0);
    expect(comparableValue("date", "2018-11-04T00:00:00+00:00")).toBe("2018-11-04");
  });
});

describe("names", () => {
  test("C3: names are alike after trimming, case and all", () => {
    expect(sameName(" Example GmbH ", "Example GmbH")).toBe(true);
    expect(sameName("Example GmbH", "Example GMBH")).toBe(false);
    expect(sameName("", " ")).toBe(true);
  });

  test("C7: one key for all spellings that Zendesk takes for the same name", () => {
    expect(nameKey("  Example GmbH ")).toBe("example gmbh");
    expect(nameKey("CAFE\u0301")).toBe(nameKey("caf\u00e9"));
    expect(nameKey("\u0130stanbul")).toBe(nameKey("I\u0307stanbul"));
    expect(nameKey("Example GmbH")).not.toBe(nameKey("Example"));
  });
});
