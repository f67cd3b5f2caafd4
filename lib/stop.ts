import { StoppedError } from "./errors.ts";

/** A request to stop: what is in flight is finished and accounted for, nothing new is begun (S7). */
export interface Stop {
  /** Why, once asked for; null until then. */
  readonly reason: string | null;
}

/** A stop that nobody has asked for yet. */
export class StopRequest implements Stop {
  reason: string | null = null;
  readonly #controller = new AbortController();

  /** Aborted once asked: ends reads in flight, and pauses between their attempts, at once. Never given to writes (S7). */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first reason stays. */
  request(reason: string): void {
    this.reason ??= reason;
    this.#controller.abort();
  }
}

/** Never stops: for tests, and where nothing can ask. */
export const NEVER: Stop = { reason: null };

/** Ends a stage that has written nothing yet. */
export function throwIfStopped(stop: Stop): void {
  if (stop.reason !== null) throw new StoppedError(`Stopped (${stop.reason}) before anything was written.`);
}
