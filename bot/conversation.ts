import type { Block } from "../lib/remotes/slack/ports.ts";

/** The person who did something in Slack, and the place. Ids are Slack's. */
export interface Actor {
  team: string;
  channel: string;
  user: string;
}

/** A slash command. */
export interface SlashCommand {
  by: Actor;
  /** Text typed after `/zdsync`, unchanged. */
  text: string;
}

/** A click on a button. */
export interface ButtonClick {
  by: Actor;
  action: string;
  /** An id of ours: nothing else that comes with a button is trusted. */
  value: string;
  /** The message with the button; null for ephemeral ones. */
  message: { ts: string; text: string; blocks: Block[] } | null;
}

/** A message to one person. */
export interface MessageContent {
  text: string;
  blocks?: Block[];
}

/** Answers to whoever asked, for half an hour after the command or click, up to five times (Slack's `response_url`). Never throws. */
export interface Reply {
  /** Only they see it. */
  privately(said: MessageContent): Promise<void>;
  /** Puts it in the place of the ephemeral message whose button was clicked. */
  instead(said: MessageContent): Promise<void>;
}

/**
 * What is answered. `now` goes out with the acknowledgement, within three seconds: it is made without asking any remote. `later`
 * does the rest, and is waited for at shutdown. Both null: acknowledged, nothing said.
 */
export interface Answer {
  now: MessageContent | null;
  later: ((reply: Reply) => Promise<void>) | null;
}

/** The bot's answers to what people do; called by the transport (HTTP or Socket Mode). Neither method throws. */
export interface Conversation {
  command(command: SlashCommand): Answer;
  button(click: ButtonClick): Answer;
}
