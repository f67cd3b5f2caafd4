import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reason } from "../../domain/reason.ts";
import { listRuns } from "./list-runs.ts";
import { RunRecordReader, readRunRecord } from "./read-run-records.ts";
import { type RunRecord, runRecordText } from "./run-record.ts";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;

let folder: string;
let opened: string[];
let reader: RunRecordReader;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-records-"));
  opened = [];
  reader = new RunRecordReader(folder, (dataDir, runId) => {
    opened.push(runId);
    return readRunRecord(dataDir, runId);
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hoursAgo = (hours: number) => new Date(NOON - hours * HOUR);
const mintedId = (at: Date, end = "abcdef") => `${at.toISOString().replace(/[-:]|\.\d{3}/g, "")}-${end}`;
const path = (runId: string) => join(folder, "history", runId, "run.json");

/** A record as a run leaves it; the file's time is the run's, as on a machine that has been running for long. */
async function ran(startedAt: Date, change: Partial<RunRecord> = {}, written = startedAt): Promise<string> {
  const record: RunRecord = {
    ...{ schema: 1, run_id: mintedId(startedAt), command: "run", dry_run: false, instances: ["global"] },
    ...{ host: "build-1", pid: 4711, started_at: startedAt.toISOString(), ended_at: written.toISOString(), exit: 0 },
    ...{ steps: [], comparisons: [], failures: [], unknown_charges: [], conflicts: [], merged: [], moved: [] },
    ...change,
  };
  await mkdir(join(folder, "history", record.run_id), { recursive: true });
  await writeFile(path(record.run_id), runRecordText(record));
  await utimes(path(record.run_id), written, written);
  return record.run_id;
}
const idsSince = async (since: Date) => (await reader.latest(since)).map(({ run_id }) => run_id);

test("of a month of hourly runs only those are opened that can be meant, and each once, however many ask", async () => {
  for (let hours = 1; hours <= 720; hours++) await ran(hoursAgo(hours));
  const found = await Promise.all([idsSince(hoursAgo(2)), idsSince(hoursAgo(2)), idsSince(hoursAgo(3))]);
  expect(found.map(({ length }) => length)).toEqual([2, 2, 3]);
  // An hour more than was asked for: the id is older than the run.
  expect(opened.length).toBe(4);
  expect(new Set(opened).size).toBe(opened.length);
  expect(await idsSince(hoursAgo(7 * 24))).toHaveLength(168);
  expect(opened.length).toBe(169);
});

test("runs that are asked for one by one are opened once, the list of all runs included", async () => {
  const ids = [await ran(hoursAgo(1)), await ran(hoursAgo(2))];
  for (const id of [...ids, ...ids]) expect((await reader.read(id))?.run_id).toBe(id);
  expect((await listRuns(folder, reader)).map(({ run_id }) => run_id)).toEqual(ids);
  expect(opened.toSorted()).toEqual(ids.toSorted());
  await ran(hoursAgo(1), { exit: 3 }, hoursAgo(0));
  expect([(await reader.read(ids[0] ?? ""))?.exit, await reader.read("../history"), await reader.read("r9")]).toEqual([
    3,
    null,
    null,
  ]);
});

test("a record that has changed is opened again, one that has not ended every time", async () => {
  const ended = await ran(hoursAgo(2));
  const going = await ran(hoursAgo(1), { ended_at: null, exit: null });
  expect(await idsSince(hoursAgo(5))).toEqual([going, ended]);
  await ran(hoursAgo(2), { exit: 3 }, hoursAgo(0));
  const records = await reader.latest(hoursAgo(5));
  expect(records.map(({ exit }) => exit)).toEqual([null, 3]);
  expect(opened.toSorted()).toEqual([ended, ended, going, going].toSorted());
});

test("a damaged record is opened once, one that could not be read just then again", async () => {
  const damaged = await ran(hoursAgo(1));
  await writeFile(path(damaged), '{"schema":1');
  expect([await idsSince(hoursAgo(5)), await idsSince(hoursAgo(5))]).toEqual([[], []]);
  expect(opened).toEqual([damaged]);
  const busy = await ran(hoursAgo(2));
  let tries = 0;
  const retrying = new RunRecordReader(folder, async (dataDir, runId) => {
    if (runId === busy && ++tries === 1) throw new Error("EMFILE");
    return readRunRecord(dataDir, runId);
  });
  expect(await retrying.latest(hoursAgo(5))).toEqual([]);
  expect((await retrying.latest(hoursAgo(5))).map(({ run_id }) => run_id)).toEqual([busy]);
});

test("an old id whose record was written lately, and an id that somebody thought up, are opened", async () => {
  const again = await ran(hoursAgo(1), { run_id: mintedId(hoursAgo(500)) });
  const named = await ran(hoursAgo(2), { run_id: "by-hand" }, hoursAgo(500));
  expect(await idsSince(hoursAgo(5))).toEqual([again, named]);
});

test("what is kept is bounded: records of many megabytes are read again rather than all held", async () => {
  const long = reason("legacy.text", { text: "x".repeat(1.5 * 1024 ** 2) });
  const conflicts: RunRecord["conflicts"] = [{ comparison: "global", salesforce_id: null, id: 1, reason: long }];
  const runs = [await ran(hoursAgo(3), { conflicts }), await ran(hoursAgo(2), { conflicts })];
  await idsSince(hoursAgo(5));
  await idsSince(hoursAgo(5));
  expect(opened.toSorted()).toEqual(runs.toSorted());
  const third = await ran(hoursAgo(1), { conflicts });
  await idsSince(hoursAgo(5));
  await idsSince(hoursAgo(5));
  expect(opened.length).toBeGreaterThan(3);
  expect(opened).toContain(third);
});
