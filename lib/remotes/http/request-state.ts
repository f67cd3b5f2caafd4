import type { HttpRequest } from "./client-options.ts";
import type { Failure } from "./failure.ts";
import type { BodyUse } from "./read-body.ts";
import type { RetryBudget, Spent } from "./retry-budget.ts";
import { longestPausesMs } from "./retry-timing.ts";
import type { Wait } from "./waits.ts";

/** Progress of one request across its attempts: budget spent, quota pauses, and the last failure. */
export interface RequestState extends Spent {
  use: BodyUse;
  budget: RetryBudget;
  attempts: number;
  renewed: boolean;
  /** Until when it has waited for the account's quota, in milliseconds since 1970: timers may end a little early. */
  pausedUntil: number;
  /** Why an earlier attempt may have been done; null while none may. */
  unclear: Failure | null;
  /** Failure of the last attempt; null before the first has ended. */
  last: Failure | null;
  wait: Wait;
  /** Ends the request and its waits at once. */
  signal: AbortSignal | undefined;
}

/** The state of a request that was not sent yet. */
export function newState(begun: Pick<RequestState, "use" | "wait" | "signal" | "budget">): RequestState {
  const nothing = { attempts: 0, failures: 0, rateLimited: 0, waitedMs: 0, pausedUntil: 0 };
  return { ...begun, ...nothing, renewed: false, unclear: null, last: null };
}

/** Says for whoever waits how far it is, and how long it may still take. `timeoutMs`: of one attempt. */
export function reportAttempt(state: RequestState, timeoutMs: number): void {
  const { wait, attempts: attempt, rateLimited, waitedMs, last } = state;
  const { maxAttempts, maxWaitMs } = state.budget;
  const attempts = Math.max(maxAttempts, attempt);
  const pauses = rateLimited > 0 ? maxWaitMs - waitedMs : Math.min(longestPausesMs(attempt, attempts), maxWaitMs);
  wait.attempt({ attempt, attempts, last, leftMs: pauses + (attempts - attempt + 1) * timeoutMs });
}

/** Returns the effect of sending a request twice: the request's own `effect`, else `none` for a GET and `adds` for any other method. */
export function effectOf({ method, effect }: HttpRequest): "none" | "sets" | "adds" {
  return effect ?? (method === "GET" ? "none" : "adds");
}
