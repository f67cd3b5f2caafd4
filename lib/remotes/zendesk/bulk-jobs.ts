import * as v from "valibot";
import { reason } from "../../domain/reason.ts";
import { now } from "../../edges/clock.ts";
import { reasonOf } from "../../reasons/reason-of-error.ts";
import type { HttpRequest } from "../http/client-options.ts";
import { HttpError } from "../http/http-error.ts";
import { retryAfterMs } from "../http/retry-timing.ts";
import { stopped } from "../http/stop.ts";
import type { ZendeskClient } from "./client.ts";
import { isTooManyJobs } from "./error-envelope.ts";
import type { JobSlots } from "./job-slots.ts";
import type { JobEnd, JobFollower } from "./jobs.ts";
import type { RowOutcome } from "./ports.ts";
import { requestOutcome } from "./row-outcome.ts";

/** Pauses in which others' jobs may end: about ten minutes. */
const MAX_PAUSES = 120;
const LONGEST_NAMED_PAUSE_MS = 60_000;

const JobSchema = v.object({ job_status: v.object({ id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)) }) });

/** A bulk call. `effect`: what sending it twice would do. */
export interface BulkCall {
  method: "POST" | "PUT";
  path: string;
  body: object;
  effect: NonNullable<HttpRequest["effect"]>;
  /** If true, it is not sent once the run has been asked to stop: a `StoppedError` is thrown, and nothing was done. */
  endsAtStop: boolean;
}

/** Pauses for others' jobs, and what ends them: the stop of the run. */
export interface Pausing {
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
  stopSignal: AbortSignal;
}

/** All bulk jobs of one account: each in a place of its own, ordered and followed to its end. */
export class BulkJobs {
  constructor(
    private readonly client: ZendeskClient,
    private readonly slots: JobSlots,
    private readonly follower: JobFollower,
    private readonly pausing: Pausing,
  ) {}

  /** See `ZendeskWriter`. */
  room(): Promise<() => void> {
    return this.slots.room();
  }

  /** Runs one job: how it ended, or what is to be said of each of its rows where there was none. Throws what `requestOutcome` throws, and see `endsAtStop`. */
  async run(call: BulkCall): Promise<{ end: JobEnd } | { outcome: RowOutcome }> {
    await this.slots.take();
    let wasAccepted = false;
    try {
      this.throwIfStopped(call);
      const ordered = await this.order(call);
      if ("outcome" in ordered) return ordered;
      this.slots.accepted();
      wasAccepted = true;
      return { end: await this.follower.follow(ordered.job) };
    } finally {
      this.slots.release(wasAccepted);
    }
  }

  /** Orders a job in the place that was taken for it. While the account has too many jobs, it waits for one to end. */
  private async order(call: BulkCall): Promise<{ job: string } | { outcome: RowOutcome }> {
    for (let pauses = 0; ; ) {
      try {
        const answer = await this.client.write(call.method, call.path, call.body, call.effect);
        const job = v.safeParse(JobSchema, answer);
        if (job.success) return { job: job.output.job_status.id };
        return { outcome: { is: "unknown", reason: reason("job.unnamed") } };
      } catch (error) {
        if (!(error instanceof HttpError && isTooManyJobs(error.body))) return { outcome: requestOutcome(error) };
        if (await this.slots.refused()) continue;
        // All of them are others': nobody tells when they end.
        this.throwIfStopped(call);
        const { sleep, stopSignal } = this.pausing;
        if (stopSignal.aborted || pauses >= MAX_PAUSES)
          return { outcome: { is: "transient", reason: reasonOf(error) } };
        await sleep(pauseMs(pauses++, error), stopSignal).catch(() => undefined);
      }
    }
  }

  private throwIfStopped({ endsAtStop }: BulkCall): void {
    if (endsAtStop && this.pausing.stopSignal.aborted) throw stopped("Zendesk");
  }
}

/** A second, doubled with each pause up to five; longer where Zendesk names a time. */
function pauseMs(pauses: number, { answer }: HttpError): number {
  const named = Math.min(retryAfterMs(answer.headers, now()) ?? 0, LONGEST_NAMED_PAUSE_MS);
  return Math.max(Math.min(1_000 * 2 ** pauses, 5_000), named);
}
