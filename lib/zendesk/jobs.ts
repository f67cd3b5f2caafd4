import * as v from "valibot";
import type { ZendeskClient } from "./client.ts";
import { rowsOf } from "./list.ts";

/** How a job ended. `lost`: nobody can say what became of it (its status is gone, or it took too long). */
export type JobEnd =
  | { is: "completed"; results: unknown[] }
  | { is: "broken"; reason: string }
  | { is: "lost"; reason: string };

const FIRST_POLL_MS = 500;
const SLOWEST_POLL_MS = 5_000;
/** A fresh job may not be found at once, and under load a status call misses jobs that are there (facts/zendesk.md 3). */
const MISSES_BEFORE_LIST = 5;
const LONGEST_JOB_MS = 600_000;
const IDS_PER_POLL = 100;

const StatusSchema = v.object({ id: v.string(), status: v.string(), results: v.nullish(v.unknown()) });

interface Followed {
  resolve(end: JobEnd): void;
  misses: number;
  since: number;
}

/** Follows every running job of a client with one poll for all of them; the interval grows while nothing happens. */
export class JobFollower {
  private readonly running = new Map<string, Followed>();
  private polling = false;
  private interval: number;
  private readonly sleep: (milliseconds: number) => Promise<unknown>;
  private readonly now: () => number;
  private readonly firstPollMs: number;

  constructor(
    private readonly client: ZendeskClient,
    timing: { sleep?: (milliseconds: number) => Promise<unknown>; now?: () => number; pollMs?: number } = {},
  ) {
    this.sleep = timing.sleep ?? Bun.sleep;
    this.now = timing.now ?? Date.now;
    this.firstPollMs = timing.pollMs ?? FIRST_POLL_MS;
    this.interval = this.firstPollMs;
  }

  /** Waits for the end of a job. */
  follow(id: string): Promise<JobEnd> {
    const end = new Promise<JobEnd>((resolve) => this.running.set(id, { resolve, misses: 0, since: this.now() }));
    this.interval = this.firstPollMs;
    if (!this.polling) void this.poll();
    return end;
  }

  private async poll(): Promise<void> {
    this.polling = true;
    while (this.running.size > 0) {
      await this.sleep(this.interval);
      this.interval = Math.min(this.interval * 1.5, SLOWEST_POLL_MS);
      try {
        await this.pollOnce();
      } catch {
        for (const id of [...this.running.keys()]) this.end(id, { is: "lost", reason: "its status could not be read" });
      }
    }
    this.polling = false;
  }

  private async pollOnce(): Promise<void> {
    const ids = [...this.running.keys()];
    for (let start = 0; start < ids.length; start += IDS_PER_POLL) {
      const chunk = ids.slice(start, start + IDS_PER_POLL);
      this.take(await this.client.get(`/job_statuses/show_many?ids=${chunk.join(",")}`));
    }
    const missing = ids.filter((id) => this.running.get(id)?.misses === MISSES_BEFORE_LIST);
    if (missing.length > 0) this.take(await this.client.get("/job_statuses?page%5Bsize%5D=100"));
    for (const [id, job] of this.running) {
      if (job.misses > MISSES_BEFORE_LIST) this.end(id, { is: "lost", reason: "Zendesk no longer knows the job" });
      else if (this.now() - job.since > LONGEST_JOB_MS)
        this.end(id, { is: "lost", reason: "the job did not end within 10 minutes" });
    }
  }

  /** Takes in an answer with statuses; what it does not name was missed once more. */
  private take(body: unknown): void {
    const seen = new Set<string>();
    for (const row of rowsOf(body, "job_statuses") ?? []) {
      const status = v.safeParse(StatusSchema, row);
      if (!status.success || !this.running.has(status.output.id)) continue;
      seen.add(status.output.id);
      this.settle(status.output);
    }
    for (const [id, job] of this.running)
      if (!seen.has(id)) job.misses++;
      else job.misses = 0;
  }

  private settle({ id, status, results }: v.InferOutput<typeof StatusSchema>): void {
    if (status === "completed") this.end(id, { is: "completed", results: Array.isArray(results) ? results : [] });
    else if (status === "failed" || status === "killed")
      this.end(id, { is: "broken", reason: `the job ended as ${status}` });
  }

  private end(id: string, end: JobEnd): void {
    this.running.get(id)?.resolve(end);
    this.running.delete(id);
  }
}
