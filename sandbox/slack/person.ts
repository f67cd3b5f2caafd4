import { uuid } from "../server/chance.ts";
import { type Acknowledgement, type AppUnderTest, nothingCame, overHttp, requestUrl } from "./acknowledgement.ts";
import { CallArguments } from "./call-arguments.ts";
import type { ConversationEntry } from "./conversation.ts";
import { messageContent } from "./message-content.ts";
import {
  buttonIn,
  type ClickedAction,
  clickBody,
  clickPayload,
  commandBody,
  commandFields,
  eventBody,
  type Whereabouts,
} from "./payloads.ts";
import { type ResponseUrls, say } from "./response-urls.ts";
import { signedRequest } from "./signing.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import type { SocketMode } from "./socket-mode.ts";
import { bot, type Workspace } from "./workspace.ts";

/** How long Slack waits for an acknowledgement; real time, whatever the sandbox's time factor. */
const ACKNOWLEDGE_MS = 3000;

/** Who they are, and where what they do is sent; all but `app` may be left out. */
export interface PersonOptions extends Partial<Whereabouts> {
  /** Not needed while the app has a socket open (Socket Mode), which comes first. */
  app?: AppUnderTest;
  /** Instead of the app's own, to forge. */
  signingSecret?: string;
  /** Seconds since 1970 in the signature; default: now. */
  timestamp?: () => number;
  /** How long Slack waits; default 3,000. */
  acknowledgeMs?: number;
}

/** What became of something a person did. */
export interface Done extends Acknowledgement {
  /** What it made appear at once: the message in the acknowledgement, or Slack's word that it failed; null: nothing. */
  shown: ConversationEntry | null;
  /** What was sent: the form of a command or the payload of a click. */
  sent: Record<string, unknown>;
  responseUrl: string;
}

/** A person at Slack. They see what the conversation holds, and their own deeds are in it too. */
export interface SlackPerson {
  /** Types a slash command, such as `/zdsync run`. Never throws for what the app does. */
  types(line: string, by?: Partial<Whereabouts>): Promise<Done>;
  /**
   * Clicks a button of a message, named by its `ts`, or as it once stood (an old screen), though it may be replaced by now.
   *
   * @throws Error where there is no such message or button, or where this person does not see it: that takes a forged request
   */
  clicks(message: string | ConversationEntry, action: string | ClickedAction, by?: Partial<Whereabouts>): Promise<Done>;
  /** Makes something happen that the app is told of (Events API). `retry`: Slack sends it again under the same id. */
  causes(
    event: Record<string, unknown>,
    again?: { eventId?: string; retry?: number; reason?: string },
  ): Promise<Acknowledgement>;
  /** The very request a command makes, not sent: for forging, and for load. */
  commandRequest(line: string, by?: Partial<Whereabouts>): Request;
  /** The very request a click makes, not sent; nobody asks here who sees the message. */
  clickRequest(message: ConversationEntry, action: ClickedAction, by?: Partial<Whereabouts>): Request;
}

/** What a person does it with. */
export interface PersonSurroundings {
  workspace: Workspace;
  responseUrls: ResponseUrls;
  sockets: SocketMode;
  signingSecret: string;
}

export function createPerson(slack: PersonSurroundings, options: PersonOptions): SlackPerson {
  return new Person(slack, options);
}

class Person implements SlackPerson {
  readonly #slack: PersonSurroundings;
  readonly #options: PersonOptions;

  constructor(slack: PersonSurroundings, options: PersonOptions) {
    this.#slack = slack;
    this.#options = options;
  }

  async types(line: string, by: Partial<Whereabouts> = {}): Promise<Done> {
    const { workspace } = this.#slack;
    const where = this.#where(by);
    const sent = this.#command(line, where);
    const { channel, user } = where;
    const typed = workspace.show({ kind: "typed", channel, from: user, visibleTo: user, text: line });
    const acknowledgement = await this.#deliver("slash_commands", sent, commandBody(sent));
    const shown = this.#afterCommand(line, where, acknowledgement);
    if (shown?.kind === "message" && shown.visibleTo === null) workspace.seen.publish(typed.ts);
    return { ...acknowledgement, shown, sent, responseUrl: sent.response_url ?? "" };
  }

  async clicks(
    message: string | ConversationEntry,
    action: string | ClickedAction,
    by: Partial<Whereabouts> = {},
  ): Promise<Done> {
    const { workspace } = this.#slack;
    const clicked = typeof action === "string" ? { action_id: action } : action;
    const seen = this.#screen(message, by);
    const where = this.#where({ channel: seen.channel, ...by });
    if (seen.visibleTo !== null && seen.visibleTo !== where.user)
      throw new Error(`Only ${seen.visibleTo} sees the message ${seen.ts}: ${where.user} cannot click in it.`);
    const found = buttonIn(seen, clicked);
    if (!found) throw new Error(`The message ${seen.ts} has no button ${JSON.stringify(clicked)}.`);
    const sent = this.#click(seen, clicked, where);
    const { channel, user } = where;
    const text = String((found.button.text as { text?: unknown } | undefined)?.text ?? clicked.action_id);
    workspace.show({ kind: "clicked", channel, from: user, visibleTo: user, text });
    const acknowledgement = await this.#deliver("interactive", sent, clickBody(sent));
    const shown = this.#failure(acknowledgement, where, `The button "${text}"`);
    return { ...acknowledgement, shown, sent, responseUrl: String(sent.response_url) };
  }

  async causes(
    event: Record<string, unknown>,
    {
      eventId = `Ev${uuid(this.#slack.workspace.bytes)}`,
      retry,
      reason = "http_timeout",
    }: Parameters<SlackPerson["causes"]>[1] = {},
  ): Promise<Acknowledgement> {
    const body = eventBody(event, eventId, this.#slack.workspace.clock.now());
    const headers: Record<string, string> =
      retry === undefined ? {} : { "x-slack-retry-num": String(retry), "x-slack-retry-reason": reason };
    const envelope = retry === undefined ? {} : { retry_attempt: retry, retry_reason: reason };
    const sockets = this.#slack.sockets;
    if (sockets.connections > 0) return sockets.deliver("events_api", JSON.parse(body), this.#waitMs, envelope);
    return this.#post(body, { contentType: "application/json", headers });
  }

  commandRequest(line: string, by: Partial<Whereabouts> = {}): Request {
    return this.#signed(commandBody(this.#command(line, this.#where(by))));
  }

  clickRequest(message: ConversationEntry, action: ClickedAction, by: Partial<Whereabouts> = {}): Request {
    return this.#signed(clickBody(this.#click(message, action, this.#where({ channel: message.channel, ...by }))));
  }

  #command(line: string, where: Whereabouts): Record<string, string> {
    return commandFields(line, this.#interaction(where, null));
  }

  #click(message: ConversationEntry, action: ClickedAction, where: Whereabouts): Record<string, unknown> {
    const { workspace } = this.#slack;
    const actionTs = workspace.messages.nextTs(workspace.clock.now());
    return clickPayload(message, action, { ...this.#interaction(where, message), actionTs });
  }

  /** Names, a `response_url` and a trigger for what somebody does. */
  #interaction(where: Whereabouts, clicked: ConversationEntry | null) {
    const { responseUrls } = this.#slack;
    return {
      ...where,
      ...this.#slack.workspace.names(where),
      responseUrl: responseUrls.issue({ channel: where.channel, user: where.user, clicked }),
      triggerId: `${this.#nowMs}.${bot.team_id}.${this.#slack.workspace.bytes(16).toString("hex")}`,
    };
  }

  #where(by: Partial<Whereabouts>): Whereabouts {
    const { team = bot.team_id, user = "U0ANN00001", channel = this.#slack.workspace.firstChannel } = this.#options;
    return { team, user, channel, ...by };
  }

  /** The message as this person has it before them. */
  #screen(message: string | ConversationEntry, by: Partial<Whereabouts>): ConversationEntry {
    if (typeof message !== "string") return message;
    const { channel } = this.#where(by);
    const standing = this.#slack.workspace.seen.standing(channel, message);
    if (!standing) throw new Error(`No message ${message} stands in ${channel}.`);
    return standing;
  }

  #deliver(
    type: "slash_commands" | "interactive",
    payload: Record<string, unknown>,
    body: string,
  ): Promise<Acknowledgement> {
    const { sockets } = this.#slack;
    return sockets.connections > 0 ? sockets.deliver(type, payload, this.#waitMs) : this.#post(body, {});
  }

  async #post(
    body: string,
    more: { contentType?: string; headers?: Record<string, string> },
  ): Promise<Acknowledgement> {
    const { app } = this.#options;
    if (app === undefined) return nothingCame("http", "unreachable");
    return overHttp(app, this.#signed(body, more), this.#waitMs);
  }

  #signed(body: string, more: { contentType?: string; headers?: Record<string, string> } = {}): Request {
    const { app = "https://nowhere.sandbox.invalid/slack/events", timestamp } = this.#options;
    const secret = this.#options.signingSecret ?? this.#slack.signingSecret;
    const now = timestamp?.() ?? Math.floor(Date.now() / 1000);
    return signedRequest({ url: requestUrl(app), body, secret, timestamp: now, ...more });
  }

  get #nowMs(): number {
    return this.#slack.workspace.clock.now().getTime();
  }

  get #waitMs(): number {
    return this.#options.acknowledgeMs ?? ACKNOWLEDGE_MS;
  }

  #afterCommand(line: string, where: Whereabouts, acknowledgement: Acknowledgement): ConversationEntry | null {
    const command = line.split(/\s/)[0] ?? "";
    const failure = this.#failure(acknowledgement, where, command);
    if (failure || acknowledgement.body === "") return failure;
    const call = new CallArguments(answerFields(acknowledgement.body));
    try {
      const { text = "", blocks } = messageContent(call);
      if (text === "" && !blocks?.length) return null;
      return say(this.#slack.workspace, where, call, { text, ...(blocks ? { blocks } : {}) });
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return this.#tells(where, `${command} failed with the error "${error.code}"`);
    }
  }

  /** What Slack tells a person whose app did not acknowledge; null where it did. */
  #failure({ is, status }: Acknowledgement, where: Whereabouts, what: string): ConversationEntry | null {
    if (status === 200) return null;
    return this.#tells(
      where,
      `${what} failed with the error "${is === "late" ? "operation_timeout" : "dispatch_failed"}"`,
    );
  }

  #tells({ channel, user }: Whereabouts, text: string): ConversationEntry {
    return this.#slack.workspace.show({ kind: "error", channel, from: "USLACKBOT", visibleTo: user, text });
  }
}

/** An acknowledgement in JSON is a message, any other is a message's text. */
function answerFields(body: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(body);
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields))
      return fields as Record<string, unknown>;
  } catch {
    // It is text.
  }
  return { text: body };
}
