import { type Reason, reason } from "../domain/reason.ts";
import { StoppedError } from "../errors.ts";
import type { ProgressLine } from "../pipeline/progress.ts";
import { reasonOf } from "../reasons/reason-of-error.ts";
import type { Stop } from "../stop.ts";
import type { Result, Unattempted } from "../storage/artifacts/results.ts";
import { applyRows, type RowKind, resultOf, type Sending, skipRows } from "./apply-rows.ts";

/** Rows that one bulk job takes. */
const ROWS_PER_JOB = 100;

/** Batches under way at once: those in jobs, of which an account takes thirty, and those that are looked at or read back meanwhile. */
const BATCHES_AT_ONCE = 48;

/** Cuts rows into jobs. */
export function inJobs<Row>(rows: readonly Row[]): Row[][] {
  const jobs: Row[][] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_JOB) jobs.push(rows.slice(start, start + ROWS_PER_JOB));
  return jobs;
}

/** Shared by the jobs of an effect while it is written: the stop, the progress line, and the places for results and errors. */
export interface Recorder {
  stop: Stop;
  /** Errors that ended jobs of this comparison; once there is one, no further job is begun. Thrown once every row is accounted for. */
  errors: unknown[];
  line: ProgressLine;
  record(results: readonly Result[]): Promise<void>;
}

/** When a job is sent among others; `sent` is also called where it will not be. */
type Turn = Pick<Sending, "before" | "sent">;

/** Rows of one effect, cut into jobs. */
export interface JobsOf {
  jobs: readonly ((turn: Turn) => Promise<void>)[];
  /** Called once all of them have ended. */
  ended(): void;
}

/** Cuts rows into jobs that can be applied. `then` is told of each batch as it ends, with the results in order. */
export function jobsOf<Row extends object>(
  rows: readonly Row[],
  kind: RowKind<Row>,
  recorder: Recorder,
  then: (batch: readonly Row[], results: readonly Result[]) => void = () => {},
): JobsOf {
  return {
    jobs: inJobs(rows).map((batch) => async (turn) => then(batch, await applyJob(batch, kind, recorder, turn))),
    ended: () => recorder.line.end(),
  };
}

/**
 * Applies rows batch by batch: as many at a time as the account takes jobs, and those being looked at or read back beside them, of whatever effect.
 * Batches are begun in the order in which they are given, and what is of one effect is sent after everything of the effects before (Y5). After a stop the rest is skipped (S7). Where a batch throws, no further one is begun, and those in flight
 * are finished and accounted for (S6). Never throws: see `errors` of the recorder.
 */
export async function applyInOrder(all: readonly JobsOf[]): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  let done: Promise<unknown> = Promise.resolve();
  const jobs = all.flatMap(({ jobs, ended }) => {
    const earlier = before;
    const turns = jobs.map(() => ({ sent: Promise.withResolvers<void>(), over: Promise.withResolvers<void>() }));
    before = Promise.all([earlier, ...turns.map(({ sent }) => sent.promise)]);
    // Told in the order of the effects, too.
    done = Promise.all([done, ...turns.map(({ over }) => over.promise)]).then(ended);
    return turns.map(({ sent, over }, index) => async () => {
      await jobs[index]?.({ before: earlier, sent: sent.resolve });
      over.resolve();
    });
  });
  let next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await job();
  };
  await Promise.all([done, ...Array.from({ length: Math.min(BATCHES_AT_ONCE, jobs.length) }, work)]);
}

/** Applies up to a hundred rows and records them, whatever happens. Answers the results, in order; never throws. */
async function applyJob<Row extends object>(
  job: readonly Row[],
  kind: RowKind<Row>,
  recorder: Recorder,
  { before, sent }: Turn,
): Promise<Result[]> {
  const { stop, errors, line, record } = recorder;
  const leave = await kind.room?.();
  let unattempted = notStartedReason(recorder);
  const looked = () => {
    leave?.();
    if (notStartedReason(recorder)) throw new StoppedError("records that were checked are no longer sent");
  };
  const apply = async (): Promise<Result[]> => {
    try {
      return (await applyRows(job, kind, { before, looked, sent })).map(({ result }) => result);
    } catch (error) {
      // Only what comes before the first sending ends so: nothing of the job was sent.
      unattempted = error instanceof StoppedError ? notStartedReason(recorder) : undefined;
      if (unattempted) {
        return skipRows(job, kind, unattemptedReason(unattempted, stop));
      }
      errors.push(error);
      return job.map((row) => resultOf(kind.describe(row), { outcome: "failed", reason: reasonOf(error) }));
    }
  };
  const results = unattempted ? skipRows(job, kind, unattemptedReason(unattempted, stop)) : await apply();
  leave?.();
  sent();
  if (!unattempted) line.add(job.length, results.filter(({ outcome }) => outcome === "failed").length);
  await record(results).catch((error) => errors.push(error));
  return results;
}

/** Why nothing further may be begun; undefined: it may. */
export function notStartedReason({ errors, stop }: Pick<Recorder, "errors" | "stop">): Unattempted | undefined {
  if (errors.length > 0) return "failed";
  return stop.reason === null ? undefined : "stopped";
}

/** Returns the reason recorded for rows that were not begun: an earlier failure, or the cause of the stop. */
export function unattemptedReason(why: Unattempted, stop: Stop): Reason {
  return why === "failed" ? reason("write.not_attempted") : reason("run.stopped", { cause: stop.reason ?? "stop" });
}
