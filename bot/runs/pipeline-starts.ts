import type { Database } from "bun:sqlite";
import type { RunOrder } from "./runner.ts";

/** Starts are forgotten after so long: whatever was started has ended by then. */
const KEPT_MS = 30 * 86_400_000;

/**
 * What this bot asked GitLab to start, kept before it asks. Where the answer was lost, or the bot was ended before it could note
 * it, a start has its run id and no pipeline yet: it is open.
 */
export class PipelineStarts {
  constructor(private readonly database: Database) {}

  /** GitLab is about to be asked for a run of this id; its pipeline will be newer than `afterId`. */
  asked(runId: string, { order, afterId, at }: { order: RunOrder; afterId: number; at: Date }): void {
    this.database
      .query("delete from pipeline_starts where asked_at < ?")
      .run(new Date(at.getTime() - KEPT_MS).toISOString());
    this.database
      .query("insert into pipeline_starts (run_id, after_id, dry_run, asked_at) values (?, ?, ?, ?)")
      .run(runId, afterId, Number(order.dryRun), at.toISOString());
  }

  /** This pipeline is the run, whether GitLab said so or its own files do. */
  began(runId: string, id: number): void {
    this.database.query("update or ignore pipeline_starts set id = ? where run_id = ? and id is null").run(id, runId);
  }

  /** GitLab said that it started nothing. */
  refused(runId: string): void {
    this.database.query("delete from pipeline_starts where run_id = ? and id is null").run(runId);
  }

  /** The run ids of open starts that a pipeline may belong to, by its place in time. */
  openBefore(id: number): string[] {
    const open = "select run_id from pipeline_starts where id is null and after_id < ?";
    return this.database
      .query<{ run_id: string }, [number]>(open)
      .all(id)
      .map(({ run_id }) => run_id);
  }

  /** Returns the options with which this bot started a pipeline; null if it did not, or if that is not proven yet. */
  of(id: number): { dryRun: boolean } | null {
    const row = this.database
      .query<{ dry_run: number }, [number]>("select dry_run from pipeline_starts where id = ?")
      .get(id);
    return row ? { dryRun: row.dry_run === 1 } : null;
  }
}
