import type { WebClient } from "@slack/web-api";
import * as v from "valibot";
import { NOTICE_EVENT, POST_EVENT } from "./notice-metadata.ts";
import type { HistoryOutcome, PostedMessage, WaitOptions } from "./ports.ts";
import { slackFailure } from "./slack-errors.ts";

/** Messages to a page. */
const PAGE = 200;
/** Pages read at most: beyond 20,000 messages in eight days the channel is not for notices. */
const MAX_PAGES = 100;
/** Total time that Slack may hold up the reading, in milliseconds. */
const MAX_WAIT_MS = 120_000;

const OUR_EVENTS: ReadonlySet<string> = new Set([NOTICE_EVENT, POST_EVENT]);

/**
 * Refusals that will not pass by themselves: the permission to read is missing, not Slack. A channel that is not found is none of them:
 * nobody can post to it either, so nothing is gained by posting again without having looked.
 */
const FORBIDDEN = new Set([
  "ekm_access_denied",
  "missing_scope",
  "no_permission",
  "not_allowed_token_type",
  "not_in_channel",
  "restricted_action",
]);

const MetadataSchema = v.object({
  event_type: v.string(),
  event_payload: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});
const MessageSchema = v.object({
  ts: v.string(),
  thread_ts: v.exactOptional(v.string()),
  reply_count: v.exactOptional(v.number()),
  metadata: v.optional(v.fallback(v.nullable(MetadataSchema), null), null),
});
const PageSchema = v.object({
  messages: v.array(MessageSchema),
  response_metadata: v.optional(v.object({ next_cursor: v.optional(v.string()) })),
});
type WireMessage = v.InferOutput<typeof MessageSchema>;

type Call = (cursor: { cursor?: string }) => Promise<unknown>;

/** Channel, start date and threads of a reading of the history. */
export interface HistoryQuestion {
  channel: string;
  since: Date;
  /** The threads that are read too; undefined: those of notices. */
  threads?: readonly string[] | undefined;
}

/** Our messages that stand in a channel since a moment, with the replies in threads. Never throws. */
export async function readHistory(
  client: WebClient,
  { channel, since, threads }: HistoryQuestion,
  waiting: WaitOptions,
): Promise<HistoryOutcome> {
  const list = new RateLimitedList(waiting);
  const base = { channel, include_all_metadata: true, limit: PAGE } as const;
  const oldest = (since.getTime() / 1000).toFixed(6);
  try {
    const all = await list.read((cursor) => client.conversations.history({ ...base, oldest, ...cursor }));
    const messages: PostedMessage[] = all.filter((message) => OUR_EVENTS.has(message.metadata?.event_type ?? ""));
    for (const ts of threads ?? noticeThreads(all)) {
      const replies = (cursor: { cursor?: string }) => client.conversations.replies({ ...base, ts, ...cursor });
      messages.push(...(await list.read((cursor) => replies(cursor).catch(withoutThread))));
    }
    return { is: "read", messages: messages.map(({ ts, metadata }) => ({ ts, metadata })) };
  } catch (error) {
    return historyFailure(error);
  }
}

/** Notices that have replies. */
function noticeThreads(messages: readonly WireMessage[]): string[] {
  return messages.flatMap(({ ts, metadata, reply_count }) =>
    metadata?.event_type === NOTICE_EVENT && reply_count ? [ts] : [],
  );
}

/** A thread whose first message was deleted has nothing in it. */
function withoutThread(error: unknown): { messages: WireMessage[] } {
  const failure = slackFailure(error);
  if (failure.is === "refused" && failure.code === "thread_not_found") return { messages: [] };
  throw error;
}

function historyFailure(error: unknown): HistoryOutcome {
  if (error instanceof TooMuch) return { is: "forbidden", reason: error.message };
  if (v.isValiError(error)) return { is: "failed", reason: "the response is not from Slack" };
  const failure = slackFailure(error);
  if (failure.is === "limited")
    return { is: "failed", reason: "Slack's rate limit lasted too long", waitMs: failure.waitMs };
  if (failure.is === "refused" && FORBIDDEN.has(failure.code)) return { is: "forbidden", reason: failure.reason };
  const { waitMs } = failure.is === "unknown" ? failure : {};
  return { is: "failed", reason: failure.reason, ...(waitMs === undefined ? {} : { waitMs }) };
}

/** More than is read of one channel. */
class TooMuch extends Error {}

/** Reads lists page by page, and waits within bounds where Slack asks for it: for its rate limit, or while it is out of order. */
class RateLimitedList {
  #waited = 0;
  #pages = 0;

  constructor(readonly waiting: WaitOptions) {}

  async read(call: Call): Promise<WireMessage[]> {
    const messages: WireMessage[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      if (++this.#pages > MAX_PAGES)
        throw new TooMuch(`the channel has more messages than zdsync reads (${MAX_PAGES} pages)`);
      const page: v.InferOutput<typeof PageSchema> = v.parse(
        PageSchema,
        await this.#patiently(call, cursor ? { cursor } : {}),
      );
      messages.push(...page.messages);
      cursor = page.response_metadata?.next_cursor || undefined;
    }
    return messages;
  }

  async #patiently(call: Call, cursor: { cursor?: string }): Promise<unknown> {
    for (;;) {
      try {
        return await call(cursor);
      } catch (error) {
        const failure = slackFailure(error);
        const waitMs = failure.is === "refused" ? undefined : failure.waitMs;
        if (waitMs === undefined || this.#waited + waitMs > MAX_WAIT_MS) throw error;
        this.#waited += Math.max(waitMs, 1000);
        await this.waiting.sleep(waitMs);
        if (this.waiting.stop.reason !== null) throw error;
      }
    }
  }
}
