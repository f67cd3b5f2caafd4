const MINUTE_MS = 60_000;

/** Lets through what comes often: once a minute for each key. Its memory does not grow with every key that ever came. */
export class Throttle {
  readonly #passed = new Map<string, { at: number; leftOut: number }>();

  /** Returns the number left out since the last one that passed; null if this one is left out, too. */
  pass(key: string, now: Date): number | null {
    const at = now.getTime();
    const last = this.#passed.get(key);
    if (last && at - last.at < MINUTE_MS) {
      last.leftOut++;
      return null;
    }
    for (const [other, { at: when }] of this.#passed) if (at - when >= MINUTE_MS) this.#passed.delete(other);
    this.#passed.set(key, { at, leftOut: 0 });
    return last?.leftOut ?? 0;
  }
}

/** A log of what anybody can cause, such as requests with a wrong signature: a line a minute, which says how many were left out. */
export function throttledLog(log: (message: string) => void, clock: () => Date): (reason: string) => void {
  const throttle = new Throttle();
  return (reason) => {
    const leftOut = throttle.pass("", clock());
    if (leftOut !== null) log(`${reason}${leftOut > 0 ? ` (and ${leftOut} more since the last line)` : ""}`);
  };
}
