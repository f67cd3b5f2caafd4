import type { WorkMeter } from "../simulate/kernel/clock.ts";

/** Turns that are timed to learn what one costs that finds nothing. */
const SAMPLE_TURNS = 2_000;

/**
 * What the program of this process worked. Its main thread's work is time that passes (`take`): what other threads do beside it (garbage
 * collection, compilation) takes no time of its own, and is in `processorMs` only. What is done while it is paused (the way to the
 * sandbox) and the turns in which the clock looks around are left out of both.
 */
export class ProgramMeter implements WorkMeter {
  #mainSeen = mainThreadMs();
  #pausedAt: { main: number; all: number } | null = null;
  /** Of all threads, since the process began. */
  #leftOut = allThreadsMs();
  #turns = 0;

  /** @param turnMs milliseconds of a turn of the event loop in which nobody does anything */
  private constructor(private readonly turnMs: number) {}

  /** A meter that begins now, after it has measured what its own turns cost. */
  static async begun(): Promise<ProgramMeter> {
    const before = mainThreadMs();
    for (let turns = 0; turns < SAMPLE_TURNS; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
    return new ProgramMeter((mainThreadMs() - before) / SAMPLE_TURNS);
  }

  take(): number {
    if (this.#pausedAt) return 0;
    const now = mainThreadMs();
    const worked = now - this.#mainSeen - this.#turns * this.turnMs;
    this.#leftOut += this.#turns * this.turnMs;
    this.#turns = 0;
    this.#mainSeen = now;
    return Math.max(0, worked);
  }

  turned(): void {
    if (!this.#pausedAt) this.#turns++;
  }

  /** What follows is not the program's, until `resume`. To be taken before: what was not yet taken waits until then. */
  pause(): void {
    this.#pausedAt = { main: mainThreadMs(), all: allThreadsMs() };
  }

  resume(): void {
    if (!this.#pausedAt) return;
    this.#leftOut += allThreadsMs() - this.#pausedAt.all;
    this.#mainSeen += mainThreadMs() - this.#pausedAt.main;
    this.#pausedAt = null;
  }

  /** Milliseconds of processors, all threads, that the program used. */
  processorMs(): number {
    this.take();
    return allThreadsMs() - this.#leftOut;
  }
}

function mainThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function allThreadsMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
