import type { Sleep } from "../../../bot/run-flow/pauses.ts";

/** A clock that stands until a test moves it; whoever sleeps wakes in order. */
export class ManualClock {
  #now: number;
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(iso = "2026-11-24T10:00:00.000Z") {
    this.#now = Date.parse(iso);
  }

  readonly clock = (): Date => new Date(this.#now);

  readonly sleep: Sleep = (milliseconds, signal) =>
    new Promise<void>((resolve) => {
      const sleeper = { at: this.#now + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Whatever sleeps now never wakes: its program was killed. */
  forgetSleepers(): void {
    this.#sleepers.clear();
  }

  /** Moves on, waking each sleeper at its time, and lets everything be done that can be. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await idle();
    for (;;) {
      const next = [...this.#sleepers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      this.#sleepers.delete(next);
      next.wake();
      await idle();
    }
    this.#now = until;
    await idle();
  }
}

/** Everything that can be done without time passing has been done. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
