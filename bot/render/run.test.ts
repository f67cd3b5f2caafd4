import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import type { RecordedComparison } from "../../lib/storage/runs/run-record.ts";
import { recordOf, runAt } from "../../test/support/bot/run-states.ts";
import { countsLines, endText, failureLines, outcomeText, plannedLines } from "./run.ts";

const said = (text: string) => reason("legacy.text", { text });
const TOO_MANY = reason("limit.exceeded", {
  comparison: "global",
  effect: "creates",
  count: 9,
  existing: 100,
  limit: 5,
  percent: null,
  raised: false,
});

const none = { applied: 0, failed: 0, skipped: 0 };

function comparison(change: Partial<RecordedComparison> = {}): RecordedComparison {
  return {
    name: "global",
    existing: 100,
    planned: { creates: 3, updates: 12, marks: 1, contacts: 0 },
    measures: [{ effect: "downgrades", count: 2, limit: 5, exceeded: false }],
    refused: [],
    unconfirmed: [],
    results: null,
    ...change,
  };
}

describe("outcomes", () => {
  test.each([
    [{ status: "waiting", exit: null, dryRun: false }, "waiting to start"],
    [{ status: "running", exit: null, dryRun: false }, "running"],
    [{ status: "lost", exit: null, dryRun: false }, "killed or lost; how far it got is unknown"],
    [{ status: "ended", exit: 0, dryRun: false }, "done, nothing failed"],
    [{ status: "ended", exit: 0, dryRun: true }, "done, nothing was written (dry run)"],
    [{ status: "ended", exit: 1, dryRun: true }, "failed"],
    [{ status: "ended", exit: 2, dryRun: false }, "configuration error: a wrong setting, input or credential"],
    [{ status: "ended", exit: 3, dryRun: false }, "done, but some records failed"],
    [{ status: "ended", exit: 4, dryRun: false }, "refused before any write"],
    [{ status: "ended", exit: 5, dryRun: false }, "stopped before the end; the rest was not attempted"],
    [{ status: "ended", exit: null, dryRun: false }, "ended in an unknown way"],
    [{ status: "ended", exit: 99, dryRun: false }, "ended in an unknown way"],
  ] as const)("%j", (state, said) => {
    expect(outcomeText(state)).toBe(said);
  });
});

test("a run of which a part was refused is not said to be refused before any write", () => {
  const results = { create: { ...none, applied: 1 }, update: none, mark: none, contact: none };
  const refused = comparison({ name: "usgov", refused: [TOO_MANY] });
  const run = (comparisons: RecordedComparison[]) => runAt(10, { exit: 4, record: recordOf({ comparisons }) });
  expect(endText(run([comparison({ results }), refused]))).toBe("Refused in part; the rest was written");
  expect(endText(run([comparison(), refused]))).toBe("Refused before any write");
});

describe("counts", () => {
  test("what was planned, downgrades among the updates", () => {
    expect(plannedLines(recordOf({ comparisons: [comparison()] }))).toEqual([
      "• Customers, global: 3 to create, 12 to update (2 get less support), 1 to mark for deletion",
    ]);
  });

  test("what was written, what failed and what was skipped", () => {
    const results = {
      create: { applied: 2, failed: 1, skipped: 0 },
      update: { applied: 12, failed: 0, skipped: 3 },
      mark: { ...none, applied: 1 },
      contact: { applied: 4, failed: 1, skipped: 0 },
    };
    expect(countsLines(recordOf({ comparisons: [comparison({ results })] }))).toEqual([
      "• Customers, global: 2 created, 12 updated (2 got less support), 1 marked for deletion, 4 contacts added, *2 failed*, 3 skipped",
    ]);
  });

  test.each([
    [10, " (up to 2 got less support)"],
    [1, " (up to 1 got less support)"],
    [12, " (2 got less support)"],
  ])("of %d updates that were applied it is a bound how many got less support", (applied, lost) => {
    const results = { create: none, update: { ...none, applied }, mark: none, contact: none };
    expect(countsLines(recordOf({ comparisons: [comparison({ results })] }))).toEqual([
      `• Customers, global: ${applied} updated${lost}`,
    ]);
  });

  test.each([
    [{}, false, "3 to create, 12 to update (2 get less support), 1 to mark for deletion (not written)"],
    [
      { refused: [TOO_MANY] },
      false,
      "3 to create, 12 to update (2 get less support), 1 to mark for deletion (refused, nothing written)",
    ],
    [
      { unconfirmed: [{ effect: "creates", count: 3, confirmed: 1 }] },
      false,
      "3 to create, 12 to update (2 get less support), 1 to mark for deletion (refused, nothing written)",
    ],
    [{}, true, "3 to create, 12 to update (2 get less support), 1 to mark for deletion (dry run)"],
    [{ planned: { creates: 0, updates: 0, marks: 0, contacts: 0 }, measures: [] }, false, "nothing to change"],
    [
      {
        planned: { creates: 0, updates: 0, marks: 0, contacts: 0 },
        measures: [],
        results: { create: none, update: none, mark: none, contact: none },
      },
      false,
      "nothing to change",
    ],
  ])("not written: %j", (change, dryRun, said) => {
    expect(countsLines(recordOf({ dry_run: dryRun, comparisons: [comparison(change)] }))).toEqual([
      `• Customers, global: ${said}`,
    ]);
  });
});

describe("failures", () => {
  test("texts from outside show as themselves", () => {
    const lines = failureLines(
      recordOf({
        failures: [{ where: "sync <!channel>", reasons: [said(`*bold* <@U1>\n${"x".repeat(3000)}`)] }],
        comparisons: [comparison({ refused: [said("Too many <creates>")] })],
      }),
    );
    expect(lines[0]).toStartWith("• sync &lt;!channel&gt;: *\u200bbold*\u200b &lt;@U1&gt; xxx");
    expect(lines[0]?.length).toBeLessThan(500);
    expect(lines[1]).toBe("• Customers, global: Too many &lt;creates&gt;.");
  });

  test("more than was confirmed", () => {
    const unconfirmed = [{ effect: "creates", count: 9, confirmed: 3 }];
    expect(failureLines(recordOf({ comparisons: [comparison({ unconfirmed })] }))).toEqual([
      "• Customers, global: more than was confirmed (9 to create, 3 confirmed)",
    ]);
  });

  test("more than was confirmed is told in the same words where the run gave its own; a limit that is exceeded too is not hidden", () => {
    const unconfirmed = [{ effect: "marks", count: 9, confirmed: 3 }];
    const more = reason("count.unconfirmed", { comparison: "global", effect: "marks", count: 9, confirmed: 3 });
    expect(failureLines(recordOf({ comparisons: [comparison({ unconfirmed, refused: [more] })] }))).toEqual([
      "• Customers, global: more than was confirmed (9 to mark for deletion, 3 confirmed)",
    ]);
    const lines = failureLines(recordOf({ comparisons: [comparison({ unconfirmed, refused: [TOO_MANY, more] })] }));
    expect(lines[0]).toContain("Too many creates:\u200b 9 (");
  });

  test("A10: one way past all limits, with the most that any comparison needs, in words for Slack", () => {
    const marks = reason("limit.exceeded", { ...TOO_MANY.params, comparison: "partner", effect: "marks", count: 2 });
    const creates = reason("limit.exceeded", { ...TOO_MANY.params, comparison: "partner", count: 12 });
    const lines = failureLines(
      recordOf({
        comparisons: [comparison({ refused: [TOO_MANY] }), comparison({ name: "partner", refused: [marks, creates] })],
      }),
    );
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain("`zdsync run --allow creates=12 --allow marks=2`");
    expect(lines[2]).toContain('allow: "creates=12 marks=2"');
  });

  test("ten are shown, the rest is counted", () => {
    const failures = Array.from({ length: 13 }, (_, index) => ({ where: "sync", reasons: [said(`${index}`)] }));
    const lines = failureLines(recordOf({ failures }));
    expect(lines.length).toBe(11);
    expect(lines.at(-1)).toBe("and 3 more");
  });
});
