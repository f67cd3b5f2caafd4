import type { ChatPostMessageArguments, WebClient } from "@slack/web-api";
import type { SlackSettings } from "../settings/environment.ts";
import { readHistory } from "./history.ts";
import type { Message, SlackChannel } from "./ports.ts";
import { postFailure } from "./slack-errors.ts";
import { postingClient, readingClient, type WebClientTiming } from "./web-client.ts";

/** How the channel is spoken to; all for tests. */
export interface ChannelOptions extends WebClientTiming {
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** The channel that the settings name. Nothing is loaded or asked before the first call. */
export function createSlackChannel(settings: SlackSettings, options: ChannelOptions = {}): SlackChannel {
  let posting: Promise<WebClient> | undefined;
  return {
    async history(since) {
      return readHistory(await readingClient(settings, options), settings.channel, since, options.sleep ?? Bun.sleep);
    },
    async post(message, thread) {
      posting ??= postingClient(settings, options);
      try {
        const { ts } = await (await posting).chat.postMessage(wireMessage(settings.channel, message, thread));
        return ts ? { is: "posted", ts } : { is: "unknown", reason: "Slack did not say which message it posted" };
      } catch (error) {
        return postFailure(error);
      }
    },
  };
}

/** A channel for dry runs: it reads what stands there, and only notes down what would be posted. */
export function recordingChannel(channel: SlackChannel): SlackChannel & { readonly recorded: readonly Message[] } {
  const recorded: Message[] = [];
  return {
    recorded,
    history: (since) => channel.history(since),
    async post(message) {
      recorded.push(message);
      return { is: "posted", ts: `dry-run-${recorded.length}` };
    },
  };
}

function wireMessage(channel: string, message: Message, thread?: { ts: string }): ChatPostMessageArguments {
  return {
    channel,
    text: message.text,
    // Slack's block types know every field; ours are rendered by us and only pass through here.
    blocks: message.blocks as unknown as NonNullable<Extract<ChatPostMessageArguments, { blocks: unknown }>["blocks"]>,
    metadata: message.metadata,
    unfurl_links: false,
    unfurl_media: false,
    ...(thread ? { thread_ts: thread.ts } : {}),
  };
}
