import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { EFFECTS } from "../domain/limits.ts";
import { type RunRecord, RunRecordSchema, runRecordText } from "./run-record.ts";
import { NOTHING_CAME } from "./run-recorder.ts";

const FIRST_VERSION = ["creates", "marks", "updates", "downgrades", "marked_total"];

const record: RunRecord = {
  schema: 1,
  run_id: "r1",
  command: "run",
  dry_run: false,
  instances: ["global"],
  host: "build-1",
  pid: null,
  started_at: "2026-11-24T10:00:00.000Z",
  ended_at: null,
  exit: null,
  steps: [],
  ...NOTHING_CAME,
  comparisons: [
    {
      name: "global",
      existing: 100,
      planned: { creates: 1, updates: 0, marks: 0, contacts: 2 },
      measures: EFFECTS.map((effect) => ({ effect, count: 1, limit: 5, exceeded: false })),
      refused: null,
      unconfirmed: [],
      results: null,
    },
  ],
};

describe("versions side by side", () => {
  const written = JSON.parse(runRecordText(record));

  test("a bot of the version before reads the record of a new image: its measures name no effect that it does not know", () => {
    const [comparison] = written.comparisons;
    for (const { effect } of comparison.measures) expect(FIRST_VERSION).toContain(effect);
    expect(comparison.further_measures.map(({ effect }: { effect: string }) => effect)).toContain("contacts");
  });

  test("this version reads all of them", () => {
    const [comparison] = v.parse(RunRecordSchema, written).comparisons;
    expect(comparison?.measures.map(({ effect }) => effect).sort()).toEqual([...EFFECTS].sort());
    expect(comparison?.planned.contacts).toBe(2);
  });

  test("the record of the version before has no contacts; an effect of a later one is passed over", () => {
    const [{ planned, measures, further_measures: _, ...rest }] = written.comparisons;
    const { contacts: __, ...before } = planned;
    const later = { ...measures[0], effect: "of_a_later_version" };
    const read = v.parse(RunRecordSchema, {
      ...written,
      comparisons: [{ ...rest, planned: before, measures: [...measures, later] }],
    });
    expect(read.comparisons[0]?.planned).toEqual({ creates: 1, updates: 0, marks: 0, contacts: 0 });
    expect(read.comparisons[0]?.measures.map(({ effect }) => effect).sort()).toEqual(
      [...FIRST_VERSION].sort() as never,
    );
  });
});
