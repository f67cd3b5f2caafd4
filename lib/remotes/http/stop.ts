import { timeoutSignal } from "../../edges/clock.ts";
import { StoppedError } from "../../errors.ts";

/** For one attempt: its time-out, and the signal that ends it earlier. */
export function endingAt(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = timeoutSignal(timeoutMs);
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}

/** Returns the error thrown by a read that was not begun, or not finished, because the run was asked to stop. */
export function stopped(service: string): StoppedError {
  return new StoppedError(`${service} was not called any more because the run was stopped.`);
}
