/** The shortest and longest wait between two attempts where the remote names none, in milliseconds. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** Headers that say when the present rate-limit window ends, in seconds; the names changed over the years. */
const RESET_HEADERS = ["ratelimit-reset", "rate-limit-reset"];
const REMAINING_HEADERS = ["ratelimit-remaining", "x-rate-limit-remaining", "rate-limit-remaining"];
/** Zendesk's limits of single endpoints: `total=100; remaining=0; resets=41`. The one of running jobs tells no real end. */
const ENDPOINT_HEADER = /^zendesk-rate-?limit-(?!inflight-jobs)/;

/** Everything that the timing of an attempt depends on. */
export interface Attempt {
  headers: Headers;
  /** 1 for the first one. */
  attempt: number;
  nowMs: number;
  /** 0 (included) to 1. */
  random: number;
  /** The shortest wait before the second attempt, doubled with each further one. */
  firstWaitMs?: number | undefined;
}

/**
 * How long to wait before the next attempt, in milliseconds: what `Retry-After` says (seconds or an HTTP date), else the end of
 * the rate-limit window where the quota is used up, else half a second doubled with each attempt, give or take a half.
 */
export function retryDelayMs({ headers, attempt, nowMs, random, firstWaitMs = 0 }: Attempt): number {
  const said = retryAfterMs(headers, nowMs) ?? quotaPauseMs(headers) ?? endpointPauseMs(headers);
  const usual = said ?? doubled(FIRST_WAIT_MS, attempt) * (0.5 + random);
  return Math.max(usual, doubled(firstWaitMs, attempt));
}

/** The longest that all pauses between the attempts `from` and `to` take where the remote names none, in milliseconds. */
export function longestPausesMs(from: number, to: number): number {
  let total = 0;
  for (let attempt = from; attempt < to; attempt++) total += doubled(FIRST_WAIT_MS, attempt) * 1.5;
  return total;
}

function doubled(firstMs: number, attempt: number): number {
  return Math.min(firstMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}

/** `Retry-After` in milliseconds from now; null where it is absent or cannot be read. */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  // Dates have a month's name: Date.parse alone would take "1.5" for one.
  const date = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(date - nowMs, 0);
}

/**
 * How long every request should wait because the account's quota is used up, in milliseconds; null while there is some left.
 * A window is a minute: a header that says more is misread, and must not stop everything.
 */
export function quotaPauseMs(headers: Headers): number | null {
  const remaining = firstNumber(headers, REMAINING_HEADERS);
  const reset = firstNumber(headers, RESET_HEADERS);
  return remaining === 0 && reset !== null ? Math.min(reset * 1000, LONGEST_WAIT_MS) : null;
}

/** The longest wait that an exhausted limit of a single endpoint asks for, in milliseconds. */
function endpointPauseMs(headers: Headers): number | null {
  const seconds = [...headers].flatMap(([name, value]) => {
    const [, remaining, resets] = /remaining=(\d+).*resets=(\d{1,6})/.exec(value) ?? [];
    return ENDPOINT_HEADER.test(name) && remaining === "0" ? [Number(resets)] : [];
  });
  return seconds.length > 0 ? Math.min(Math.max(...seconds) * 1000, LONGEST_WAIT_MS) : null;
}

function firstNumber(headers: Headers, names: readonly string[]): number | null {
  for (const name of names) {
    const value = headers.get(name)?.trim();
    if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  }
  return null;
}
