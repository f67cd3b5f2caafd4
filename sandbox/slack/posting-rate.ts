import type { SandboxClock } from "../server/clock.ts";

/** Messages a channel takes at once before the second between them counts; Slack says only that short bursts pass. */
const BURST = 3;

/** About one message a second in each channel (facts 6): every second gives back one of the burst. */
export class PostingRate {
  readonly #clock: SandboxClock;
  readonly #left = new Map<string, { messages: number; atMs: number }>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Counts a message. @returns whole seconds of real time to wait where it is one too many, else null */
  take(channel: string): number | null {
    const second = this.#clock.realMs(1);
    const atMs = this.#clock.now().getTime();
    const before = this.#left.get(channel) ?? { messages: BURST, atMs };
    const messages = Math.min(BURST, before.messages + (atMs - before.atMs) / second);
    if (messages < 1) return this.#clock.announcedSeconds((1 - messages) * second);
    this.#left.set(channel, { messages: messages - 1, atMs });
    return null;
  }
}
