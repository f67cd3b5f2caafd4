import * as v from "valibot";
import { type Reason, reason } from "../../domain/reason.ts";
import { sleep as sleepFor } from "../../edges/clock.ts";
import type { HttpTiming } from "../http/client-options.ts";
import { HttpError } from "../http/http-error.ts";
import type { ZendeskClient } from "./client.ts";
import { rowsOf } from "./list.ts";

/** End of a job. `lost`: nobody can say what became of its rows. */
export type JobEnd = { is: "completed"; results: unknown[] } | { is: "lost"; reason: Reason };

const FIRST_POLL_MS = 500;
/** Most jobs end within seconds; of one that has not within a minute, a later answer costs little and the requests are others' too. */
const SLOWEST_POLL_MS = 1_000;
const YOUNG_MS = 60_000;
const SLOWEST_POLL_OF_OLD_MS = 5_000;
const LONGEST_JOB_MS = 600_000;
/** A fresh job may not be found at once, and under load Zendesk misses jobs that are there (facts/zendesk.md 3). */
const LONGEST_MISSING_MS = 60_000;
const IDS_PER_POLL = 100;

const StatusSchema = v.object({ id: v.string(), status: v.string(), results: v.optional(v.unknown()) });
type Status = v.InferOutput<typeof StatusSchema>;

interface Followed {
  resolve(end: JobEnd): void;
  /** Time that it has been waited for, and for which it has not been found, in milliseconds. */
  waitedMs: number;
  missingMs: number;
}

/** Follows every running job of a client with one poll for all of them: soon after the first one began, then every second. */
export class JobFollower {
  private readonly running = new Map<string, Followed>();
  private polling = false;
  private readonly sleep: (milliseconds: number) => Promise<unknown>;
  private readonly firstPollMs: number;

  constructor(
    private readonly client: ZendeskClient,
    timing: HttpTiming & { pollMs?: number } = {},
    signal?: AbortSignal,
  ) {
    const sleep = timing.sleep ?? sleepFor;
    // An aborted wait ends early; the poll after it then says that we are stopped.
    this.sleep = (milliseconds) => sleep(milliseconds, signal).catch(() => undefined);
    this.firstPollMs = timing.pollMs ?? FIRST_POLL_MS;
  }

  /** Waits for the end of a job. Never rejects. */
  follow(id: string): Promise<JobEnd> {
    const end = new Promise<JobEnd>((resolve) => this.running.set(id, { resolve, waitedMs: 0, missingMs: 0 }));
    if (!this.polling) void this.poll();
    return end;
  }

  private async poll(): Promise<void> {
    this.polling = true;
    let wait = this.firstPollMs;
    while (this.running.size > 0) {
      const waited = wait;
      await this.sleep(waited);
      const areOld = [...this.running.values()].every(({ waitedMs }) => waitedMs >= YOUNG_MS);
      wait = Math.min(waited * 1.5, areOld ? SLOWEST_POLL_OF_OLD_MS : SLOWEST_POLL_MS);
      await this.pollOnce([...this.running.keys()]);
      this.giveUp(waited);
    }
    this.polling = false;
  }

  /** Asks for all jobs at once; for those not found, looks into the list of the latest jobs, which may have them still. */
  private async pollOnce(ids: string[]): Promise<void> {
    try {
      const missing: string[] = [];
      for (let start = 0; start < ids.length; start += IDS_PER_POLL) {
        const chunk = ids.slice(start, start + IDS_PER_POLL);
        missing.push(...this.take(chunk, await this.statuses(`/job_statuses/show_many?ids=${chunk.join(",")}`)));
      }
      if (missing.length > 0) this.take(missing, await this.statuses("/job_statuses?page%5Bsize%5D=100"));
    } catch (error) {
      // A refusal of one look is none of the jobs: they are at work, and found again or missed for too long.
      if (error instanceof HttpError) return;
      for (const id of ids) this.end(id, { is: "lost", reason: reason("job.status_unreadable", { job_id: id }) });
    }
  }

  private async statuses(path: string): Promise<Status[]> {
    const rows = rowsOf(await this.client.get(path).catch(notFoundAsNothing), "job_statuses") ?? [];
    return rows.flatMap((row) => {
      const status = v.safeParse(StatusSchema, row);
      return status.success ? [status.output] : [];
    });
  }

  /** Takes in the statuses of jobs; answers the ids that are not among them. */
  private take(ids: readonly string[], statuses: readonly Status[]): string[] {
    const byId = new Map(statuses.map((status) => [status.id, status]));
    return ids.filter((id) => {
      const job = this.running.get(id);
      const found = byId.get(id);
      if (!job || !found) return true;
      job.missingMs = 0;
      this.settle(found);
      return false;
    });
  }

  private settle({ id, status, results }: Status): void {
    if (status === "completed") this.end(id, { is: "completed", results: Array.isArray(results) ? results : [] });
    else if (status === "failed" || status === "killed")
      this.end(id, { is: "lost", reason: reason("job.ended_early", { job_id: id, status }) });
  }

  private giveUp(waitedMs: number): void {
    for (const [id, job] of this.running) {
      job.waitedMs += waitedMs;
      job.missingMs += waitedMs;
      if (job.missingMs > LONGEST_MISSING_MS)
        this.end(id, { is: "lost", reason: reason("job.unknown", { job_id: id }) });
      else if (job.waitedMs > LONGEST_JOB_MS)
        this.end(id, { is: "lost", reason: reason("job.too_long", { job_id: id, minutes: LONGEST_JOB_MS / 60_000 }) });
    }
  }

  private end(id: string, end: JobEnd): void {
    this.running.get(id)?.resolve(end);
    this.running.delete(id);
  }
}

/** The look-up fails as a whole where it knows none of the jobs. */
function notFoundAsNothing(error: unknown): unknown {
  if (error instanceof HttpError && error.status === 404) return { job_statuses: [] };
  throw error;
}
