import { StoppedError } from "../errors.ts";

/** A request to stop: what is in flight is finished and accounted for, nothing new is begun (S7). */
export interface Stop {
  /** Why, once asked for; null until then. */
  readonly reason: string | null;
}

/** A stop that nobody has asked for yet. */
export class StopRequest implements Stop {
  reason: string | null = null;

  /** The first reason stays. */
  request(reason: string): void {
    this.reason ??= reason;
  }
}

/** Never stops: for tests, and where nothing can ask. */
export const NEVER: Stop = { reason: null };

/** Ends a stage that has written nothing yet. */
export function throwIfStopped(stop: Stop): void {
  if (stop.reason !== null) throw new StoppedError(`Stopped (${stop.reason}) before anything was written.`);
}
