import { setTimeout as sleepFor } from "node:timers/promises";
import { StoppedError } from "../errors.ts";
import { longestPausesMs } from "./retry-timing.ts";
import { UNTOLD, type Waits } from "./waits.ts";

/** A read that is tried several times. */
export interface Asked {
  /** As messages name it: `Salesforce (example.my.salesforce.com)`. */
  service: string;
  request: string;
  /** Of one attempt, in milliseconds. */
  timeoutMs: number;
  attempts: number;
}

/** Says that an attempt begins; `before`: what the one before came to. */
export interface AttemptTeller {
  attempt(attempt: number, before: string | null): void;
}

/**
 * Does a read with attempts of its own: others are told what it waits for, and once `signal` is aborted whatever it throws is a
 * `StoppedError`. The work passes the signal on to its requests and pauses.
 */
export async function untilStopped<T>(
  { service, request, timeoutMs, attempts }: Asked,
  { signal, waits = UNTOLD }: { signal?: AbortSignal | undefined; waits?: Waits | undefined },
  work: (teller: AttemptTeller) => Promise<T>,
): Promise<T> {
  const wait = waits.begin({ service, request, endsWithRun: signal !== undefined });
  try {
    if (signal?.aborted) throw stopped(service);
    const done = await work({
      attempt(attempt, last) {
        const leftMs = (attempts - attempt + 1) * timeoutMs + longestPausesMs(attempt, attempts);
        wait.attempt({ attempt, attempts, last, leftMs });
      },
    });
    wait.end(true);
    return done;
  } catch (error) {
    wait.end(false);
    throw signal?.aborted ? stopped(service) : error;
  }
}

/** For one attempt: its time-out, and the signal that ends it earlier. */
export function endingAt(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}

/** Sleeps; rejects as soon as the signal is aborted. */
export function sleepUnlessAborted(milliseconds: number, signal?: AbortSignal): Promise<unknown> {
  return sleepFor(milliseconds, undefined, signal ? { signal } : {});
}

/** What a read throws that was not begun, or not finished, because the run was asked to stop. */
export function stopped(service: string): StoppedError {
  return new StoppedError(`${service} was not asked any more: stopped.`);
}
