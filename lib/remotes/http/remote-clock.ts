import { now } from "../../edges/clock.ts";

/**
 * A remote's time, by the `Date` of its answers (RFC 9110, 6.6.1): whatever this machine's clock says. It tells whole seconds, and an
 * answer takes its way, so it is behind by these, and never ahead.
 */
export class RemoteClock {
  /** Milliseconds by which the remote's clock was ahead of ours at its last answer. */
  #ahead: number | null = null;

  heard(headers: Headers): void {
    const told = Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(told)) this.#ahead = told - now();
  }

  /** Milliseconds since 1970; null before it was heard. */
  now(): number | null {
    return this.#ahead === null ? null : now() + this.#ahead;
  }
}
