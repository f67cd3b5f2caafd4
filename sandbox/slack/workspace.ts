import { type SandboxBytes, unguessable } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import { type ConversationEntry, SeenConversation } from "./conversation.ts";
import { SlackFiles } from "./files.ts";
import { blocksAsKept } from "./kept-blocks.ts";
import { type MessageContent, Messages, type SlackMessage } from "./messages.ts";
import { PostingRate } from "./posting-rate.ts";
import { SlackRefusal } from "./slack-refusal.ts";

/** A channel; public unless it says otherwise. */
export interface SlackChannelOptions {
  id: string;
  name: string;
  /** Whether the bot was invited. */
  isMember: boolean;
  isPrivate?: boolean;
}

/** A person in the workspace; all are in all channels. */
export interface SlackUser {
  id: string;
  name: string;
}

/** A group of people, such as @support. */
export interface SlackUserGroup {
  id: string;
  users: string[];
}

export interface SlackOptions {
  /** The bot's. */
  token: string;
  /** The app's own (`xapp-`), which only opens sockets. */
  appToken: string;
  /** What Slack signs requests to the app with. */
  signingSecret: string;
  channels: SlackChannelOptions[];
  /** Default: Ann, Bob, Eve. */
  users?: SlackUser[];
  /** Default: support, with Ann and Bob. */
  userGroups?: SlackUserGroup[];
  clock: SandboxClock;
  /** Where it is served; asked when a `response_url`, or the address of a socket or of a file is made. */
  baseUrl: () => string;
  /** Where secrets and ids come from; default: nobody can guess them. */
  bytes?: SandboxBytes;
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

/** The app whose bot it is. The verification token is no secret that anything may rest on (Slack's documentation: deprecated). */
export const app = { id: "A0SANDBOX1", verificationToken: "sandbox-verification-token" };

const USERS: SlackUser[] = [
  { id: "U0ANN00001", name: "ann" },
  { id: "U0BOB00001", name: "bob" },
  { id: "U0EVE00001", name: "eve" },
];
const USER_GROUPS: SlackUserGroup[] = [{ id: "S0SUPPORT1", users: ["U0ANN00001", "U0BOB00001"] }];

/** What the manifest of zdsync's app asks for. */
const BOT_SCOPES = [
  ...["channels:history", "channels:read", "chat:write", "chat:write.public", "commands"],
  ...["files:write", "groups:history", "groups:read", "usergroups:read"],
];

/** The channels, their messages, and what the bot may do. */
export class Workspace {
  readonly messages = new Messages();
  readonly rate: PostingRate;
  readonly clock: SandboxClock;
  readonly bytes: SandboxBytes;
  readonly seen = new SeenConversation();
  readonly files: SlackFiles;
  readonly users: readonly SlackUser[];
  readonly userGroups: readonly SlackUserGroup[];
  readonly #tokens: { bot: string; app: string };
  readonly #channels: Map<string, Channel>;
  #scopes: string[] = BOT_SCOPES;

  constructor(options: SlackOptions) {
    const {
      token,
      appToken,
      channels,
      users = USERS,
      userGroups = USER_GROUPS,
      clock,
      baseUrl,
      bytes = unguessable,
    } = options;
    this.#tokens = { bot: token, app: appToken };
    this.users = users;
    this.userGroups = userGroups;
    this.clock = clock;
    this.bytes = bytes;
    this.files = new SlackFiles(baseUrl, bytes);
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

  /** @throws SlackRefusal not_authed, invalid_auth, not_allowed_token_type (the app's token instead of the bot's, or the other way) */
  requireToken(token: string | undefined, whose: "bot" | "app" = "bot"): void {
    if (token === undefined) throw new SlackRefusal("not_authed");
    if (!Object.values(this.#tokens).includes(token)) throw new SlackRefusal("invalid_auth");
    if (token !== this.#tokens[whose]) throw new SlackRefusal("not_allowed_token_type");
  }

  /** @throws SlackRefusal missing_scope */
  requireScope(needed: string): void {
    if (this.#scopes.includes(needed)) return;
    throw new SlackRefusal("missing_scope", { needed, provided: this.#scopes.join(",") });
  }

  /** Reading is granted for public and for private channels apart. @throws SlackRefusal missing_scope */
  requireScopeFor(channel: string | undefined, what: "history" | "read"): void {
    this.requireScope(`${this.#channels.get(channel ?? "")?.isPrivate ? "groups" : "channels"}:${what}`);
  }

  /** The channel that stands first. */
  get firstChannel(): string {
    return this.#channels.keys().next().value ?? "";
  }

  /** What people call a user and a channel; of those nobody knows, the ids. */
  names({ user, channel }: { user: string; channel: string }): { userName: string; channelName: string } {
    const userName = this.users.find(({ id }) => id === user)?.name ?? user;
    const channelName = this.#channels.get(channel)?.name ?? channel;
    return { userName, channelName };
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
    // Slack does not say that a private channel exists.
    if (!channel.isMember) throw new SlackRefusal(channel.isPrivate ? "channel_not_found" : "not_in_channel");
    return channel;
  }

  /** A channel the bot can post to: `chat:write.public` is for public ones. @throws SlackRefusal channel_not_found, not_in_channel, is_archived */
  openChannel(id: string | undefined): Channel {
    const found = this.channel(id);
    const isOpen = !found.isPrivate && this.#scopes.includes("chat:write.public");
    const channel = isOpen ? found : this.joinedChannel(id);
    if (channel.isArchived) throw new SlackRefusal("is_archived");
    return channel;
  }

  /** Posts a message to a channel. */
  post(message: Omit<SlackMessage, "ts">): SlackMessage {
    const posted = this.messages.post(message, this.clock.now());
    const { metadata: _, ...said } = posted;
    this.seen.add({ kind: "message", from: bot.user_id, visibleTo: null, ...said });
    return posted;
  }

  /** Changes a message in a channel; what is not given stays. @throws SlackRefusal message_not_found */
  change(channel: string, ts: string, content: MessageContent): SlackMessage {
    const changed = this.messages.change(channel, ts, content);
    const { text, blocks } = content;
    this.seen.replace(channel, ts, { ...(text === undefined ? {} : { text }), ...(blocks ? { blocks } : {}) });
    return changed;
  }

  /** Shows somebody something that no other sees, and that no history has. */
  show(entry: Omit<ConversationEntry, "ts" | "standing">): ConversationEntry {
    return this.seen.add({ ...entry, ts: this.messages.nextTs(this.clock.now()) });
  }

  /** A message as the Web API gives it. */
  wire(message: SlackMessage, withMetadata: boolean): Record<string, unknown> {
    const { channel: _, metadata, blocks, ...said } = message;
    return {
      type: "message",
      user: bot.user_id,
      bot_id: bot.bot_id,
      app_id: app.id,
      team: bot.team_id,
      ...said,
      ...(blocks ? { blocks: blocksAsKept(blocks) } : {}),
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
