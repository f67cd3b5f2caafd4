import type { ConversationEntry } from "./conversation.ts";
import { blocksAsKept } from "./kept-blocks.ts";
import { app, bot } from "./workspace.ts";

/** Who does something at Slack, and where. */
export interface Whereabouts {
  team: string;
  channel: string;
  user: string;
}

/** What comes with everything a person does. */
interface Interaction extends Whereabouts {
  channelName: string;
  userName: string;
  responseUrl: string;
  triggerId: string;
}

/** A button that is clicked; its own place and value are found in the message where they are not given. */
export interface ClickedAction {
  action_id: string;
  block_id?: string;
  value?: string;
}

/** The fields of a slash command, in Slack's order. `line` is what was typed, the command included. */
export function commandFields(line: string, by: Interaction): Record<string, string> {
  const [, command = "", text = ""] = /^(\S+)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  return {
    token: app.verificationToken,
    team_id: by.team,
    team_domain: by.team === bot.team_id ? "sandbox" : "elsewhere",
    channel_id: by.channel,
    channel_name: by.channelName,
    user_id: by.user,
    user_name: by.userName,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: "false",
    response_url: by.responseUrl,
    trigger_id: by.triggerId,
  };
}

/** The body of a slash command: a form. */
export function commandBody(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

/** The payload of a click on a button (`block_actions`); `actionTs` in the form of a message's `ts`. */
export function clickPayload(
  message: ConversationEntry,
  action: ClickedAction,
  by: Interaction & { actionTs: string },
): Record<string, unknown> {
  const isEphemeral = message.visibleTo !== null;
  const place = { message_ts: message.ts, channel_id: by.channel, is_ephemeral: isEphemeral };
  return {
    type: "block_actions",
    user: { id: by.user, username: by.userName, name: by.userName, team_id: by.team },
    api_app_id: app.id,
    token: app.verificationToken,
    container: { type: "message", ...place, ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}) },
    trigger_id: by.triggerId,
    team: { id: by.team, domain: by.team === bot.team_id ? "sandbox" : "elsewhere" },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: by.channel, name: by.channelName },
    // Of an ephemeral message an app is told nothing but where it was.
    ...(isEphemeral ? {} : { message: messageOf(message) }),
    state: { values: {} },
    response_url: by.responseUrl,
    actions: [{ ...clickedButton(message, action), type: "button", action_ts: by.actionTs }],
  };
}

/** The body of a click: a form with one field. */
export function clickBody(payload: Record<string, unknown>): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** The body of an event (`application/json`). `eventId` stays the same when Slack sends it again. */
export function eventBody(event: Record<string, unknown>, eventId: string, at: Date): string {
  return JSON.stringify({
    token: app.verificationToken,
    team_id: bot.team_id,
    api_app_id: app.id,
    event,
    type: "event_callback",
    event_id: eventId,
    event_time: Math.floor(at.getTime() / 1000),
    authorizations: [{ team_id: bot.team_id, user_id: bot.user_id, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
  });
}

function messageOf(message: ConversationEntry): Record<string, unknown> {
  const { ts, thread_ts, text, blocks } = message;
  return {
    type: "message",
    user: bot.user_id,
    bot_id: bot.bot_id,
    app_id: app.id,
    team: bot.team_id,
    ts,
    text,
    ...(thread_ts ? { thread_ts } : {}),
    ...(blocks ? { blocks: blocksAsKept(blocks) } : {}),
  };
}

/** The button as it stands in the message, with what is forged about it. */
function clickedButton(message: ConversationEntry, action: ClickedAction): Record<string, unknown> {
  const found = buttonIn(message, action);
  const { block_id, button } = found ?? { block_id: action.block_id ?? "forged", button: {} };
  const { text, value, style } = button;
  return { block_id, text, value, style, ...action };
}

/** The first button of this id (in this block, with this value, where they are given); undefined where there is none. */
export function buttonIn(
  message: ConversationEntry,
  { action_id, block_id, value }: ClickedAction,
): { block_id: string; button: Record<string, unknown> } | undefined {
  for (const block of blocksAsKept(message.blocks ?? [])) {
    const elements = [...(Array.isArray(block.elements) ? block.elements : []), block.accessory];
    const button = elements.find(
      (element) =>
        element?.type === "button" &&
        element.action_id === action_id &&
        (block_id === undefined || block.block_id === block_id) &&
        (value === undefined || element.value === value),
    );
    if (button) return { block_id: String(block.block_id), button };
  }
  return undefined;
}
