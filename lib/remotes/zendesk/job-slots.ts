/** Jobs that an account takes at once, of all clients together (facts/zendesk.md 3). */
const JOBS_OF_AN_ACCOUNT = 30;
/** Batches that may be looked at beyond the free places: enough to keep those busy, few enough that a look stays fresh (S4). */
const LOOKED_AT_AHEAD = 4;

const HEADERS = ["zendesk-ratelimit-inflight-jobs", "zendesk-rate-limit-inflight-jobs"];

/** Limit on the account's concurrent jobs, and the number of jobs still free, as announced by Zendesk. */
export interface JobsOfAccount {
  total: number;
  remaining: number;
}

/** Reads `total=30; remaining=29; resets=60` from the answer to a bulk call; null where it says nothing. */
export function jobsOfAccount(headers: Headers): JobsOfAccount | null {
  for (const name of HEADERS) {
    const [, total, remaining] = /total=(\d{1,6});\s*remaining=(\d{1,6})/.exec(headers.get(name) ?? "") ?? [];
    if (total !== undefined && remaining !== undefined) return { total: Number(total), remaining: Number(remaining) };
  }
  return null;
}

/**
 * How many jobs we may have at once, by what the account says when `running` of ours are known to be at work, the present one left out.
 * Whatever else it counts may be others'. So many as `slack` may be no other's: Zendesk does not say whether it counts the present one.
 * At least one: else nothing would ever be tried. Pure.
 */
export function limitOf({ total, remaining }: JobsOfAccount, running: number, slack: number): number {
  const others = total - remaining - running;
  return Math.max(1, others > slack ? total - others : total);
}

/**
 * The places for jobs of one account: every bulk write takes one, in turn, for as long as its job is in flight. The first job goes alone,
 * until its answer says how many there are. `TooManyJobs` takes places away; the next answers give them back.
 */
export class JobSlots {
  private limit = 1;
  private taken = 0;
  /** Of those that took a place, the jobs that the account is known to have taken. */
  private running = 0;
  private slack = 1;
  private ahead = 0;
  private isTold = false;
  private readonly waiting: (() => void)[] = [];
  private readonly waitingAhead: (() => void)[] = [];

  /** Waits for a place; `release` gives it back. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.admit();
    });
  }

  /** Takes in the headers of an answer. */
  readLimit(headers: Headers): void {
    const jobs = jobsOfAccount(headers);
    if (jobs === null) return;
    const limit = limitOf(jobs, this.running, this.slack);
    // Jobs of ours that have ended unseen make others look fewer: with others there, places come back one by one.
    this.allow(this.isTold && limit < jobs.total ? Math.min(limit, this.limit + 1) : limit);
  }

  /** The account took the job: one that says nothing of its jobs is believed to have as many as the documents say. */
  accepted(): void {
    this.running++;
    if (!this.isTold) this.allow(JOBS_OF_AN_ACCOUNT);
  }

  /** Gives a place back; `wasAccepted`: its job was at work until now. */
  release(wasAccepted: boolean): void {
    this.taken--;
    if (wasAccepted) this.running--;
    this.admit();
  }

  /**
   * A job was refused for there being too many. Where others of ours are in flight, its place is given back until one of them has ended:
   * true once it has another one. Where none is, the place is kept, so that one waits for all of us: false.
   */
  async refused(): Promise<boolean> {
    this.isTold = true;
    this.slack = 0;
    this.limit = Math.max(1, Math.min(this.limit, this.running));
    if (this.taken === 1) return false;
    this.taken--;
    await new Promise<void>((resolve) => {
      this.waiting.unshift(resolve);
      this.admit();
    });
    return true;
  }

  /**
   * Waits until a batch that is looked at now could be sent soon. Answers what to call right before it asks for its place, or when nothing
   * of it is to be sent.
   */
  async room(): Promise<() => void> {
    await new Promise<void>((resolve) => {
      this.waitingAhead.push(resolve);
      this.admit();
    });
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      this.ahead--;
      // Whoever leaves asks for a place before others are let in.
      queueMicrotask(() => this.admit());
    };
  }

  private allow(limit: number): void {
    this.isTold = true;
    this.limit = limit;
    this.admit();
  }

  private admit(): void {
    while (this.waiting.length > 0 && this.taken < this.limit) {
      this.taken++;
      this.waiting.shift()?.();
    }
    const free = Math.max(0, this.limit - this.taken);
    while (this.waitingAhead.length > 0 && this.ahead + this.waiting.length < free + LOOKED_AT_AHEAD) {
      this.ahead++;
      this.waitingAhead.shift()?.();
    }
  }
}
