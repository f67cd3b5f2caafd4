import type { SandboxClock } from "../server/clock.ts";
import { ZendeskError } from "./errors.ts";

/** How a request stands to a limit. */
export interface Standing {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds of real time until the window ends, at least 1. */
  resetSeconds: number;
}

/** So many requests in a *fixed* window, for each key: `remaining` was seen to jump back to full (facts 5). */
export class FixedWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #clock: SandboxClock;
  #window = Number.NaN;
  #counts = new Map<string, number>();

  /** @param seconds the window's length before time compression */
  constructor(limit: number, seconds: number, clock: SandboxClock) {
    this.#limit = limit;
    this.#windowMs = clock.realMs(seconds);
    this.#clock = clock;
  }

  /** Counts a request. A refused one is not counted. */
  take(key = ""): Standing {
    const now = this.#clock.now().getTime();
    const window = Math.floor(now / this.#windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts = new Map();
    }
    const count = this.#counts.get(key) ?? 0;
    const allowed = count < this.#limit;
    if (allowed) this.#counts.set(key, count + 1);
    return {
      allowed,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - count - 1),
      resetSeconds: this.#clock.announcedSeconds((window + 1) * this.#windowMs - now),
    };
  }
}

/** Names of 2023 (`x-rate-limit`) and those since 2024-02 stand side by side (facts 5). */
export function rateHeaders({ limit, remaining, resetSeconds }: Standing): Record<string, string> {
  return {
    "x-rate-limit": String(limit),
    "x-rate-limit-remaining": String(remaining),
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetSeconds),
  };
}

/** The account's limit answers in text/plain, which broke clients that parse every 429 as JSON (facts 5). */
export function accountLimitReached(standing: Standing): ZendeskError {
  return new ZendeskError(429, "Number of allowed API requests per minute exceeded", {
    "retry-after": String(standing.resetSeconds),
  });
}

/**
 * Throws the 429 of an endpoint's own limit when it is used up: another body than the account's, and the account's
 * headers may still claim quota (facts 5).
 */
export function respectEndpointLimit(standing: Standing): void {
  if (standing.allowed) return;
  throw new ZendeskError(
    429,
    { errors: [{ code: "TooManyRequests", title: "Too many requests to update" }] },
    { "retry-after": String(standing.resetSeconds) },
  );
}
