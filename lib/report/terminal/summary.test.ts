import { describe, expect, test } from "bun:test";
import { COMPARISONS } from "../../domain/comparisons.ts";
import { reason } from "../../domain/reason.ts";
import type { ComparisonReport, StageReport } from "../../pipeline/stage.ts";
import { renderComparisons, renderStage } from "./summary.ts";

const NONE = { applied: 0, failed: 0, skipped: 0 };
const comparison: ComparisonReport = {
  name: "global",
  digest: "d",
  existing: 12_345,
  planned: { creates: 1, updates: 2000, marks: 3, contacts: 6 },
  measures: [],
};
const results = {
  create: { applied: 1, failed: 0, skipped: 0 },
  update: { applied: 1990, failed: 0, skipped: 10 },
  mark: { applied: 3, failed: 0, skipped: 0 },
  contact: { applied: 4, failed: 0, skipped: 2 },
};

/** The lines of the table, in cells. */
function lines(comparisons: ComparisonReport[], dryRun = false): string[][] {
  return renderComparisons(comparisons, dryRun)
    .split("\n")
    .map((line) => line.trim().split(/\s{2,}/));
}

/** What the last line of the table says of a comparison. */
function outcomeOf(one: ComparisonReport, dryRun = false): string | undefined {
  return lines([one], dryRun).at(-1)?.at(-1);
}

describe("the table", () => {
  test("S6: what was planned, and what became of it", () => {
    expect(
      lines([
        { ...comparison, results },
        { ...comparison, name: "usgov_user" },
      ]),
    ).toEqual([
      ["Customers", "Users"],
      ["global", "us-government"],
      ["existing", "12,345", "12,345"],
      ["create", "1", "1"],
      ["update", "2,000", "2,000"],
      ["mark", "3", "3"],
      ["contacts", "6", "–"],
      ["applied", "1,998", "–"],
      ["failed", "0", "–"],
      ["skipped", "12", "–"],
      ["outcome", "done", "not written"],
    ]);
    expect(lines([comparison], true)).toContainEqual(["would apply", "–"]);
  });

  test("fits into 80 columns with every comparison there is", () => {
    const all = COMPARISONS.map((name) => ({ ...comparison, name, existing: 1_000_000, results }));
    for (const line of renderComparisons(all, true).split("\n")) expect(line.length).toBeLessThanOrEqual(79);
  });

  test("A4: not written, failed, stopped, refused: each looks like it", () => {
    const failed = { ...results, update: { ...NONE, failed: 1 } };
    expect(outcomeOf({ ...comparison, results })).toBe("done");
    expect(outcomeOf({ ...comparison, results }, true)).toBe("dry run");
    expect(outcomeOf(comparison)).toBe("not written");
    expect(outcomeOf({ ...comparison, results: failed })).toBe("some FAILED");
    expect(outcomeOf({ ...comparison, results, unattempted: { stopped: 75, failed: 0 } })).toBe("STOPPED");
    expect(outcomeOf({ ...comparison, results: failed, unattempted: { stopped: 0, failed: 75 } })).toBe("FAILED");
    const refused = [reason("changes.altered", { comparison: "global" })];
    expect(renderComparisons([{ ...comparison, refused }])).toMatch(/outcome +REFUSED/);
  });

  test("A10: what is refused stands below as one message, with one complete way out", () => {
    const over = (name: "global" | "partner", effect: string, count: number) =>
      reason("limit.exceeded", {
        comparison: name,
        effect,
        count,
        existing: 43,
        limit: 0,
        percent: null,
        raised: false,
      });
    const comparisons = [
      { ...comparison, refused: [over("global", "creates", 41), over("global", "marks", 1)] },
      { ...comparison, name: "partner" as const, refused: [over("partner", "creates", 36)] },
    ];
    const lines = renderComparisons(comparisons).split("\n");
    expect(lines.filter((line) => line.startsWith("Too many"))).toHaveLength(3);
    expect(lines.at(-1)).toEndWith("allow it for this run with --allow creates=41 --allow marks=1.");
    expect(renderComparisons(comparisons, false, "gitlab")).toEndWith('with the input allow: "creates=41 marks=1".');
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
    notes: {
      "organization.shares_account": 3,
      "create.name_contested": 1,
      "create.name_taken": 1,
      "rename.name_contested": 2,
    },
  };

  test("counts and notes in one line", () => {
    expect(renderStage(report)).toBe(
      "gather-orgs global: 2,000 organizations · 0 unreadable · noted: two organizations of one account 3, name conflict 3, name taken 1",
    );
  });

  test("nothing to tell; a comparison brings its table", () => {
    const quiet = { ...report, counts: {}, notes: {} };
    expect(renderStage(quiet)).toBe("gather-orgs global: done");
    expect(renderStage({ ...quiet, comparison })).toMatch(/Customers\n +global\nexisting +12,345/);
  });
});
