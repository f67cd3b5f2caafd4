import type { ChatPostMessageArguments, ChatUpdateArguments, WebClient } from "@slack/web-api";
import { sleep } from "../../edges/clock.ts";
import type { SlackSettings } from "../../settings/environment.ts";
import { readHistory } from "./history.ts";
import type { Message, MessageChange, PostOutcome, SlackChannel } from "./ports.ts";
import { postFailure } from "./slack-errors.ts";
import { postingClient, readingClient, type WebClientTiming } from "./web-client.ts";

/** Timing of calls to the channel; all for tests. */
export interface ChannelOptions extends WebClientTiming {
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** The channel that the settings name. Nothing is loaded or asked before the first call. */
export function createSlackChannel(settings: SlackSettings, options: ChannelOptions = {}): SlackChannel {
  let posting: Promise<WebClient> | undefined;
  const client = () => (posting ??= postingClient(settings, options));
  return {
    async history(since, threads, patience = { sleep: options.sleep ?? sleep, stop: { reason: null } }) {
      const client = await readingClient(settings, options);
      return readHistory(client, { channel: settings.channel, since, threads }, patience);
    },
    post: (message, thread) =>
      outcomeOf(async () => (await client()).chat.postMessage(wireMessage(settings.channel, message, thread))),
    update: (ts, message) =>
      outcomeOf(async () => (await client()).chat.update({ channel: settings.channel, ts, ...wireContent(message) })),
  };
}

async function outcomeOf(call: () => Promise<{ ts?: string }>): Promise<PostOutcome> {
  try {
    const { ts } = await call();
    return ts ? { is: "posted", ts } : { is: "unknown", reason: "Slack did not say which message it posted" };
  } catch (error) {
    return postFailure(error);
  }
}

/** A channel for dry runs: it reads what stands there, and only notes down what would be posted. */
export function recordingChannel(
  channel: SlackChannel,
): SlackChannel & { readonly recorded: readonly MessageChange[] } {
  const recorded: MessageChange[] = [];
  return {
    recorded,
    history: (since, threads, patience) => channel.history(since, threads, patience),
    async post(message) {
      recorded.push(message);
      return { is: "posted", ts: `dry-run-${recorded.length}` };
    },
    async update(ts, message) {
      recorded.push(message);
      return { is: "posted", ts };
    },
  };
}

function wireMessage(channel: string, message: Message, thread?: { ts: string }): ChatPostMessageArguments {
  const content = { ...wireContent(message), unfurl_links: false, unfurl_media: false };
  return thread ? { channel, ...content, thread_ts: thread.ts } : { channel, ...content };
}

function wireContent({ text, blocks, metadata }: MessageChange) {
  // Slack's block types know every field; ours are rendered by us and only pass through here.
  return {
    text,
    blocks: blocks as unknown as NonNullable<Extract<ChatUpdateArguments, { blocks: unknown }>["blocks"]>,
    ...(metadata ? { metadata } : {}),
  };
}
