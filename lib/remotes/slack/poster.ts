import { sleep as sleepFor } from "../../edges/clock.ts";
import type { Message, PostOutcome, SlackChannel } from "./ports.ts";

/** Slack takes about one message a second in a channel. */
export const PAUSE = 1000;
/** Total time that Slack may make us wait for one message, in milliseconds. */
const MAX_WAIT_MS = 120_000;

/** Sleep, stop and clock used between messages. */
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
 * Posts one message a second, and leaves Slack alone for as long as it asks for (rate limit, out of order), within bounds. What may have been posted is not sent again. One for
 * each channel and program: it remembers when it posted last.
 */
export class Poster {
  #lastAt: number | null = null;
  /** Milliseconds that Slack asked us to wait in its last answer. */
  #toldMs = 0;

  constructor(readonly channel: SlackChannel) {}

  /** Posts one message and returns its outcome. Also refused if a stop was requested before it was sent. Never throws. */
  async post(message: Message, thread: { ts: string } | undefined, pacing: Pacing): Promise<PostOutcome> {
    const { sleep = sleepFor, stop = { reason: null }, now, onSend } = pacing;
    let waited = 0;
    for (;;) {
      const pause = this.#pause(now);
      if (waited + pause > MAX_WAIT_MS) return { is: "limited", waitMs: pause };
      if (pause > 0) await sleep(pause);
      if (stop.reason !== null) return { is: "refused", reason: `stopped (${stop.reason})` };
      waited += pause;
      onSend?.();
      const outcome = await this.channel.post(message, thread);
      this.#lastAt = now?.() ?? 0;
      this.#toldMs = "waitMs" in outcome ? (outcome.waitMs ?? 0) : 0;
      if (outcome.is !== "limited") return outcome;
    }
  }

  /** Milliseconds left of the pause after the last message. A clock that was set back makes no pause longer than a whole one. */
  #pause(now: (() => number) | undefined): number {
    if (this.#lastAt === null) return 0;
    const passed = now ? Math.max(0, now() - this.#lastAt) : 0;
    return Math.max(0, Math.max(PAUSE, this.#toldMs) - passed);
  }
}
