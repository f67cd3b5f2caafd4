import { describe, expect, test } from "bun:test";
import type { ComparisonReport, StageReport } from "../stage/stage.ts";
import { renderComparisons, renderStage } from "./summary.ts";

const NONE = { applied: 0, failed: 0, skipped: 0 };
const comparison: ComparisonReport = {
  name: "global",
  digest: "d",
  existing: 12_345,
  planned: { creates: 1, updates: 2000, marks: 3 },
  measures: [],
};
const results = {
  create: { applied: 1, failed: 0, skipped: 0 },
  update: { applied: 1990, failed: 0, skipped: 10 },
  mark: { applied: 3, failed: 0, skipped: 0 },
  contact: { applied: 4, failed: 0, skipped: 2 },
};

/** The cells of each row. */
function rows(...comparisons: ComparisonReport[]): string[][] {
  return renderComparisons(comparisons)
    .split("\n")
    .map((line) => line.trim().split(/\s{2,}/));
}

describe("the table", () => {
  test("S6: what was planned, and what became of it", () => {
    const [head, row] = rows({ ...comparison, results });
    expect(head).toEqual(["existing", "create", "update", "mark", "contacts", "applied", "failed", "skipped"]);
    expect(row).toEqual(["Customers, global", "12,345", "1", "2,000", "3", "4", "1,998", "0", "12", "done"]);
  });

  test("not written, some failed, refused: each says so", () => {
    const failed = { ...results, update: { ...NONE, failed: 1 } };
    expect(rows(comparison)[1]).toEqual([..."Customers, global|12,345|1|2,000|3|–|–|–|–|not written".split("|")]);
    expect(rows({ ...comparison, results: failed })[1]?.at(-1)).toBe("some failed");
    const text = renderComparisons([{ ...comparison, refused: "3 marks are more than 2; --allow marks=3" }]);
    expect(text).toContain("REFUSED");
    expect(text).toEndWith("\n3 marks are more than 2; --allow marks=3");
  });

  test("no colours: the output may go to a file", () => {
    expect(renderComparisons([comparison])).not.toContain("\u001b");
  });
});

describe("one stage", () => {
  const report: StageReport = {
    stage: "gather-orgs",
    instance: "global",
    run_id: "r",
    today: "2026-11-23",
    counts: { organizations: 2000, unreadable: 0 },
    notes: { C7: 3, U4: 1 },
  };

  test("counts and notes in one line", () => {
    expect(renderStage(report)).toBe(
      "gather-orgs global: 2,000 organizations · 0 unreadable · noted: C7 conflict 3, U4 contact dropped 1",
    );
  });

  test("nothing to tell; a comparison brings its table", () => {
    const quiet = { ...report, counts: {}, notes: {} };
    expect(renderStage(quiet)).toBe("gather-orgs global: done");
    expect(renderStage({ ...quiet, comparison })).toContain("Customers, global");
  });
});
