import { expect, test } from "bun:test";
import { EXIT } from "../../errors.ts";
import type { ComparisonReport } from "../../pipeline/stage.ts";
import { closingLine, type EndedRun } from "./closing-line.ts";

const NONE = { applied: 0, failed: 0, skipped: 0 };
const planned: ComparisonReport = {
  name: "global",
  digest: "d",
  existing: 100,
  planned: { creates: 10, updates: 20, marks: 1, contacts: 0 },
  measures: [],
};
const written: ComparisonReport = {
  ...planned,
  results: {
    create: { ...NONE, applied: 10 },
    update: { ...NONE, applied: 20 },
    mark: { ...NONE, failed: 1 },
    contact: NONE,
  },
};
const partly: ComparisonReport = {
  ...planned,
  results: {
    create: { ...NONE, applied: 10 },
    update: { ...NONE, skipped: 20 },
    mark: { ...NONE, skipped: 1 },
    contact: NONE,
  },
};

const NOTHING: ComparisonReport = {
  ...planned,
  planned: { creates: 0, updates: 0, marks: 0, contacts: 0 },
  results: { create: NONE, update: NONE, mark: NONE, contact: NONE },
};

const RUN: EndedRun = {
  title: "run",
  writes: true,
  runId: "r",
  exit: EXIT.done,
  seconds: 3.5,
  stopped: null,
  comparisons: [written],
  instances: [],
  report: null,
};

test.each([
  ["run r: done in 3.5 s. Report: data/report.md", { report: "data/report.md" }],
  [
    "preview r: nothing was written to any remote in 3.5 s.",
    { title: "preview", writes: false, comparisons: [planned] },
  ],
  [
    "run r: nothing to do, done in 3.5 s.",
    { comparisons: [{ ...written, planned: { creates: 0, updates: 0, marks: 0, contacts: 0 } }] },
  ],
  [
    "preview r: nothing to do, nothing was written to any remote in 3.5 s.",
    {
      title: "preview",
      writes: false,
      comparisons: [{ ...planned, planned: { creates: 0, updates: 0, marks: 0, contacts: 0 } }],
    },
  ],
  [
    "preview r: nothing was written to any remote in 3.5 s.",
    {
      title: "preview",
      writes: false,
      comparisons: [{ ...planned, planned: { creates: 0, updates: 0, marks: 0, contacts: 1 } }],
    },
  ],
  ["dry run r: nothing was written to any remote in 3.5 s.", { title: "dry run", writes: false }],
  ["run r: done in 3.5 s, but 1 record FAILED: see the results files.", { exit: EXIT.someFailed }],
  ["run r: REFUSED after 3.5 s, before any write.", { exit: EXIT.refused, comparisons: [planned] }],
  [
    'run r: REFUSED after 3.5 s, in part: nothing was written for "Users, us-government".',
    { exit: EXIT.refused, comparisons: [written, { ...planned, name: "usgov_user" as const }] },
  ],
  [
    "run r: STOPPED (SIGINT) after 3.5 s, before any write.",
    { exit: EXIT.stopped, stopped: "SIGINT", comparisons: [] },
  ],
  [
    "run r: STOPPED (deadline) after 3.5 s, with 21 of 31 planned changes not started: 10 records applied. The next run does the rest.",
    { exit: EXIT.stopped, stopped: "deadline", comparisons: [{ ...partly, unattempted: { stopped: 21, failed: 0 } }] },
  ],
  [
    "run r: STOPPED (SIGTERM) after 3.5 s, with every planned change attempted: 30 records applied.",
    { exit: EXIT.stopped, stopped: "SIGTERM" },
  ],
  [
    "run r: FAILED after 3.5 s, before any write: configuration error, see above.",
    { exit: EXIT.usage, comparisons: [planned] },
  ],
  ["run r: FAILED after 3.5 s, before any write.", { exit: EXIT.failed, comparisons: [planned] }],
  [
    "run r: FAILED after 3.5 s, with 52 of 62 planned changes not started: 10 records applied. The next run does the rest.",
    { exit: EXIT.failed, comparisons: [{ ...partly, unattempted: { stopped: 0, failed: 21 } }, planned] },
  ],
  [
    'run r: FAILED after 3.5 s, with every planned change attempted, and nothing compared for "Customers, global" and "Partners, global": 30 records applied. The next run does the rest.',
    {
      exit: EXIT.failed,
      instances: ["global", "us-government"],
      comparisons: [
        { ...written, name: "usgov" as const },
        { ...NOTHING, name: "usgov_user" as const },
      ],
    },
  ],
] satisfies [string, Partial<EndedRun>][])("A4: %s", (said, run) => {
  expect(closingLine({ ...RUN, ...run })).toBe(said);
});

test("a run that a wrong setting ended says to correct it, not that the next run does the rest", () => {
  const line = closingLine({
    ...RUN,
    exit: EXIT.usage,
    comparisons: [partly],
    instances: ["global", "us-government"],
  });
  expect(line).toContain("Correct the setting named above; the next run then does the rest");
  expect(line).not.toContain("The next run does the rest");
});
