import type { Block, SlackChannel } from "../../lib/remotes/slack/ports.ts";
import type { Sleep } from "../run-flow/pauses.ts";

/** Times a change is sent before it is given up; the next click on the message brings it again. */
const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 2_000;

/** A change of a message: what to write is asked for right before it is sent, so that no later change is undone by an earlier one. */
export interface MessageUpdate {
  /** The channel in which it stands. */
  channel: string;
  ts: string;
  text: string;
  blocks: () => Block[];
  /**
   * Told where the message could not be changed at the first attempt, and where the bot ends before it was: why, in words, and
   * whether it is tried again.
   */
  onTrouble: (reason: string, again: boolean) => Promise<void>;
}

/** Slack's channels, and the waits between attempts to change a message. */
export interface MessageUpdatesDeps {
  channelOf: (id: string) => Pick<SlackChannel, "update">;
  /** Ends early where the signal is aborted. */
  sleep: Sleep;
  /** Aborted when the bot ends: no change is waited for any longer (Slack may say "in ten minutes"). */
  ended: AbortSignal;
}

/** Changes of messages: those of one message go out one after the other, those of different ones do not wait for each other. */
export class MessageUpdates {
  readonly #last = new Map<string, Promise<boolean>>();

  constructor(private readonly deps: MessageUpdatesDeps) {}

  /** Changes a message; answers whether it is changed. Never throws. */
  update(update: MessageUpdate): Promise<boolean> {
    const { ts } = update;
    const before = this.#last.get(ts) ?? Promise.resolve(true);
    const mine = before.then(() => this.#send(update)).catch(() => false);
    this.#last.set(ts, mine);
    void mine.then(() => {
      if (this.#last.get(ts) === mine) this.#last.delete(ts);
    });
    return mine;
  }

  /** The same content may be sent again: a change has no second effect. */
  async #send({ channel, ts, text, blocks, onTrouble }: MessageUpdate): Promise<boolean> {
    const { channelOf, sleep, ended } = this.deps;
    const place = channelOf(channel);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const outcome = await place.update(ts, { text, blocks: blocks() });
      if (outcome.is === "posted") return true;
      const reason = outcome.is === "limited" ? "Slack does not accept further changes at the moment" : outcome.reason;
      if (attempt === 1) await onTrouble(reason, outcome.is !== "refused");
      if (outcome.is === "refused") return false;
      const usual = outcome.is === "limited" ? 0 : FIRST_WAIT_MS * 2 ** (attempt - 1);
      const wait = Math.max(outcome.waitMs ?? 0, usual);
      if (attempt < MAX_ATTEMPTS && !ended.aborted) await sleep(wait, ended).catch(() => {});
      // Whoever clicked was told that it would be tried again.
      if (ended.aborted) {
        await onTrouble("the bot is restarting", false);
        return false;
      }
    }
    return false;
  }
}
