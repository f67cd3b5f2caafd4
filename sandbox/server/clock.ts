/**
 * The sandbox's time: real time, with every span of the remotes (rate windows, jobs, token lives) shortened by a factor.
 *
 * Timestamps stay real, so that records carry believable dates; only *waiting* is compressed. A test passes its own
 * `now` and moves it by hand.
 */
export class SandboxClock {
  readonly factor: number;
  readonly #now: () => Date;

  /** @param factor how many times faster than real time, > 0; 1 is real time */
  constructor(factor: number, now: () => Date = () => new Date()) {
    if (!(factor > 0)) throw new Error(`The sandbox's time factor must be a number above 0, not ${factor}.`);
    this.factor = factor;
    this.#now = now;
  }

  now(): Date {
    return this.#now();
  }

  /** How long so many seconds of the remote take here, in milliseconds of real time. */
  realMs(sandboxSeconds: number): number {
    return (sandboxSeconds * 1000) / this.factor;
  }

  /** A wait as a remote announces it: whole seconds of real time, at least 1. */
  announcedSeconds(realMilliseconds: number): number {
    return Math.max(1, Math.ceil(realMilliseconds / 1000));
  }
}
