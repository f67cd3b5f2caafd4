import type { SandboxClock } from "../server/clock.ts";
import { Messages, type SlackMessage } from "./messages.ts";
import { PostingRate } from "./posting-rate.ts";
import { SlackRefusal } from "./slack-refusal.ts";

/** A public channel. */
export interface SlackChannelOptions {
  id: string;
  name: string;
  /** Whether the bot was invited. */
  isMember: boolean;
}

export interface SlackOptions {
  /** The bot's. */
  token: string;
  channels: SlackChannelOptions[];
  clock: SandboxClock;
}

export interface Channel extends SlackChannelOptions {
  isArchived: boolean;
}

/** Who the bot is; the token says which bot is meant. */
export const bot = {
  url: "https://sandbox.slack.com/",
  team: "Sandbox",
  user: "zdsync",
  team_id: "T0SANDBOX1",
  user_id: "U0SANDBOX1",
  bot_id: "B0SANDBOX1",
};

/** The channels, their messages, and what the bot may do. */
export class Workspace {
  readonly messages = new Messages();
  readonly rate: PostingRate;
  readonly clock: SandboxClock;
  readonly #token: string;
  readonly #channels: Map<string, Channel>;
  #scopes = ["channels:history", "channels:read", "chat:write"];

  constructor({ token, channels, clock }: SlackOptions) {
    this.#token = token;
    this.clock = clock;
    this.rate = new PostingRate(clock);
    this.#channels = new Map(channels.map((channel) => [channel.id, { ...channel, isArchived: false }]));
  }

  get scopes(): string[] {
    return this.#scopes;
  }

  setScope(scope: string, granted: boolean): void {
    const others = this.#scopes.filter((one) => one !== scope);
    this.#scopes = (granted ? [...others, scope] : others).sort();
  }

  /** @throws SlackRefusal not_authed, invalid_auth */
  requireToken(token: string | undefined): void {
    if (token === undefined) throw new SlackRefusal("not_authed");
    if (token !== this.#token) throw new SlackRefusal("invalid_auth");
  }

  /** @throws SlackRefusal missing_scope */
  requireScope(needed: string): void {
    if (this.#scopes.includes(needed)) return;
    throw new SlackRefusal("missing_scope", { needed, provided: this.#scopes.join(",") });
  }

  /** @throws SlackRefusal channel_not_found */
  channel(id: string | undefined): Channel {
    const channel = this.#channels.get(id ?? "");
    if (!channel) throw new SlackRefusal("channel_not_found");
    return channel;
  }

  /** A channel the bot is in. @throws SlackRefusal channel_not_found, not_in_channel */
  joinedChannel(id: string | undefined): Channel {
    const channel = this.channel(id);
    if (!channel.isMember) throw new SlackRefusal("not_in_channel");
    return channel;
  }

  /** A channel the bot can post to. @throws SlackRefusal channel_not_found, not_in_channel, is_archived */
  openChannel(id: string | undefined): Channel {
    const channel = this.joinedChannel(id);
    if (channel.isArchived) throw new SlackRefusal("is_archived");
    return channel;
  }

  /** A message as the Web API gives it. */
  wire(message: SlackMessage, withMetadata: boolean): Record<string, unknown> {
    const { channel: _, metadata, ...said } = message;
    return {
      type: "message",
      user: bot.user_id,
      bot_id: bot.bot_id,
      ...said,
      ...this.#thread(message),
      ...(withMetadata && metadata ? { metadata } : {}),
    };
  }

  /** What a message with replies says about them. */
  #thread(message: SlackMessage): Record<string, unknown> {
    const replies = this.messages.repliesTo(message);
    const last = replies.at(-1);
    return last ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: last.ts } : {};
  }
}
