/** The account's quota as announced in the headers of one answer. */
export interface SeenQuota {
  limit: number;
  remaining: number;
  /** Until the window ends, in milliseconds from the answer. */
  resetMs: number;
}

/** Current window of a quota, as far as it is known, with the requests we made in it. */
export interface RateWindow {
  limit: number;
  /** The least that an answer of this window named, and when that one came, in milliseconds since 1970. */
  remaining: number;
  seenAt: number;
  /** When it began for us, and when it ends at the latest, in milliseconds since 1970. */
  beganAt: number;
  endsAt: number;
  /** Our requests that may count in it, answered or not. */
  sent: number;
  /** Until when others are taken to use the quota as well. */
  othersUntil: number;
}

/** Windows are a minute (facts/zendesk.md 5). */
const WINDOW_MS = 60_000;
/** Whole seconds are announced, rounded up. */
const SECOND_MS = 1_000;
/** Others count for the rest of their window and the next one. */
const OTHERS_COUNT_MS = 2 * WINDOW_MS;
/** Our share of an account's requests while others use them, too, unless a person says another (`--rate-share`). */
export const DEFAULT_RATE_SHARE = 0.5;
/** Our share while nobody else is seen to use the quota; also the largest that a person may ask for. */
export const ALONE_SHARE = 0.95;
/** Requests that nobody knows of are others' from so many on, or from this part of the quota. */
const OTHERS_REQUESTS = 10;
const OTHERS_PART = 0.02;

/** The account's quota by the names that its headers had over the years; null where there is none. */
export function seenQuota(headers: Headers): SeenQuota | null {
  const limit = firstNumber(headers, ["ratelimit-limit", "x-rate-limit", "rate-limit"]);
  const remaining = firstNumber(headers, ["ratelimit-remaining", "x-rate-limit-remaining", "rate-limit-remaining"]);
  if (limit === null || remaining === null || limit < 1) return null;
  const reset = firstNumber(headers, ["ratelimit-reset", "rate-limit-reset"]);
  return { limit, remaining, resetMs: Math.min(reset === null ? WINDOW_MS : reset * 1000, WINDOW_MS) };
}

/** An answer: what it says, when it came and when its request was sent, in milliseconds since 1970, and our other requests in flight. */
export interface AnswerSeen {
  quota: SeenQuota;
  now: number;
  sentAt: number;
  inFlight: number;
}

/** Returns the window as known after an answer. Pure. */
export function afterAnswer(window: RateWindow | null, { quota, now, sentAt, inFlight }: AnswerSeen): RateWindow {
  const { limit, remaining, resetMs } = quota;
  const endsAt = now + resetMs;
  const before = window === null ? null : atTime(window, now, inFlight + 1);
  // Answers overtake one another, and are on their way for as long as they like: only what cannot be of the window before is news.
  const endsLater = before !== null && sentAt + resetMs - SECOND_MS >= before.endsAt;
  const hasMoreLeft = before !== null && sentAt >= before.seenAt && remaining > before.remaining;
  const isNew = before === null || endsLater || hasMoreLeft;
  // What was sent before the window began may tell of the one before, whose end is no end of this one.
  if (!isNew && sentAt < before.beganAt) return before;
  const sent = isNew ? inFlight + 1 : before.sent;
  const others = limit - remaining - sent;
  const seesOthers = others > Math.max(OTHERS_REQUESTS, limit * OTHERS_PART);
  return {
    ...(isNew || remaining < before.remaining ? { remaining, seenAt: now } : before),
    limit,
    beganAt: isNew ? now : before.beganAt,
    endsAt: isNew ? endsAt : Math.min(before.endsAt, endsAt),
    sent,
    othersUntil: seesOthers ? now + OTHERS_COUNT_MS : (before?.othersUntil ?? 0),
  };
}

/** The window that `now` is in: after the end of the last one everything is left but for what is still in flight. Pure. */
export function atTime(window: RateWindow, now: number, inFlight: number): RateWindow {
  if (now < window.endsAt) return window;
  return { ...window, remaining: window.limit, seenAt: now, beganAt: now, endsAt: now + WINDOW_MS, sent: inFlight };
}

/**
 * How many more requests may be sent in the window: never so many that together with those in flight they could pass what is left, nor
 * more than our share. `share`: ours while others use the quota, 0 to 1. Pure.
 */
export function roomIn(window: RateWindow, now: number, inFlight: number, share: number): number {
  const ours = now < window.othersUntil ? share : Math.max(share, ALONE_SHARE);
  const allowed = Math.max(1, Math.floor(window.limit * ours));
  return Math.min(window.remaining - inFlight, allowed - window.sent);
}

function firstNumber(headers: Headers, names: readonly string[]): number | null {
  for (const name of names) {
    const value = headers.get(name)?.trim();
    if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  }
  return null;
}
