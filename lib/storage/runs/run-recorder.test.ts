import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillingDisk } from "../../../test/safety/filling-disk.ts";
import { reason } from "../../domain/reason.ts";
import { withEdges } from "../../edges/edges.ts";
import { MACHINE } from "../../edges/machine.ts";
import { latestRunRecords, readRunRecord } from "./read-run-records.ts";
import { NO_OUTCOME, type RunBeginning, RunRecorder } from "./run-recorder.ts";

let folder: string;
let minutes: number;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-run-record-"));
  minutes = 0;
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BEGINNING: RunBeginning = {
  run_id: "r1",
  command: "run",
  dry_run: false,
  instances: ["global", "us-government"],
  host: "build-1",
  pid: 4711,
  started_at: "2026-11-24T10:00:00.000Z",
};

function recorder(beginning: Partial<RunBeginning> = {}, dataDir = folder): RunRecorder {
  return new RunRecorder(
    dataDir,
    { ...BEGINNING, ...beginning },
    {
      clock: () => new Date(Date.UTC(2026, 10, 24, 10, minutes++)),
      warn: (message) => warnings.push(message),
    },
  );
}

/** A clock on which nothing happens until `pass` says so. */
function standingClock() {
  const waiting = new Set<() => void>();
  return {
    now: () => 0,
    after(_: number, act: () => void) {
      waiting.add(act);
      return () => void waiting.delete(act);
    },
    due: () => waiting.size,
    pass() {
      const due = [...waiting];
      waiting.clear();
      for (const act of due) act();
    },
  };
}

describe("a run as others see it", () => {
  test("from the first moment: begun, and not ended; only its owner may read it", async () => {
    await recorder().begin();
    expect(await readRunRecord(folder, "r1")).toEqual({
      schema: 1,
      ...BEGINNING,
      ended_at: null,
      exit: null,
      steps: [],
      ...NO_OUTCOME,
    });
    expect((await stat(join(folder, "history/r1/run.json"))).mode & 0o777).toBe(0o600);
  });

  test("stages one after the other, each with its latest state; instances are told apart", async () => {
    const run = recorder();
    await run.step("compare", "global", "running");
    await run.step("compare", "us-government", "running");
    await run.step("compare", "global", "refused");
    expect((await readRunRecord(folder, "r1"))?.steps).toEqual([
      { stage: "compare", instance: "global", state: "refused", at: "2026-11-24T10:02:00.000Z" },
      { stage: "compare", instance: "us-government", state: "running", at: "2026-11-24T10:01:00.000Z" },
    ]);
  });

  test("the end: exit, when, and nothing is said to be running any more", async () => {
    const run = recorder();
    await run.step("sync", "global", "running");
    await run.end({
      exit: 1,
      ...NO_OUTCOME,
      failures: [{ where: "global", reasons: [reason("write.unaccounted")] }],
    });
    const record = await readRunRecord(folder, "r1");
    expect(record).toMatchObject({ exit: 1, ended_at: "2026-11-24T10:01:00.000Z" });
    expect(record?.failures).toEqual([{ where: "global", reasons: [reason("write.unaccounted")] }]);
    expect(record?.steps.map(({ state }) => state)).toEqual(["failed"]);
  });

  test("A4: what was going on when the run was stopped is stopped, not failed", async () => {
    const run = recorder();
    await run.step("compare", "global", "done");
    await run.step("sync", "global", "running");
    await run.end({ exit: 5, ...NO_OUTCOME });
    expect((await readRunRecord(folder, "r1"))?.steps.map(({ state }) => state)).toEqual(["done", "stopped"]);
  });

  test("many changes at once: the file ends as the last one left it, and no half-written one stays", async () => {
    const run = recorder();
    const steps = Array.from({ length: 30 }, (_, index) => run.step(`stage ${index}`, null, "running"));
    await Promise.all([...steps, run.end({ exit: 0, ...NO_OUTCOME })]);
    expect((await readRunRecord(folder, "r1"))?.exit).toBe(0);
    expect(await readdir(join(folder, "history/r1"))).toEqual(["run.json"]);
  });

  test("changes that come while one is written are written together", async () => {
    using disk = await fillingDisk(Number.POSITIVE_INFINITY);
    const run = recorder();
    await Promise.all(Array.from({ length: 30 }, (_, index) => run.step(`stage ${index}`, null, "running")));
    expect(disk.writes()).toBe(1);
    expect((await readRunRecord(folder, "r1"))?.steps).toHaveLength(30);
  });

  test("a stage that is done is told of with the next one, or soon; never after the end", async () => {
    const clock = standingClock();
    await withEdges({ ...MACHINE, clock }, async () => {
      using disk = await fillingDisk(Number.POSITIVE_INFINITY);
      const run = recorder();
      const states = async () => (await readRunRecord(folder, "r1"))?.steps.map(({ state }) => state);
      await run.step("compare", null, "running");
      await run.step("compare", null, "done");
      expect([await states(), clock.due()]).toEqual([["running"], 1]);
      await run.step("sync", null, "running");
      expect([await states(), clock.due(), disk.writes()]).toEqual([["done", "running"], 0, 2]);
      await run.step("sync", null, "done");
      clock.pass();
      await run.step("partner-sync", null, "running");
      expect(await states()).toEqual(["done", "done", "running"]);
      await run.step("partner-sync", null, "done");
      await run.end({ exit: 0, ...NO_OUTCOME });
      expect([await states(), clock.due()]).toEqual([["done", "done", "done"], 0]);
    });
  });

  test("a record that cannot be written warns once and fails nothing", async () => {
    await writeFile(join(folder, "history"), "in the way");
    const run = recorder();
    await run.begin();
    await run.step("compare", "global", "running");
    await run.end({ exit: 0, ...NO_OUTCOME });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("run.json cannot be written");
  });
});

describe("reading what runs left", () => {
  test("newest first, none older than asked for; damaged and foreign ones are passed over", async () => {
    for (const [run_id, hour] of [
      ["a", "08"],
      ["b", "09"],
      ["c", "11"],
    ] as const)
      await recorder({ run_id, started_at: `2026-11-24T${hour}:00:00.000Z` }).begin();
    await mkdir(join(folder, "history/old-version"), { recursive: true });
    await mkdir(join(folder, "history/broken"), { recursive: true });
    await writeFile(join(folder, "history/broken/run.json"), '{"schema":1');
    await writeFile(join(folder, "history/old-version/run.json"), '{"schema":0}');
    const found = await latestRunRecords(folder, new Date("2026-11-24T09:00:00.000Z"));
    expect(found.map(({ run_id }) => run_id)).toEqual(["c", "b"]);
  });

  test("no history, no such run, a run id that leads elsewhere: nothing", async () => {
    expect(await latestRunRecords(folder, new Date(0))).toEqual([]);
    expect(await readRunRecord(folder, "r9")).toBeNull();
    await recorder().begin();
    expect(await readRunRecord(join(folder, "history"), "../history/r1")).toBeNull();
  });
});
