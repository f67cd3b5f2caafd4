import { describe, expect, test } from "bun:test";
import { isDowngrade, LEVELS, SUPPORT_LEVELS } from "./support-level.ts";

test("E10: the order of levels, highest first", () => {
  expect(LEVELS).toEqual(["ultimate", "gold", "premium", "silver", "consumption_only", "custom", "community"]);
  expect(SUPPORT_LEVELS.at(-1)).toBe("expired");
});

describe("S2: a downgrade", () => {
  test("is every fall, and only a fall", () => {
    for (const [from, before] of SUPPORT_LEVELS.entries())
      for (const [to, after] of SUPPORT_LEVELS.entries()) expect(isDowngrade(before, after)).toBe(to > from);
  });

  test("from or to nothing, or to a word that is no level, is none", () => {
    for (const nothing of [null, "", "platinum", "Ultimate"]) {
      expect(isDowngrade(nothing, "community")).toBeFalse();
      expect(isDowngrade("ultimate", nothing)).toBeFalse();
    }
  });
});
