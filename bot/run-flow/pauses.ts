/** Waits; ends early, in whatever way, where the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

/** Pauses between two looks at a run, which end early when that run may have changed, or when everything stops. */
export class Pauses {
  #stopped = false;
  readonly #waiting = new Map<string, Set<AbortController>>();
  /** Runs that changed while somebody was looking at them: their next pause is none. */
  readonly #changed = new Set<string>();

  constructor(private readonly sleep: Sleep) {}

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Waits so long, or until the run may have changed. */
  async wait(runId: string, milliseconds: number): Promise<void> {
    if (this.#stopped || this.#changed.delete(runId)) return;
    const controller = new AbortController();
    const others = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, others.add(controller));
    const ended = new Promise<void>((resolve) => {
      controller.signal.addEventListener("abort", () => resolve());
    });
    await Promise.race([this.sleep(milliseconds, controller.signal).catch(() => undefined), ended]);
    controller.abort();
    others.delete(controller);
    if (others.size === 0) this.#waiting.delete(runId);
    this.#changed.delete(runId);
  }

  /** The run may have changed: whoever waits for it looks now. */
  changed(runId: string): void {
    const waiting = this.#waiting.get(runId);
    if (waiting) for (const one of waiting) one.abort();
    else {
      // Most of what a runner tells is about runs that nobody here looks at.
      if (this.#changed.size >= 1_000) this.#changed.clear();
      this.#changed.add(runId);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const waiting of this.#waiting.values()) for (const one of waiting) one.abort();
  }
}

/** The pause before look number `failures + 1` after so many that failed in a row: doubled each time, a minute at most. */
export function backedOff(everyMs: number, failures: number): number {
  return Math.max(everyMs, Math.min(60_000, everyMs * 2 ** Math.min(failures, 10)));
}
