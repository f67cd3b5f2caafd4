import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { RunRecordSchema as EarlierRunRecord } from "../../../test/upgrade/data-0.1.0/run-record-schema.ts";
import { EFFECTS } from "../../domain/limits.ts";
import { reason } from "../../domain/reason.ts";
import { type RunRecord, RunRecordSchema, runRecordText } from "./run-record.ts";
import { NO_OUTCOME } from "./run-recorder.ts";

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
  ...NO_OUTCOME,
  comparisons: [
    {
      name: "global",
      existing: 100,
      planned: { creates: 1, updates: 0, marks: 0, contacts: 2 },
      measures: EFFECTS.map((effect) => ({ effect, count: 1, limit: 5, exceeded: false })),
      refused: [reason("count.unconfirmed", { comparison: "global", effect: "creates", count: 1, confirmed: 0 })],
      unconfirmed: [],
      results: null,
    },
  ],
};

describe("versions side by side", () => {
  const written = JSON.parse(runRecordText(record));

  test("A4: a bot of the version before reads of a stopped stage that it failed; this one that it was stopped", () => {
    const at = "2026-11-24T10:00:00.000Z";
    const steps = (["done", "stopped"] as const).map((state) => ({ stage: "sync", instance: null, state, at }));
    const file: unknown = JSON.parse(runRecordText({ ...record, steps }));
    expect(v.parse(EarlierRunRecord, file).steps.map(({ state }) => state)).toEqual(["done", "failed"]);
    expect(v.parse(RunRecordSchema, file).steps).toEqual(steps);
  });

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

  test("reasons come back as they were; a bot of the version before reads them as texts", () => {
    const told: RunRecord = {
      ...record,
      failures: [{ where: "global", reasons: [reason("lock.held_by_unknown", { directory: "data" })] }],
      conflicts: [{ comparison: "global", salesforce_id: null, id: 7, reason: reason("organization.account_unclear") }],
    };
    const kept = JSON.parse(runRecordText(told));
    const read = v.parse(RunRecordSchema, kept);
    expect({ ...read, comparisons: [] }).toEqual({ ...told, comparisons: [] });
    expect(read.comparisons[0]?.refused).toEqual(told.comparisons[0]?.refused);
    expect(kept.comparisons[0].refused).toMatch(/creates?, and .* confirmed/);
    expect(kept.failures[0].message).toContain("data is in use by another zdsync");
    expect(kept.conflicts[0].reason).toStartWith("The organization was skipped");
  });

  test("the record of the version before has texts only: they are shown as they are", () => {
    const [{ refusals: _, ...comparison }] = written.comparisons;
    const before = {
      ...written,
      comparisons: [
        { ...comparison, refused: "Too many marks: 60." },
        { ...comparison, refused: null },
      ],
      failures: [{ where: "global", message: "Zendesk did not answer." }],
      conflicts: [{ comparison: "global", salesforce_id: null, id: 7, reason: "left alone" }],
    };
    const said = (text: string) => reason("legacy.text", { text });
    expect(v.parse(RunRecordSchema, before)).toMatchObject({
      comparisons: [{ refused: [said("Too many marks: 60.")] }, { refused: [] }],
      failures: [{ where: "global", reasons: [said("Zendesk did not answer.")] }],
      conflicts: [{ reason: said("left alone") }],
    });
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
