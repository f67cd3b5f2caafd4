import { type SandboxBytes, uuid } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import type { Fault, ZendeskBehaviour } from "../types.ts";
import { ZendeskError } from "./errors.ts";
import type { Wire } from "./wire.ts";

/** What a bulk call asks for. */
export interface JobOrder {
  /** Shown as `job_type`, e.g. "Bulk Create Organization". */
  type: string;
  /** The message while it works, without the number: "Creating organization". */
  doing: string;
  /** Named in TooManyJobs. */
  worker: string;
  total: number;
  /** Does row `index` (from 0) at its time and tells its result item; never throws. */
  runRow: (index: number, at: Date) => Wire;
  /** A "job-failed" or "job-killed" to play: the job ends so after half of its rows are committed. */
  fault?: Fault | undefined;
}

interface Job {
  id: string;
  sequence: number;
  order: JobOrder;
  /** See {@link Jobs.onOrder}. */
  doRow: (row: () => Wire) => Wire;
  submittedMs: number;
  results: Wire[];
  /** Rows after which it ends; fewer than its total when a fault cuts it short. */
  stopsAfter: number;
  status: "queued" | "working" | "completed" | "failed" | "killed";
  endedMs?: number;
}

/**
 * Bulk jobs, run over (compressed) time. Nothing runs in the background: whoever looks at the store calls `settle`
 * first, which commits, in the order of their times, all rows whose time has come. So a job nobody polls has run too.
 */
export class Jobs {
  readonly #clock: SandboxClock;
  readonly #behaviour: ZendeskBehaviour;
  readonly #bytes: SandboxBytes;
  readonly #jobs = new Map<string, Job>();
  /** Told of each job when it is ordered; what it answers does each of the job's rows. */
  onOrder: () => (row: () => Wire) => Wire = () => (row) => row();
  #running: Job[] = [];

  constructor(clock: SandboxClock, behaviour: ZendeskBehaviour, bytes: SandboxBytes) {
    this.#bytes = bytes;
    this.#clock = clock;
    this.#behaviour = behaviour;
  }

  /** @throws ZendeskError 429 TooManyJobs over the limit of queued or running jobs */
  submit(order: JobOrder): Wire & { id: string } {
    const { inflightJobs, jobsTakenByOthers } = this.#behaviour;
    if (this.#running.length + jobsTakenByOthers >= inflightJobs) throw this.#tooManyJobs(order.worker);
    const id = `V3-${uuid(this.#bytes).replaceAll("-", "")}`;
    const cutShort = order.fault?.kind === "job-failed" || order.fault?.kind === "job-killed";
    const job: Job = {
      id,
      sequence: this.#jobs.size + 1,
      order,
      doRow: this.onOrder(),
      submittedMs: this.#clock.now().getTime(),
      results: [],
      stopsAfter: cutShort ? Math.floor(order.total / 2) : order.total,
      status: "queued",
    };
    this.#jobs.set(id, job);
    this.#running.push(job);
    return { id };
  }

  /** Brings the store up to the present. */
  settle(): void {
    const now = this.#clock.now().getTime();
    for (let job = this.#next(now); job; job = this.#next(now)) this.#step(job);
  }

  /** `zendesk-ratelimit-inflight-jobs`, sent with every bulk call (facts 3). */
  inflightHeader(): Record<string, string> {
    const { inflightJobs: total, jobsTakenByOthers } = this.#behaviour;
    const remaining = Math.max(0, total - jobsTakenByOthers - this.#running.length);
    const resets = this.#clock.announcedSeconds(this.#clock.realMs(60));
    return { "zendesk-ratelimit-inflight-jobs": `total=${total}; remaining=${remaining}; resets=${resets}` };
  }

  wire(id: string, origin: string): Wire | undefined {
    const job = this.#jobs.get(id);
    return job && jobWire(job, origin);
  }

  /** Ids and cursor positions of all jobs: those still running first, then by end and submission, latest first. */
  inOrder(): Array<{ id: string; sequence: number }> {
    return [...this.#jobs.values()].sort(
      (a, b) => (b.endedMs ?? Infinity) - (a.endedMs ?? Infinity) || b.sequence - a.sequence,
    );
  }

  /** The running job whose next step comes first, if that is due. */
  #next(now: number): Job | undefined {
    const due = this.#running.filter((job) => this.#dueMs(job) <= now);
    return due.sort((a, b) => this.#dueMs(a) - this.#dueMs(b) || a.sequence - b.sequence)[0];
  }

  #dueMs({ submittedMs, results }: Job): number {
    const { fixed, perRow } = this.#behaviour.jobSeconds;
    return submittedMs + this.#clock.realMs(fixed + perRow * (results.length + 1));
  }

  #step(job: Job): void {
    const at = this.#dueMs(job);
    if (job.results.length < job.stopsAfter) {
      job.status = "working";
      job.results.push(job.doRow(() => job.order.runRow(job.results.length, new Date(at))));
      if (job.results.length < job.stopsAfter || job.stopsAfter < job.order.total) return;
    }
    const kind = job.order.fault?.kind;
    job.status = kind === "job-failed" ? "failed" : kind === "job-killed" ? "killed" : "completed";
    job.endedMs = at;
    this.#running = this.#running.filter((other) => other !== job);
  }

  #tooManyJobs(worker: string): ZendeskError {
    const others = Array.from({ length: this.#behaviour.jobsTakenByOthers }, (_, place) =>
      place.toString(16).padStart(32, "0"),
    );
    return new ZendeskError(429, {
      error: "TooManyJobs",
      description: `Too many ${worker} jobs are currently queued or running. Try again later.`,
      current_job_ids: [...this.#running.map(({ id }) => id), ...others],
    });
  }
}

/**
 * Results stay null until the job is completed. `job_type` is newer than the recordings (facts 3). Bodies of failed and
 * killed jobs were never seen: here they have a message and no results.
 */
function jobWire(job: Job, origin: string): Wire {
  const { id, order, results, status } = job;
  return {
    id,
    job_type: order.type,
    url: `${origin}/api/v2/job_statuses/${id}.json`,
    total: order.total,
    progress: status === "queued" ? null : results.length,
    status,
    message: message(job),
    results: status === "completed" ? results : null,
  };
}

function message({ status, order, results, endedMs = 0 }: Job): string | null {
  if (status === "queued") return null;
  if (status === "working") return `${order.doing} #${results.length}`;
  const at = new Date(endedMs).toISOString();
  const verb = { completed: "Completed", failed: "Failed", killed: "Killed" }[status];
  return `${verb} at ${at.slice(0, 10)} ${at.slice(11, 19)} +0000`;
}
