import type { Result, Unattempted } from "../artifacts/results.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { StoppedError } from "../errors.ts";
import { reasonOf } from "../reasons/reason-of-error.ts";
import type { ProgressLine } from "../stage/progress.ts";
import type { Stop } from "../stop.ts";
import { applyRows, type RowKind, resultOf, skipRows } from "./apply-rows.ts";

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

/** What every effect reports to while it goes on. */
export interface Recorder {
  stop: Stop;
  /** What ended jobs of this comparison altogether; once there is one, nothing further is begun. Thrown when all is accounted for. */
  errors: unknown[];
  line: ProgressLine;
  record(results: readonly Result[]): Promise<void>;
}

/**
 * Applies rows batch by batch: as many at a time as the account takes jobs, and those being looked at or read back beside them. After a
 * stop the rest is skipped (S7). Where a batch throws, no further one is begun, and those in flight are finished and accounted for (S6).
 * `then` is told of each batch as it ends, with the results in order. Never throws: see `errors`.
 */
export async function applyInJobs<Row extends object>(
  rows: readonly Row[],
  kind: RowKind<Row>,
  recorder: Recorder,
  then: (batch: readonly Row[], results: readonly Result[]) => void = () => {},
): Promise<void> {
  const batches = inJobs(rows);
  let next = 0;
  const work = async () => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++])
      then(batch, await applyJob(batch, kind, recorder));
  };
  await Promise.all(Array.from({ length: Math.min(BATCHES_AT_ONCE, batches.length) }, work));
}

/** Applies up to a hundred rows and records them, whatever happens. Answers the results, in order; never throws. */
export async function applyJob<Row extends object>(
  job: readonly Row[],
  kind: RowKind<Row>,
  recorder: Recorder,
): Promise<Result[]> {
  const { stop, errors, line, record } = recorder;
  const leave = await kind.room?.();
  let unattempted = whyNotBegun(recorder);
  const looked = () => {
    leave?.();
    if (whyNotBegun(recorder)) throw new StoppedError("what was looked at is not sent any more");
  };
  const apply = async (): Promise<Result[]> => {
    try {
      return (await applyRows(job, kind, looked)).map(({ result }) => result);
    } catch (error) {
      // Only what comes before the first sending ends so: nothing of the job was sent.
      unattempted = error instanceof StoppedError ? whyNotBegun(recorder) : undefined;
      if (unattempted) {
        return skipRows(job, kind, unattemptedReason(unattempted, stop));
      }
      errors.push(error);
      return job.map((row) => resultOf(kind.describe(row), { outcome: "failed", reason: reasonOf(error) }));
    }
  };
  const results = unattempted ? skipRows(job, kind, unattemptedReason(unattempted, stop)) : await apply();
  leave?.();
  if (!unattempted) line.add(job.length, results.filter(({ outcome }) => outcome === "failed").length);
  await record(results).catch((error) => errors.push(error));
  return results;
}

/** Why nothing further may be begun; undefined: it may. */
export function whyNotBegun({ errors, stop }: Pick<Recorder, "errors" | "stop">): Unattempted | undefined {
  if (errors.length > 0) return "failed";
  return stop.reason === null ? undefined : "stopped";
}

/** What is said of rows that were not begun. */
export function unattemptedReason(why: Unattempted, stop: Stop): Reason {
  return why === "failed" ? reason("write.not_attempted") : reason("run.stopped", { cause: stop.reason ?? "stop" });
}
