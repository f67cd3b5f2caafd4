import type { Database } from "bun:sqlite";
import * as v from "valibot";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";

/** Uploads that are over are remembered for 30 days: so long may a run's end be told of again. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** A run whose page goes into its thread. */
export interface RequestedPage {
  /** The runner's. */
  runId: string;
  /** The instance that alone is concerned; null: both are. */
  instance: InstanceName | null;
  /** Keys of messages: the one whose thread it is, and the last one that comes before the page. */
  thread: string;
  after: string;
}

/**
 * How far a page is. `pending`: nobody sees anything of it. `sharing`: Slack was asked to show it, and that is asked once. `done`, `failed`:
 * nothing further happens.
 */
export interface PageUpload extends RequestedPage {
  state: "pending" | "sharing" | "done" | "failed";
  attempts: number;
  /** Milliseconds since 1970 before which nothing is tried. */
  nextAt: number;
}

const RowSchema = v.pipe(
  v.object({
    run_id: v.string(),
    instance: v.nullable(v.picklist(INSTANCES)),
    thread: v.string(),
    after: v.string(),
    state: v.picklist(["pending", "sharing", "done", "failed"]),
    attempts: v.number(),
    next_at: v.number(),
  }),
  v.transform(({ run_id: runId, next_at: nextAt, ...row }): PageUpload => ({ ...row, runId, nextAt })),
);

/** The pages that go into threads, in the bot's database: one to a run, whatever is asked again after a restart. */
export class PageUploads {
  constructor(private readonly database: Database) {}

  /** Notes a page that is wanted; one that was noted before is left alone. */
  want({ runId, instance, thread, after }: RequestedPage, now: Date): void {
    this.database.run(
      `insert into page_uploads (run_id, instance, thread, "after", state, attempts, next_at, wanted_at)
       values (?, ?, ?, ?, 'pending', 0, 0, ?) on conflict do nothing`,
      [runId, instance, thread, after, now.getTime()],
    );
  }

  /** Those that are not over, oldest first. */
  open(): PageUpload[] {
    const rows = this.database
      .query("select * from page_uploads where state in ('pending', 'sharing') order by wanted_at, run_id")
      .all();
    return rows.flatMap((row) => {
      const read = v.safeParse(RowSchema, row);
      return read.success ? [read.output] : [];
    });
  }

  /** Keeps how far a page is now. */
  keep(runId: string, { state, attempts, nextAt }: Pick<PageUpload, "state" | "attempts" | "nextAt">): void {
    this.database.run("update page_uploads set state = ?, attempts = ?, next_at = ? where run_id = ?", [
      state,
      attempts,
      nextAt,
      runId,
    ]);
  }

  forgetOld(now: Date): void {
    this.database.run("delete from page_uploads where state in ('done', 'failed') and wanted_at < ?", [
      now.getTime() - REMEMBERED_MS,
    ]);
  }
}
