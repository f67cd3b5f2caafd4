import { checkedBlocks } from "./block-limits.ts";
import type { CallArguments } from "./call-arguments.ts";
import type { MessageContent, MessagePage } from "./messages.ts";
import { checkedMetadata } from "./metadata-shape.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import { bot, type Workspace } from "./workspace.ts";

/** One method of the Web API: its scope, and what it answers besides `ok`. */
export interface Method {
  scope: string | null;
  answer(workspace: Workspace, call: CallArguments): Record<string, unknown>;
}

/** The methods that exist here, by name. */
export const METHODS: Readonly<Record<string, Method>> = {
  "auth.test": { scope: null, answer: () => ({ ...bot, is_enterprise_install: false }) },
  "chat.postMessage": { scope: "chat:write", answer: postMessage },
  "chat.update": { scope: "chat:write", answer: update },
  "conversations.history": { scope: "channels:history", answer: history },
  "conversations.info": { scope: "channels:read", answer: info },
  "conversations.replies": { scope: "channels:history", answer: replies },
};

/** Text beyond this is cut without a word (facts 6). */
const MOST_TEXT = 40_000;

function postMessage(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.openChannel(call.text("channel"));
  const wait = workspace.rate.take(channel.id);
  if (wait !== null) throw new SlackRefusal("ratelimited", {}, wait);
  const { text = "", ...rest } = content(call);
  if (text === "" && !rest.blocks?.length) throw new SlackRefusal("no_text");
  const thread_ts = threadOf(workspace, channel.id, call.text("thread_ts"));
  const message = { channel: channel.id, text, ...rest, ...(thread_ts ? { thread_ts } : {}) };
  const posted = workspace.messages.post(message, workspace.clock.now());
  return { channel: channel.id, ts: posted.ts, message: workspace.wire(posted, true) };
}

/** What is not given stays as it is. */
function update(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.openChannel(call.text("channel"));
  const changed = workspace.messages.change(channel.id, call.text("ts") ?? "", content(call));
  return { channel: channel.id, ts: changed.ts, text: changed.text, message: workspace.wire(changed, true) };
}

function content(call: CallArguments): MessageContent {
  const text = call.text("text")?.slice(0, MOST_TEXT);
  const blocks = call.structure("blocks", "invalid_blocks_format");
  const metadata = call.structure("metadata", "invalid_metadata_format");
  return {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks: checkedBlocks(blocks) }),
    ...(metadata === undefined ? {} : { metadata: checkedMetadata(metadata) }),
  };
}

/** The message whose thread is meant: a reply to a reply goes to the same thread. */
function threadOf(workspace: Workspace, channel: string, ts: string | undefined): string | undefined {
  if (ts === undefined) return undefined;
  const message = workspace.messages.find(channel, ts);
  if (!message) throw new SlackRefusal("cannot_reply_to_message");
  return message.thread_ts ?? message.ts;
}

function history(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.joinedChannel(call.text("channel"));
  return pageAnswer(workspace, call, workspace.messages.history(channel.id, call));
}

function replies(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.joinedChannel(call.text("channel"));
  return pageAnswer(workspace, call, workspace.messages.replies(channel.id, call));
}

function pageAnswer(
  workspace: Workspace,
  call: CallArguments,
  { messages, nextCursor }: MessagePage,
): Record<string, unknown> {
  const withMetadata = call.flag("include_all_metadata");
  return {
    messages: messages.map((message) => workspace.wire(message, withMetadata)),
    has_more: nextCursor !== null,
    ...(nextCursor === null ? {} : { response_metadata: { next_cursor: nextCursor } }),
  };
}

function info(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const { id, name, isMember, isArchived } = workspace.channel(call.text("channel"));
  const kind = { is_channel: true, is_group: false, is_im: false, is_private: false };
  return { channel: { id, name, ...kind, is_archived: isArchived, is_member: isMember } };
}
