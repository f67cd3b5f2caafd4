import type { Runner, RunState } from "./runner.ts";

/** Maximum age of an answer, in milliseconds: nobody notices a change of a run sooner. */
const MAX_AGE_MS = 2_000;

interface Reading<T> {
  answer: Promise<T>;
  /** Milliseconds since 1970; null while it goes on. */
  doneAt: number | null;
}
type EndedReading = Reading<RunState[]> & { since: number };

/**
 * A runner as those see it who only tell of runs, however many ask at once: whoever asks during a reading, or within two seconds of
 * it, gets what it found, so that `status`, which is open to everybody, never makes GitLab or the disk be asked more often. Whatever
 * is decided (may a run begin, has it ended) is asked of the runner itself. What failed is asked again by the next one.
 */
export class RecentRuns implements Pick<Runner, "kind" | "current" | "ended"> {
  readonly kind: Runner["kind"];
  #current: Reading<RunState | null> | null = null;
  #ended: EndedReading[] = [];

  constructor(
    private readonly runner: Pick<Runner, "kind" | "current" | "ended">,
    private readonly clock: () => Date,
  ) {
    this.kind = runner.kind;
  }

  current(): Promise<RunState | null> {
    if (!this.#current || !this.#isFresh(this.#current)) this.#current = this.#reading(this.runner.current());
    return this.#current.answer;
  }

  /** A reading that reached further back answers too. */
  async ended(since: Date): Promise<RunState[]> {
    this.#ended = this.#ended.filter((one) => this.#isFresh(one));
    const known = this.#ended.find((one) => one.since <= since.getTime()) ?? this.#readEnded(since);
    const runs = await known.answer;
    return runs.filter(({ endedAt, startedAt }) => (endedAt ?? startedAt) >= since);
  }

  /** The next one to ask gets what is so then: a run has changed. */
  forget(): void {
    this.#current = null;
    this.#ended = [];
  }

  #readEnded(since: Date): EndedReading {
    const reading = Object.assign(this.#reading(this.runner.ended(since)), { since: since.getTime() });
    this.#ended.push(reading);
    return reading;
  }

  #reading<T>(answer: Promise<T>): Reading<T> {
    const reading: Reading<T> = { answer, doneAt: null };
    answer.then(
      () => {
        reading.doneAt = this.clock().getTime();
      },
      () => {
        reading.doneAt = Number.NEGATIVE_INFINITY;
      },
    );
    return reading;
  }

  /** A clock that was put back makes nothing fresh for long. */
  #isFresh({ doneAt }: Reading<unknown>): boolean {
    return doneAt === null || Math.abs(this.clock().getTime() - doneAt) < MAX_AGE_MS;
  }
}
