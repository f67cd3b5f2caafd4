import type { CallArguments } from "./call-arguments.ts";
import { messageContent } from "./message-content.ts";
import type { MessagePage } from "./messages.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import type { SocketMode } from "./socket-mode.ts";
import { bot, type Workspace } from "./workspace.ts";

/** One method of the Web API: its scope, and what it answers besides `ok`. */
export interface Method {
  /** Null: none, or one that depends on the channel. */
  scope: string | null;
  /** Whose token it takes; default the bot's. */
  token?: "app";
  answer(workspace: Workspace, call: CallArguments, sockets: SocketMode): Record<string, unknown>;
}

/** The methods that exist here, by name. */
export const METHODS: Readonly<Record<string, Method>> = {
  "apps.connections.open": {
    scope: "connections:write",
    token: "app",
    answer: (_, __, sockets) => ({ url: sockets.newUrl() }),
  },
  "auth.test": { scope: null, answer: () => ({ ...bot, is_enterprise_install: false }) },
  "chat.postEphemeral": { scope: "chat:write", answer: postEphemeral },
  "chat.postMessage": { scope: "chat:write", answer: postMessage },
  "chat.update": { scope: "chat:write", answer: update },
  "files.completeUploadExternal": { scope: "files:write", answer: completeUpload },
  "files.getUploadURLExternal": {
    scope: "files:write",
    answer: (workspace, call) => ({ ...workspace.files.announce(call) }),
  },
  "conversations.history": { scope: null, answer: history },
  "conversations.info": { scope: null, answer: info },
  "conversations.replies": { scope: null, answer: replies },
  "usergroups.users.list": { scope: "usergroups:read", answer: usersOfGroup },
  "users.info": { scope: "users:read", answer: userInfo },
};

function postMessage(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.openChannel(call.text("channel"));
  const wait = workspace.rate.take(channel.id);
  if (wait !== null) throw new SlackRefusal("ratelimited", {}, wait);
  const { text = "", ...rest } = messageContent(call);
  if (text === "" && !rest.blocks?.length) throw new SlackRefusal("no_text");
  const thread_ts = threadOf(workspace, channel.id, call.text("thread_ts"));
  const message = { channel: channel.id, text, ...rest, ...(thread_ts ? { thread_ts } : {}) };
  const posted = workspace.post(message);
  return { channel: channel.id, ts: posted.ts, message: workspace.wire(posted, true) };
}

/** For one person; no history has it, and nothing but the answer to a click can change it. */
function postEphemeral(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const { id: channel } = workspace.joinedChannel(call.text("channel"));
  const user = call.text("user");
  if (!workspace.users.some(({ id }) => id === user)) throw new SlackRefusal("user_not_in_channel");
  const wait = workspace.rate.take(channel);
  if (wait !== null) throw new SlackRefusal("ratelimited", {}, wait);
  const { text = "", blocks } = messageContent(call);
  if (text === "" && !blocks?.length) throw new SlackRefusal("no_text");
  const thread_ts = threadOf(workspace, channel, call.text("thread_ts"));
  const shown = workspace.show({
    kind: "message",
    channel,
    from: bot.user_id,
    visibleTo: user ?? null,
    text,
    ...(blocks ? { blocks } : {}),
    ...(thread_ts ? { thread_ts } : {}),
  });
  return { message_ts: shown.ts };
}

/**
 * Shows uploaded files in a message of their own. `chat:write.public` is not for it: the bot has to be in the channel. Its message
 * carries no metadata, and the answer does not say its `ts` (node-slack-sdk issue 1865).
 */
function completeUpload(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const asked = call.text("channel_id");
  const channel = asked === undefined ? null : workspace.joinedChannel(asked);
  if (channel?.isArchived) throw new SlackRefusal("is_archived");
  const thread_ts = channel === null ? undefined : threadOf(workspace, channel.id, call.text("thread_ts"));
  const { blocks } = messageContent(call);
  const text = call.text("initial_comment") ?? "";
  const files = workspace.files.share(call);
  if (channel !== null)
    workspace.post({
      channel: channel.id,
      text,
      files,
      // Blocks beside a comment are passed over (docs.slack.dev, files.completeUploadExternal).
      ...(blocks && text === "" ? { blocks } : {}),
      ...(thread_ts ? { thread_ts } : {}),
    });
  return { files: files.map(({ id, title }) => ({ id, title })) };
}

/** What is not given stays as it is. */
function update(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const channel = workspace.openChannel(call.text("channel"));
  const changed = workspace.change(channel.id, call.text("ts") ?? "", messageContent(call));
  return { channel: channel.id, ts: changed.ts, text: changed.text, message: workspace.wire(changed, true) };
}

/** The message whose thread is meant: a reply to a reply goes to the same thread. */
function threadOf(workspace: Workspace, channel: string, ts: string | undefined): string | undefined {
  if (ts === undefined) return undefined;
  const message = workspace.messages.find(channel, ts);
  if (!message) throw new SlackRefusal("cannot_reply_to_message");
  return message.thread_ts ?? message.ts;
}

function history(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  workspace.requireScopeFor(call.text("channel"), "history");
  const channel = workspace.joinedChannel(call.text("channel"));
  return pageAnswer(workspace, call, workspace.messages.history(channel.id, call));
}

function replies(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  workspace.requireScopeFor(call.text("channel"), "history");
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
  workspace.requireScopeFor(call.text("channel"), "read");
  const { id, name, isMember, isArchived, isPrivate = false } = workspace.channel(call.text("channel"));
  if (isPrivate && !isMember) throw new SlackRefusal("channel_not_found");
  const kind = { is_channel: !isPrivate, is_group: isPrivate, is_im: false, is_private: isPrivate };
  return { channel: { id, name, ...kind, is_archived: isArchived, is_member: isMember } };
}

function usersOfGroup(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const group = workspace.userGroups.find(({ id }) => id === call.text("usergroup"));
  if (!group) throw new SlackRefusal("no_such_subteam");
  return { users: group.users };
}

function userInfo(workspace: Workspace, call: CallArguments): Record<string, unknown> {
  const user = workspace.users.find(({ id }) => id === call.text("user"));
  if (!user) throw new SlackRefusal("user_not_found");
  return { user: { ...user, team_id: bot.team_id, real_name: user.name, deleted: false, is_bot: false } };
}
