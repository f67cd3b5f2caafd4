import type { InstanceName } from "../../domain/instance.ts";

/** A Slack block, in wire form. */
export type Block = { type: string; [key: string]: unknown };

/** Machine-readable data attached to a message: flat, so that Slack keeps it. */
export interface MessageMetadata {
  event_type: string;
  event_payload: Record<string, string | number | boolean>;
}

/** A message to post. */
export interface Message {
  /** For notifications and screen readers. */
  text: string;
  blocks: Block[];
  metadata: MessageMetadata;
}

/** New content of a message. Without metadata it keeps the metadata it has: Slack removes only what is named (chat.update). */
export type MessageChange = Omit<Message, "metadata"> & Partial<Pick<Message, "metadata">>;

/** A message that stands in the channel, as far as it matters here. */
export interface PostedMessage {
  ts: string;
  metadata: MessageMetadata | null;
}

/**
 * What became of a post, or of a change of a message.
 * - `limited`: too many messages; certainly not posted, may be sent again after the wait.
 * - `refused`: certainly not posted, and sending it again now would not help. `about` where only this message is refused: others may pass.
 * - `unknown`: nobody knows whether it was posted: never sent again without looking. `waitMs` where Slack said how long to leave it alone.
 */
export type PostOutcome =
  | { is: "posted"; ts: string }
  | { is: "limited"; waitMs: number }
  | { is: "refused"; reason: string; about?: "message" }
  | { is: "unknown"; reason: string; waitMs?: number };

/** Result of reading the channel. `forbidden`: the bot lacks the permission; `failed`: not readable just now, or not for `waitMs`. */
export type HistoryOutcome =
  | { is: "read"; messages: PostedMessage[] }
  | { is: "forbidden"; reason: string }
  | { is: "failed"; reason: string; waitMs?: number };

/** Sleep and stop used while Slack asks us to wait. */
export interface WaitOptions {
  /** Ends early where it was asked to stop. */
  sleep(milliseconds: number): Promise<unknown>;
  /** Asked to stop, nothing further is asked of Slack. */
  stop: { readonly reason: string | null };
}

/** The one Slack channel that notices go to. No method throws: Slack never fails a sync (Y4). */
export interface SlackChannel {
  /** Messages since a moment that carry metadata of ours, with the replies in the threads of notices or, where given, in `threads`. */
  history(since: Date, threads?: readonly string[], waiting?: WaitOptions): Promise<HistoryOutcome>;
  post(message: Message, thread?: { ts: string }): Promise<PostOutcome>;
  /** Puts a message in the place of one of ours; of several changes the last one wins. */
  update(ts: string, message: MessageChange): Promise<PostOutcome>;
}

/** A message to be posted once, under a key that says what it is: `run 20261124T100000Z-4f3a9c started`. */
export interface OutgoingPost {
  key: string;
  /** The key of the message whose thread it goes to; null for the channel itself. */
  thread: string | null;
  text: string;
  blocks: Block[];
  /** The instance that alone is concerned; absent or null: both are. Says which channel it goes to. */
  instance?: InstanceName | null;
}

/**
 * Messages on their way to the channel. Whatever was put is posted once, in the order in which it was put, at no more than one
 * message a second; also where the program is killed in between and started again (outbox).
 */
export interface Outgoing {
  /** Takes a message durably; a key that was put before is left alone. */
  enqueue(post: OutgoingPost): void;
  /** The message's `ts` once it is posted; null before. */
  tsOf(key: string): string | null;
}
