/** The shortest and longest wait between two attempts where the remote names none, in milliseconds. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** Headers that say when the present rate-limit window ends, in seconds; the names changed over the years. */
const RESET_HEADERS = ["ratelimit-reset", "rate-limit-reset"];
const REMAINING_HEADERS = ["ratelimit-remaining", "x-rate-limit-remaining", "rate-limit-remaining"];

/** What the timing of an attempt depends on; nothing else does. */
export interface Attempt {
  headers: Headers;
  /** 1 for the first one. */
  attempt: number;
  nowMs: number;
  /** 0 (included) to 1. */
  random: number;
}

/**
 * How long to wait before the next attempt, in milliseconds: what `Retry-After` says (seconds or an HTTP date), else the end of
 * the rate-limit window where the quota is used up, else half a second doubled with each attempt, give or take a half.
 */
export function retryDelayMs({ headers, attempt, nowMs, random }: Attempt): number {
  const said = retryAfterMs(headers, nowMs) ?? quotaPauseMs(headers);
  if (said !== null) return said;
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + random);
}

/** `Retry-After` in milliseconds from now; null where it is absent or cannot be read. */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(date - nowMs, 0);
}

/** How long every request should wait because the account's quota is used up, in milliseconds; null while there is some left. */
export function quotaPauseMs(headers: Headers): number | null {
  const remaining = firstNumber(headers, REMAINING_HEADERS);
  const reset = firstNumber(headers, RESET_HEADERS);
  return remaining === 0 && reset !== null ? reset * 1000 : null;
}

function firstNumber(headers: Headers, names: readonly string[]): number | null {
  for (const name of names) {
    const value = headers.get(name)?.trim();
    if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  }
  return null;
}
