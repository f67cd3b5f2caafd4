import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderRuns, runLine } from "../../report/render-runs.ts";
import { listRuns } from "./list-runs.ts";
import { type RunRecord, runRecordText } from "./run-record.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "zdsync-list-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const counts = (applied: number, failed = 0) => ({ applied, failed, skipped: 0 });

function record(run_id: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    run_id,
    command: "run",
    dry_run: false,
    instances: ["global", "us-government"],
    host: "build-1",
    pid: 4711,
    started_at: "2026-11-24T10:00:00.000Z",
    ended_at: "2026-11-24T10:02:10.000Z",
    exit: 0,
    steps: [],
    comparisons: [
      {
        name: "global",
        existing: 100,
        planned: { creates: 4, updates: 2, marks: 1, contacts: 5 },
        measures: [],
        refused: [],
        unconfirmed: [],
        results: { create: counts(3, 1), update: counts(2), mark: counts(1), contact: counts(1) },
      },
    ],
    failures: [],
    unknown_charges: [],
    conflicts: [],
    merged: [],
    moved: [],
    ...more,
  };
}

async function keep(runId: string, files: Record<string, string>): Promise<void> {
  const folder = join(dataDir, "history", runId);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

async function shown(): Promise<string> {
  return renderRuns((await listRuns(dataDir)).map(runLine), 0);
}

test("A12: when, who or what, outcome and counts; the newest first, whatever the ids are", async () => {
  const later = { started_at: "2026-11-24T11:00:00.000Z", ended_at: "2026-11-24T11:00:30.000Z" };
  await keep("z-first", { "run.json": runRecordText(record("z-first")), "global_results.json": "[]" });
  const bots = record("a-second", { ...later, started_by: "Slack user U0ANN00001", instances: ["global"], exit: 3 });
  await keep("a-second", { "run.json": runRecordText(bots) });
  const lines = (await shown()).split("\n");
  expect(lines).toEqual([
    "a-second  2026-11-24 11:00 UTC  run --instance global, by Slack user U0ANN00001 on build-1 (process 4711): done, but some records failed; 3 created, 2 updated, 1 marked, 1 contact, 1 failed",
    "z-first  2026-11-24 10:00 UTC  run, by build-1 (process 4711): done, nothing failed; 3 created, 2 updated, 1 marked, 1 contact, 1 failed",
    "To preview an undo: zdsync undo z-first --dry-run",
  ]);
});

test("A12: the way back that is offered is of a run that changed something, not of the quiet ones after it", async () => {
  const quiet = record("quiet", {
    started_at: "2026-11-24T11:00:00.000Z",
    comparisons: record("x").comparisons.map((one) => ({
      ...one,
      results: { create: counts(0), update: counts(0), mark: counts(0), contact: counts(0) },
    })),
  });
  await keep("changed", { "run.json": runRecordText(record("changed")), "global_results.json": "[]" });
  await keep("quiet", { "run.json": runRecordText(quiet), "global_results.json": "[]" });
  const text = await shown();
  expect(text).toContain("nothing was changed");
  expect(text).toEndWith("zdsync undo changed --dry-run");
});

test("A12: a dry run, a refused, a killed one, an undo, and damaged records are each named as that", async () => {
  const planned = record("x").comparisons.map((one) => ({ ...one, results: null }));
  await keep("dry", { "run.json": runRecordText(record("dry", { dry_run: true, comparisons: planned })) });
  await keep("refused", { "run.json": runRecordText(record("refused", { exit: 4, comparisons: planned })) });
  await keep("killed", {
    "run.json": runRecordText(record("killed", { ended_at: null, exit: null, comparisons: [] })),
  });
  const at = "2026-11-24T10:00:00.000Z";
  const steps = [{ stage: "sync", instance: "global" as const, state: "stopped" as const, at }];
  await keep("stopped", { "run.json": runRecordText(record("stopped", { exit: 5, steps })) });
  await keep("damaged", { "run.json": "{ half of a rec" });
  await keep("other", { "run.json": runRecordText(record("another run's")) });
  // As versions before kept it, which recorded no undo.
  await keep("undone", { "global_undo_results.json": "[]" });
  const text = await shown();
  const of = (id: string) => text.split("\n").find((line) => line.startsWith(`${id} `)) ?? "";
  expect(of("dry")).toContain("run --dry-run, by build-1");
  expect(of("dry")).toEndWith("; 4 to create, 2 to update, 1 to mark, 5 contacts to add (not written)");
  expect(of("refused")).toContain("refused before any write; 4 to create");
  expect(of("killed")).toContain("killed or lost");
  expect(of("stopped")).toContain("the rest was not attempted (stopped in sync global); 3 created");
  expect(of("damaged")).toContain("its record (run.json) is damaged");
  expect(of("other")).toContain("its record (run.json) is damaged");
  expect(of("undone")).toContain("undo: no record of how it ended");
});

test("A12: what is no run's folder is passed over: files, links, other names; no history is no error", async () => {
  expect(await shown()).toContain("has no runs");
  await keep("run-1", { "run.json": runRecordText(record("run-1")) });
  await writeFile(join(dataDir, "history", "a-file"), "");
  await mkdir(join(dataDir, "history", "not a run"));
  await symlink(dataDir, join(dataDir, "history", "a-link"));
  expect((await listRuns(dataDir)).map(({ run_id }) => run_id)).toEqual(["run-1"]);
});

test("A12: a month of hourly runs, each record read once", async () => {
  const ids = Array.from({ length: 720 }, (_, hour) => `run-${String(hour).padStart(3, "0")}`);
  for (const [hour, id] of ids.entries()) {
    const started_at = new Date(Date.parse("2026-11-01T00:00:00Z") + hour * 3_600_000).toISOString();
    await keep(id, { "run.json": runRecordText(record(id, { started_at, ended_at: started_at })) });
  }
  expect((await listRuns(dataDir)).map(({ run_id }) => run_id)).toEqual(ids.toReversed());
});

test("A12: text from a record begins no line", async () => {
  await keep("run-1", { "run.json": runRecordText(record("run-1", { host: "a\n::add-mask::b", command: "run\nx" })) });
  expect((await shown()).split("\n")).toHaveLength(1);
});

test("a run that compared nothing is not said to have had nothing to do", async () => {
  await keep("run-1", { "run.json": runRecordText(record("run-1", { exit: 2, comparisons: [] })) });
  const text = await shown();
  expect(text).toEndWith("configuration error: a wrong setting, input or credential");
});
