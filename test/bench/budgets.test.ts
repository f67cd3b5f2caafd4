import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { BUDGETS, JOBS_AT_ONCE, SERIES } from "./budgets.ts";
import { beyond, countsOf, lowered } from "./counts.ts";
import { measureSeries } from "./measure-cases.ts";

setDefaultTimeout(600_000);

describe("a run of 1,000 accounts stays within budgets.json (bun test/bench/budgets.ts renews it)", () => {
  test.each(SERIES)("$situations", async (series) => {
    const measured = await measureSeries(series);
    const found = measured.map((one) => [
      one.situation,
      beyond(countsOf(one), BUDGETS[one.situation] ?? {}, JOBS_AT_ONCE),
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(series.situations.map((one) => [one, []])));
  });
});

describe("a budget", () => {
  const budget = { "requests salesforce": 8, "reads of any other": 4, "writes of any other": 2 };
  const counts = { "requests salesforce": 9, "reads of any other": 3, "writes of any other": 2, "jobs at once x": 31 };

  test("names what went beyond it, with what it was", () => {
    expect(beyond({ ...counts, "requests slack": 1 }, budget, 30)).toEqual([
      "requests salesforce: 9, budget 8",
      "jobs at once x: 31, budget 30",
      "requests slack: 1, budget 0",
    ]);
    expect(beyond(budget, budget, 30)).toEqual([]);
  });

  test("follows what has become less; what has become more is named, and taken only where somebody says so", () => {
    const more = ["requests salesforce: 9, before 8"];
    expect(lowered(budget, counts, false)).toEqual({ budget: { ...budget, "reads of any other": 3 }, more });
    expect(lowered(budget, counts, true)).toEqual({
      budget: { "requests salesforce": 9, "reads of any other": 3, "writes of any other": 2 },
      more,
    });
  });

  test("small artifacts share a line: the one that goes through most often", () => {
    const passes = {
      "zendesk_global.json": { reads: 7, writes: 1 },
      "partner_ids.json": { reads: 6, writes: 1 },
      "customer_ids.json": { reads: 5, writes: 2 },
    };
    const remotes = { requests: { gitlab: 1 }, tooMany: 0, jobsInFlight: { "zendesk-global": 2 } };
    expect(countsOf({ run: { passes }, remotes } as unknown as Parameters<typeof countsOf>[0])).toEqual({
      "answers 429": 0,
      "jobs at once zendesk-global": 2,
      "reads of any other": 6,
      "reads zendesk_global.json": 7,
      "requests gitlab": 1,
      "writes of any other": 2,
      "writes zendesk_global.json": 1,
    });
  });
});
