import { describe, expect, test } from "bun:test";
import { byResult, countResults, type Result } from "./results.ts";

function result(parts: Partial<Result>): Result {
  return {
    effect: "update",
    salesforce_id: "A",
    id: 1,
    outcome: "applied",
    reason: null,
    before: {},
    after: {},
    ...parts,
  };
}

describe("S6: counts", () => {
  const results = [
    result({ outcome: "applied" }),
    result({ outcome: "failed" }),
    result({ effect: "mark", outcome: "skipped" }),
    result({ effect: "mark", outcome: "applied" }),
  ];

  test("of all effects add up to the number of records", () => {
    expect(countResults(results)).toEqual({ applied: 2, failed: 1, skipped: 1 });
  });

  test("of one effect", () => {
    expect(countResults(results, "mark")).toEqual({ applied: 1, failed: 0, skipped: 1 });
    expect(countResults(results, "contact")).toEqual({ applied: 0, failed: 0, skipped: 0 });
  });
});

describe("C8: the order of a results file", () => {
  test("effect, account, record, address; whatever order they came in", () => {
    const sorted = [
      result({ effect: "create", salesforce_id: "B", id: null }),
      result({ effect: "update", salesforce_id: "A", id: 9 }),
      result({ effect: "update", salesforce_id: "A", id: 10 }),
      result({ effect: "update", salesforce_id: "B", id: 2 }),
      result({ effect: "mark", salesforce_id: "A", id: 1 }),
      result({ effect: "mark", salesforce_id: null, id: 3 }),
      result({ effect: "contact", salesforce_id: "A", id: 1, after: { email: "a@example.com" } }),
      result({ effect: "contact", salesforce_id: "A", id: 1, after: { email: "b@example.com" } }),
    ];
    expect([...sorted].reverse().sort(byResult)).toEqual(sorted);
    expect(byResult(result({}), result({}))).toBe(0);
  });
});
