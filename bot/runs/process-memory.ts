import type { Database } from "bun:sqlite";

/** A run that this bot started. */
export interface StartedProcess {
  runId: string;
  dataDir: string;
  dryRun: boolean;
  /** Null where the bot was ended before it knew. */
  pid: number | null;
  startedAt: Date;
}

interface Row {
  run_id: string;
  data_dir: string;
  dry_run: number;
  pid: number | null;
  started_at: string;
}

/** Starts are forgotten after so many. */
const MAX_KEPT = 1000;

/** Which runs this bot started, so that it knows them after a restart. */
export class ProcessMemory {
  constructor(private readonly database: Database) {}

  keep({ runId, dataDir, dryRun, pid, startedAt }: StartedProcess): void {
    this.database
      .query(
        "insert or replace into process_starts (run_id, data_dir, dry_run, pid, started_at) values (?, ?, ?, ?, ?)",
      )
      .run(runId, dataDir, Number(dryRun), pid, startedAt.toISOString());
    this.database
      .query(
        "delete from process_starts where run_id not in (select run_id from process_starts order by started_at desc limit ?)",
      )
      .run(MAX_KEPT);
  }

  started(runId: string): StartedProcess | null {
    const row = this.database.query<Row, [string]>("select * from process_starts where run_id = ?").get(runId);
    if (!row) return null;
    return {
      runId: row.run_id,
      dataDir: row.data_dir,
      dryRun: row.dry_run === 1,
      pid: row.pid,
      startedAt: new Date(row.started_at),
    };
  }
}
