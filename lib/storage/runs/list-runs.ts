import { join } from "node:path";
import { lstat, readdir } from "../../edges/files.ts";
import { RUN_ID } from "../artifacts/manifest.ts";
import { RunRecordReader } from "./read-run-records.ts";
import { lockHolder } from "./run-lock.ts";
import { RUN_RECORD, type RunRecord } from "./run-record.ts";

/** A run in the history. `record`: null where it kept none (a stage alone, an undo), `damaged` where it has one that cannot be read. */
export interface ListedRun {
  run_id: string;
  /** When it began, as its record says; without one, when something of it was written last. */
  at: Date;
  record: RunRecord | "damaged" | null;
  /** True if it holds the data directory's lock at this moment. */
  isGoingOn: boolean;
  /** The results files that it left, which `undo` takes; sorted. */
  results: string[];
}

const RESULTS = /^[a-z_]{1,40}_results\.json$/;
/** Folders that are looked at side by side: a month of hourly runs is 720. */
const AT_ONCE = 16;

/** The runs in a data directory's history, newest first; `records` may have read some before. Never throws for what lies in there: what is no run's folder is passed over. */
export async function listRuns(dataDir: string, records = new RunRecordReader(dataDir)): Promise<ListedRun[]> {
  const entries = await readdir(join(dataDir, "history"), { withFileTypes: true }).catch(() => []);
  const ids = entries.filter((entry) => entry.isDirectory() && RUN_ID.test(entry.name)).map(({ name }) => name);
  const holder = await lockHolder(dataDir).catch(() => null);
  const runs: ListedRun[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    runs.push(...(await Promise.all(some.map((id) => listedRun(dataDir, records, id, holder?.run_id === id)))));
  }
  return runs.sort((one, other) => other.at.getTime() - one.at.getTime() || (one.run_id < other.run_id ? 1 : -1));
}

async function listedRun(
  dataDir: string,
  records: RunRecordReader,
  runId: string,
  isGoingOn: boolean,
): Promise<ListedRun> {
  const folder = join(dataDir, "history", runId);
  const [files, found, record] = await Promise.all([
    readdir(folder).catch((): string[] => []),
    lstat(folder).catch(() => null),
    records.read(runId),
  ]);
  return {
    run_id: runId,
    at: record ? new Date(record.started_at) : (found?.mtime ?? new Date(0)),
    record: record ?? (files.includes(RUN_RECORD) ? "damaged" : null),
    isGoingOn,
    results: files.filter((name) => RESULTS.test(name)).sort(),
  };
}
