import type { Database } from "bun:sqlite";
import { currentDate } from "../../lib/edges/clock.ts";
import { postedKeys, postMetadata } from "../../lib/remotes/slack/notice-metadata.ts";
import type { Outgoing, OutgoingPost, PostOutcome, SlackChannel } from "../../lib/remotes/slack/ports.ts";
import { Poster } from "../../lib/remotes/slack/poster.ts";
import { openDatabase } from "../database.ts";
import { type OutboxRow, OutboxRows } from "./outbox-rows.ts";

/** Milliseconds to wait after a post with an unknown outcome before the channel is read: Slack may still be processing it. */
const SETTLING = 5000;
/** Maximum difference between the clocks of Slack and this machine, in milliseconds. */
const CLOCK_SKEW = 10 * 60 * 1000;
/** So often is a message sent blindly where nobody may look whether it was posted; after that it is listed as undelivered. */
const MAX_UNKNOWN_OUTCOMES = 3;
/** After so many attempts with an unknown outcome a message lets others pass. */
const HOLDS_UP_OTHERS = 3;
/** Between two attempts at a message that Slack refuses: doubled from the first to the last. */
const FIRST_RETRY = 60_000;
const LAST_RETRY = 60 * 60 * 1000;

/** Clock, waits and stop request of one delivery. */
export interface DeliveryOptions {
  now: () => Date;
  sleep: (milliseconds: number) => Promise<unknown>;
  /** Asked to stop, nothing further is posted. */
  stop: { readonly reason: string | null };
}

/** Outcome of a delivery: the number of messages posted and left, and why it ended early. */
export interface Delivery {
  posted: number;
  /** Messages that are still not known to be posted. */
  left: number;
  /** Why the delivery ended before its time: nothing further would pass now. Null where every message had its turn. */
  blocked: string | null;
  /** For how long Slack wants to be left alone, in milliseconds; absent where it did not say. */
  waitMs?: number;
}

/** A message that is not posted, and why. */
export interface Undelivered {
  key: string;
  since: Date;
  attempts: number;
  /** In words; null where it was not tried yet. */
  reason: string | null;
}

/**
 * Messages on their way to one channel, in SQLite: pending → sending → posted. `sending` is written before Slack is called; what
 * became of such a message is looked up in the channel by its key (metadata `zdsync_post`) before it is sent again. One program
 * delivers from a database at a time. Methods throw only where the database cannot be read or written.
 */
export class Outbox implements Outgoing, Disposable {
  readonly #rows: OutboxRows;
  readonly #own: Database | null;
  readonly #clock: () => Date;
  readonly #posters = new WeakMap<SlackChannel, Poster>();
  readonly #listeners = new Set<() => void>();

  /**
   * @param where an open database, which stays the caller's, or a file
   * @param place which of several outboxes in it, each with a channel of its own; empty: the one for everything
   */
  constructor(where: Database | string, clock: () => Date = currentDate, place = "") {
    const database = typeof where === "string" ? openDatabase(where) : where;
    this.#own = typeof where === "string" ? database : null;
    this.#rows = new OutboxRows(database, place);
    this.#clock = clock;
  }

  enqueue(post: OutgoingPost): void {
    if (!this.#rows.add(post, this.#clock().getTime())) return;
    for (const listener of this.#listeners) listener();
  }

  tsOf(key: string): string | null {
    return this.#rows.tsOf(key);
  }

  /** True if a message was added here, posted or not. */
  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Takes over what waits for channels that nobody delivers to any more. */
  adoptAllBut(places: readonly string[]): void {
    this.#rows.adoptAllBut(places);
  }

  /** Returns the messages not posted yet, oldest first. */
  undelivered(): Undelivered[] {
    return this.#rows
      .open()
      .map(({ key, created_at, attempts, reason }) => ({ key, since: new Date(created_at), attempts, reason }));
  }

  /** Forgets posted messages that were put before a moment; never one that is not posted. */
  prune(before: Date): void {
    this.#rows.prune(before.getTime());
  }

  /** Calls back after each message that was put. Answers how to end it. */
  onPut(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Posts what waits, in order, one message a second; a reply only once its thread's message is posted. Ends early where nothing
   * would pass (channel archived, Slack down): the rest waits for the next delivery. Not twice at the same time.
   */
  async deliver(channel: SlackChannel, options: DeliveryOptions): Promise<Delivery> {
    let posted = 0;
    let { blocked, waitMs } = await this.#resolve(channel, options);
    for (const row of blocked === null ? this.#rows.open() : []) {
      if (options.stop.reason !== null) blocked = `stopped (${options.stop.reason})`;
      if (blocked !== null) break;
      if (!this.#isDue(row, options.now().getTime())) continue;
      const outcome = await this.#post(row, channel, options);
      if (outcome.is === "posted") posted++;
      else {
        blocked = blockOf(outcome, row);
        waitMs = "waitMs" in outcome ? outcome.waitMs : undefined;
      }
    }
    return { posted, left: this.#rows.open().length, blocked, ...(waitMs === undefined ? {} : { waitMs }) };
  }

  [Symbol.dispose](): void {
    this.#own?.close();
  }

  #isDue(row: OutboxRow, now: number): boolean {
    return row.state === "pending" && row.next_at <= now && (row.thread === null || this.tsOf(row.thread) !== null);
  }

  async #post(row: OutboxRow, channel: SlackChannel, options: DeliveryOptions): Promise<PostOutcome> {
    const { key, thread, text, blocks, attempts } = row;
    const root = thread === null ? null : this.tsOf(thread);
    const { sleep, stop, now } = options;
    const outcome = await this.#posterOf(channel).post(
      { text, blocks, metadata: postMetadata(key) },
      root === null ? undefined : { ts: root },
      { sleep, stop, now: () => now().getTime(), onSend: () => this.#rows.sending(key, now().getTime()) },
    );
    if (outcome.is === "posted") this.#rows.posted(key, outcome.ts);
    else if (outcome.is === "unknown") this.#rows.note(key, outcome.reason);
    else if (outcome.is === "limited") this.#rows.limited(key, "Slack's rate limit lasted too long");
    else this.#rows.pending(key, outcome.reason, outcome.about ? now().getTime() + retryAfter(attempts) : 0);
    return outcome;
  }

  /** Finds out what became of messages whose outcome is not known. Answers why it could not, where nothing may be posted before. */
  async #resolve(
    channel: SlackChannel,
    { now, sleep, stop }: DeliveryOptions,
  ): Promise<Pick<Delivery, "blocked" | "waitMs">> {
    const unknown = this.#rows.open().filter(({ state }) => state === "sending");
    if (unknown.length === 0) return { blocked: null };
    const settled = Math.max(...unknown.map(({ sent_at }) => sent_at ?? 0)) + SETTLING;
    const wait = Math.min(SETTLING, settled - now().getTime());
    if (wait > 0) await sleep(wait);
    if (stop.reason !== null) return { blocked: `stopped (${stop.reason})` };
    const since = new Date(Math.min(...unknown.map(({ created_at }) => created_at)) - CLOCK_SKEW);
    const history = await channel.history(since, this.#threadsOf(unknown), { sleep, stop });
    if (history.is === "failed") {
      const { is: _, reason, ...wait } = history;
      return { blocked: `cannot see whether messages were posted: ${reason}`, ...wait };
    }
    const found = history.is === "read" ? postedKeys(history.messages) : new Map<string, string>();
    for (const { key, attempts } of unknown) {
      const ts = found.get(key);
      if (ts !== undefined) this.#rows.posted(key, ts);
      else if (history.is === "read")
        this.#rows.pending(
          key,
          "Slack did not post it",
          attempts < HOLDS_UP_OTHERS ? 0 : now().getTime() + retryAfter(attempts),
        );
      else if (attempts < MAX_UNKNOWN_OUTCOMES)
        this.#rows.pending(key, `posted again, because the channel cannot be read: ${history.reason}`);
      else this.#rows.note(key, `sent ${attempts} times, but cannot see whether it was posted: ${history.reason}`);
    }
    return { blocked: null };
  }

  #threadsOf(rows: readonly OutboxRow[]): string[] {
    const threads = rows.flatMap(({ thread }) => (thread === null ? [] : [this.tsOf(thread)]));
    return [...new Set(threads.filter((ts) => ts !== null))];
  }

  #posterOf(channel: SlackChannel): Poster {
    const poster = this.#posters.get(channel) ?? new Poster(channel);
    this.#posters.set(channel, poster);
    return poster;
  }
}

/** Why nothing further is to be tried after this outcome; null where others may pass. */
function blockOf(outcome: Exclude<PostOutcome, { is: "posted" }>, { attempts }: OutboxRow): string | null {
  if (outcome.is === "limited") return "Slack's rate limit lasted too long";
  if (outcome.is === "refused") return outcome.about ? null : outcome.reason;
  // The order is kept: what came of this one is found out first. A message that never gets an answer does not hold up all others.
  return attempts + 1 < HOLDS_UP_OTHERS ? `a message may have been posted: ${outcome.reason}` : null;
}

function retryAfter(attempts: number): number {
  return Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(attempts, 10));
}
