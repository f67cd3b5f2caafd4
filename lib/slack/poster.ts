import { sleep as sleepFor } from "../edges/clock.ts";
import type { Message, PostOutcome, SlackChannel } from "./ports.ts";

/** Slack takes about one message a second in a channel. */
export const PAUSE = 1000;
/** How long Slack may make us wait for one message, in all. */
const MOST_WAIT = 120_000;

/** What messages are posted with. */
export interface Pacing {
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Asked to stop, nothing further is posted. */
  stop?: { readonly reason: string | null };
  /** Milliseconds; what passed since the last message counts for the pause. Absent: every pause is a whole one. */
  now?: () => number;
  /** Called just before the message is sent. */
  onSend?: () => void;
}

/**
 * Posts one message a second, and waits out Slack's rate limit within bounds. What may have been posted is not sent again. One for
 * each channel and program: it remembers when it posted last.
 */
export class Poster {
  #lastAt: number | null = null;

  constructor(readonly channel: SlackChannel) {}

  /** What became of one message. Refused, too, where somebody asked to stop before it was sent. Never throws. */
  async post(message: Message, thread: { ts: string } | undefined, pacing: Pacing): Promise<PostOutcome> {
    const { sleep = sleepFor, stop = { reason: null }, now, onSend } = pacing;
    let waited = 0;
    for (;;) {
      const pause = this.#pause(now);
      if (pause > 0) await sleep(pause);
      if (stop.reason !== null) return { is: "refused", reason: `stopped (${stop.reason})` };
      onSend?.();
      const outcome = await this.channel.post(message, thread);
      this.#lastAt = now?.() ?? 0;
      if (outcome.is !== "limited" || waited + outcome.waitMs > MOST_WAIT) return outcome;
      waited += Math.max(outcome.waitMs, PAUSE);
      await sleep(outcome.waitMs);
    }
  }

  /** A clock that was set back makes no pause longer than a whole one. */
  #pause(now: (() => number) | undefined): number {
    if (this.#lastAt === null) return 0;
    const passed = now ? Math.max(0, now() - this.#lastAt) : 0;
    return Math.max(0, PAUSE - passed);
  }
}
