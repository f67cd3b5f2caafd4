import { join } from "node:path";
import * as v from "valibot";
import { lstat, readdir } from "../../edges/files.ts";
import { RUN_ID } from "../artifacts/manifest.ts";
import { checkOwnFolder, readOwnFile } from "../files/own-files.ts";
import { RUN_RECORD, type RunRecord, RunRecordSchema } from "./run-record.ts";

/** Larger files are no run record: a hundred thousand conflicts come to less. */
const MAX_BYTES = 32 * 1024 ** 2;
/** Ended records that are kept, by what their files come to: as objects they take some times as much. */
const MAX_KEPT_BYTES = 8 * 1024 ** 2;
/** A run's id is minted before its record begins; this is more than ever lies between them. */
const MINTED_BEFORE_MS = 3_600_000;

/** The record of a run in a data directory's history; null where there is none that can be read. */
export async function readRunRecord(dataDir: string, runId: string): Promise<RunRecord | null> {
  if (!RUN_ID.test(runId)) return null;
  return await openRunRecord(dataDir, runId).catch(() => null);
}

/** A run record at a path, such as `run.json` among a pipeline's artifacts; null where it is missing or damaged. */
export async function readRunRecordFile(path: string): Promise<RunRecord | null> {
  return await openRecordFile(path).catch(() => null);
}

/** As `readRunRecord`, and throws where the file cannot be read just now. */
async function openRunRecord(dataDir: string, runId: string): Promise<RunRecord | null> {
  await checkOwnFolder(dataDir, "history", runId);
  const record = await openRecordFile(recordPath(dataDir, runId));
  return record?.run_id === runId ? record : null;
}

async function openRecordFile(path: string): Promise<RunRecord | null> {
  const bytes = await readOwnFile(path, MAX_BYTES);
  return bytes && parseRunRecord(bytes);
}

/** A run record from its bytes; null where they hold none. */
export function parseRunRecord(bytes: Uint8Array): RunRecord | null {
  const text = Buffer.from(bytes).toString("utf8");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), RunRecordSchema), text);
  return parsed.success ? parsed.output : null;
}

/**
 * Reads the records of a data directory's history again and again, for programs that go on: what cannot be new enough is not opened,
 * and ended and damaged records are read once, as long as their files stay as they are. One reading at a time: the next one finds what it read.
 */
export class RunRecordReader {
  /** Ended records by run id, null for damaged ones; those used last at the end. */
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataDir: string,
    private readonly open = openRunRecord,
  ) {}

  /**
   * The records of runs that began at `since` or later, newest first, ended or not, dry or not. Runs without a record and records
   * that cannot be read are passed over.
   */
  latest(since: Date): Promise<RunRecord[]> {
    const reading = this.#reading.then(() => this.#latest(since));
    this.#reading = reading.catch(() => {});
    return reading;
  }

  /** As `readRunRecord`. */
  async read(runId: string): Promise<RunRecord | null> {
    const candidate = await this.#candidate(runId, new Date(0));
    return candidate && this.#record(candidate);
  }

  async #latest(since: Date): Promise<RunRecord[]> {
    const runs = await readdir(join(this.dataDir, "history")).catch((): string[] => []);
    const candidates = await Promise.all(runs.map((runId) => this.#candidate(runId, since)));
    const records: RunRecord[] = [];
    // One after the other: what else the program does goes on in between.
    for (const candidate of candidates) {
      const record = candidate && (await this.#record(candidate));
      if (record && Date.parse(record.started_at) >= since.getTime()) records.push(record);
    }
    return records.sort(
      (one, other) => Date.parse(other.started_at) - Date.parse(one.started_at) || (one.run_id < other.run_id ? 1 : -1),
    );
  }

  /** Null where the run began before `since` for certain: its id says so, and nothing was written to its record since. */
  async #candidate(runId: string, since: Date): Promise<Candidate | null> {
    if (!RUN_ID.test(runId)) return null;
    const found = await lstat(recordPath(this.dataDir, runId)).catch(() => null);
    if (!found) return null;
    const earliest = since.getTime() - MINTED_BEFORE_MS;
    const minted = mintedAt(runId);
    const isOld = minted !== null && minted < earliest && found.mtimeMs < earliest;
    return isOld ? null : { runId, stamp: `${found.mtimeMs} ${found.size}`, bytes: found.size };
  }

  async #record({ runId, stamp, bytes }: Candidate): Promise<RunRecord | null> {
    const kept = this.#kept.get(runId);
    this.#forget(runId);
    try {
      const record = kept?.stamp === stamp ? kept.record : await this.open(this.dataDir, runId);
      // One that has not ended may be written to again at any moment.
      if (record?.ended_at !== null) this.#keep({ runId, stamp, bytes, record });
      return record;
    } catch {
      return null;
    }
  }

  #keep(kept: Kept): void {
    this.#forget(kept.runId);
    this.#kept.set(kept.runId, kept);
    this.#keptBytes += kept.bytes;
    for (const runId of this.#kept.keys()) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) return;
      this.#forget(runId);
    }
  }

  #forget(runId: string): void {
    const kept = this.#kept.get(runId);
    if (kept && this.#kept.delete(runId)) this.#keptBytes -= kept.bytes;
  }
}

/** A run whose record may be meant. */
interface Candidate {
  runId: string;
  /** Changes with the file. */
  stamp: string;
  bytes: number;
}
type Kept = Candidate & { record: RunRecord | null };

/** The records of runs that began at `since` or later, for programs that ask once; see `RunRecordReader.latest`. */
export function latestRunRecords(dataDir: string, since: Date): Promise<RunRecord[]> {
  return new RunRecordReader(dataDir).latest(since);
}

/** When an id was minted (`mintRunId`), in milliseconds since 1970; null for an id that somebody thought up. Pure. */
function mintedAt(runId: string): number | null {
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(runId);
  if (!stamp) return null;
  const [, year, month, day, hour, minute, second] = stamp;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at;
}

function recordPath(dataDir: string, runId: string): string {
  return join(dataDir, "history", runId, RUN_RECORD);
}
