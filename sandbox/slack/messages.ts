import type { CallArguments } from "./call-arguments.ts";
import type { SharedFile } from "./files.ts";
import { SlackRefusal } from "./slack-refusal.ts";

/** A message as the sandbox keeps it. `thread_ts` only on replies. */
export interface SlackMessage {
  channel: string;
  /** Seconds and microseconds since 1970; a channel's id for the message. */
  ts: string;
  thread_ts?: string;
  text: string;
  blocks?: unknown[];
  metadata?: Record<string, unknown> | undefined;
  files?: SharedFile[];
}

/** What a message says; a change leaves out what stays as it is. */
export type MessageContent = Partial<Pick<SlackMessage, "text" | "blocks" | "metadata">>;

/** One page of a list. */
export interface MessagePage {
  messages: SlackMessage[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** All messages of all channels, in the order in which they were posted. */
export class Messages {
  readonly all: SlackMessage[] = [];
  #lastMicroseconds = 0;

  post(message: Omit<SlackMessage, "ts">, now: Date): SlackMessage {
    const posted = { ...message, ts: this.nextTs(now) };
    this.all.push(posted);
    return posted;
  }

  /** A `ts` that nothing has yet, however fast things come. */
  nextTs(now: Date): string {
    this.#lastMicroseconds = Math.max(now.getTime() * 1000, this.#lastMicroseconds + 1);
    return toTs(this.#lastMicroseconds);
  }

  delete(channel: string, ts: string): void {
    const place = this.all.findIndex((message) => message.channel === channel && message.ts === ts);
    if (place >= 0) this.all.splice(place, 1);
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    return this.all.find((message) => message.channel === channel && message.ts === ts);
  }

  /** @throws SlackRefusal message_not_found */
  change(channel: string, ts: string, content: MessageContent): SlackMessage {
    const message = this.find(channel, ts);
    if (!message) throw new SlackRefusal("message_not_found");
    return Object.assign(message, content);
  }

  repliesTo({ channel, ts }: SlackMessage): SlackMessage[] {
    return this.all.filter((message) => message.channel === channel && message.thread_ts === ts);
  }

  /** `conversations.history`: newest first, replies left out. */
  history(channel: string, call: CallArguments): MessagePage {
    const roots = this.all.filter((message) => message.channel === channel && message.thread_ts === undefined);
    return page(roots.reverse(), call);
  }

  /** `conversations.replies`: the message itself, then its replies, oldest first. @throws SlackRefusal thread_not_found */
  replies(channel: string, call: CallArguments): MessagePage {
    const asked = this.find(channel, call.text("ts") ?? "");
    const root = asked?.thread_ts === undefined ? asked : this.find(channel, asked.thread_ts);
    if (!root) throw new SlackRefusal("thread_not_found");
    return page([root, ...this.repliesTo(root)], call);
  }
}

/** The messages between `oldest` and `latest`, from the cursor on, at most `limit` of them. */
function page(messages: SlackMessage[], call: CallArguments): MessagePage {
  const limit = Number(call.text("limit") ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 999) throw new SlackRefusal("invalid_limit");
  const inRange = messages.filter(within(call));
  const start = startOf(inRange, call.text("cursor"));
  const next = inRange[start + limit];
  return { messages: inRange.slice(start, start + limit), nextCursor: next ? cursorTo(next) : null };
}

function within(call: CallArguments): (message: SlackMessage) => boolean {
  const oldest = microseconds(call.text("oldest") ?? "0", "invalid_ts_oldest");
  const latestText = call.text("latest");
  const latest = latestText === undefined ? Number.POSITIVE_INFINITY : microseconds(latestText, "invalid_ts_latest");
  const inclusive = call.flag("inclusive");
  return ({ ts }) => {
    const at = microseconds(ts, "invalid_ts");
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

/** A cursor names the first message of its page, so that messages posted meanwhile move nothing. */
function cursorTo({ ts }: SlackMessage): string {
  return btoa(`next_ts:${ts}`);
}

function startOf(messages: SlackMessage[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const start = messages.findIndex((message) => cursorTo(message) === cursor);
  if (start < 0) throw new SlackRefusal("invalid_cursor");
  return start;
}

function toTs(microsecondsSince1970: number): string {
  const seconds = Math.floor(microsecondsSince1970 / 1_000_000);
  return `${seconds}.${String(microsecondsSince1970 % 1_000_000).padStart(6, "0")}`;
}

/** @throws SlackRefusal with this code where the text is no `ts` */
function microseconds(ts: string, malformed: string): number {
  if (!/^\d+(\.\d+)?$/.test(ts)) throw new SlackRefusal(malformed);
  return Math.round(Number(ts) * 1_000_000);
}
