import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { RUN_ID } from "../artifacts/manifest.ts";
import { RUN_RECORD, type RunRecord, RunRecordSchema } from "./run-record.ts";

/** Larger files are no run record: a hundred thousand conflicts come to less. */
const MOST_BYTES = 32 * 1024 ** 2;

/** The record of a run in a data directory's history; null where there is none that can be read. */
export async function readRunRecord(dataDir: string, runId: string): Promise<RunRecord | null> {
  if (!RUN_ID.test(runId)) return null;
  const record = await readRunRecordFile(join(dataDir, "history", runId, RUN_RECORD));
  return record?.run_id === runId ? record : null;
}

/** A run record at a path, such as `run.json` among a pipeline's artifacts; null where it is missing or damaged. */
export async function readRunRecordFile(path: string): Promise<RunRecord | null> {
  try {
    const file = Bun.file(path);
    if (file.size > MOST_BYTES) return null;
    const parsed = v.safeParse(RunRecordSchema, JSON.parse(await file.text()));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/**
 * The records of runs that began at `since` or later, newest first, ended or not, dry or not. Runs without a record and records
 * that cannot be read are passed over.
 */
export async function latestRunRecords(dataDir: string, since: Date): Promise<RunRecord[]> {
  const runs = await readdir(join(dataDir, "history")).catch((): string[] => []);
  const records = await Promise.all(runs.map((runId) => readRunRecord(dataDir, runId)));
  return records
    .flatMap((record) => (record && Date.parse(record.started_at) >= since.getTime() ? [record] : []))
    .sort(
      (one, other) => Date.parse(other.started_at) - Date.parse(one.started_at) || (one.run_id < other.run_id ? 1 : -1),
    );
}
