/**
 * Until when nothing is sent to an account, because an answer asked for it: `Retry-After` of a refusal that is about everything, or a quota
 * that is used up. Whoever talks to the account shares one, so that nobody asks while another was told to wait.
 */
export class Pause {
  /** Milliseconds since 1970; 0: nobody asked for one yet. */
  until = 0;

  /** Of all that was asked for, the latest moment counts. */
  extendTo(until: number): void {
    this.until = Math.max(this.until, until);
  }
}
