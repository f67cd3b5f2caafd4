import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { measureSeries, type Series } from "../../scripts/bench/measure-cases.ts";
import { BUDGETS } from "./budgets.ts";
import { beyond, countsOf } from "./counts.ts";

setDefaultTimeout(600_000);

/** Virtual time in which work takes none: the same commit asks the same requests on every machine. */
const ACCOUNTS: Omit<Series, "zendesk" | "bulkUsers" | "situations"> = {
  accounts: 1_000,
  program: "ours",
  workTakesTime: false,
};

describe("a run of 1,000 accounts stays within its budgets (budgets.ts)", () => {
  test.each<Pick<Series, "zendesk" | "bulkUsers" | "situations">>([
    { zendesk: "settled", bulkUsers: false, situations: ["nothing", "normal", "everything"] },
    { zendesk: "empty", bulkUsers: true, situations: ["first-fill", "hour-after"] },
  ])("$situations", async (series) => {
    const measured = await measureSeries({ ...ACCOUNTS, ...series });
    const found = measured.map((one) => [one.situation, beyond(countsOf(one), BUDGETS[one.situation])]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(series.situations.map((one) => [one, []])));
  });
});

describe("a budget", () => {
  test("names what went beyond it, with what it was", () => {
    const budget = { "requests salesforce": 8, "reads a.json": 2, "reads of any other": 4 };
    const counts = { "requests salesforce": 9, "reads a.json": 2, "reads b.json": 5, "requests slack": 1 };
    expect(beyond(counts, budget)).toEqual([
      "requests salesforce: 9, budget 8",
      "reads b.json: 5, budget 4",
      "requests slack: 1, budget 0",
    ]);
  });
});
