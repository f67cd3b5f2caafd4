/** Limits on the retries of one request: attempts, rate-limit refusals and total waiting time. */
export interface RetryBudget {
  /** Attempts that fail for a passing reason. */
  maxAttempts: number;
  /** Refusals for a rate limit: those are expected, and mostly bounded by how long they make it wait. */
  maxRateLimited: number;
  /** Milliseconds of waiting between attempts, in all. A wait that would pass it is not begun. */
  maxWaitMs: number;
}

/** For a run that nobody waits for. */
export const DEFAULT_BUDGET: RetryBudget = { maxAttempts: 8, maxRateLimited: 60, maxWaitMs: 600_000 };

/** For what is asked once: a person waits, or whoever asks repeats it in its own time. */
export const ONE_ATTEMPT: RetryBudget = { maxAttempts: 1, maxRateLimited: 1, maxWaitMs: 0 };

/** Amounts that a request has used up of its `RetryBudget`. */
export interface Spent {
  failures: number;
  rateLimited: number;
  waitedMs: number;
}

/** True if the budget allows no further attempt after a wait of `delayMs`. */
export function isSpent({ failures, rateLimited, waitedMs }: Spent, budget: RetryBudget, delayMs: number): boolean {
  return (
    failures >= budget.maxAttempts || rateLimited >= budget.maxRateLimited || waitedMs + delayMs > budget.maxWaitMs
  );
}
