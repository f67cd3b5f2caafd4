import type { Database } from "bun:sqlite";
import { createHmac } from "node:crypto";
import type { App } from "@slack/bolt";
import { AnsweredRequests } from "../../../bot/answered-requests.ts";
import { createBoltApp } from "../../../bot/bolt-app.ts";
import { boltLogger } from "../../../bot/bolt-logger.ts";
import type { Answer, ButtonClick, MessageContent, SlashCommand } from "../../../bot/conversation.ts";
import { openDatabase } from "../../../bot/database.ts";
import { createHttpApp } from "../../../bot/http/http-app.ts";
import { createHttpReceiver } from "../../../bot/http/receiver.ts";
import { InFlight } from "../../../bot/in-flight.ts";
import { Readiness } from "../../../bot/readiness.ts";
import { createReply } from "../../../bot/reply.ts";

export const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
export const WEBHOOK_SECRET = "gitlab-webhook-secret-1";
export const NOW = new Date("2026-11-24T10:00:00Z");

/** How requests reach the bot: without a port, and through a real one. */
export const WAYS = ["app.request", "a real port"] as const;
export type Way = (typeof WAYS)[number];

/** What the conversation of a test does. */
export interface Script {
  command?: (command: SlashCommand) => Answer;
  button?: (click: ButtonClick) => Answer;
}

interface More {
  ackWithinMs?: number;
  /** Whether a webhook secret is set. */
  gitlab?: boolean;
  /** The bot's memory; default: a new one. */
  database?: Database;
  now?: () => Date;
  apiUrl?: string;
  /** More listeners, before the bot's own. */
  listeners?: (bolt: App) => void;
}

/** The bot's transport with a scripted conversation. */
export class Transport {
  readonly commands: SlashCommand[] = [];
  readonly clicks: ButtonClick[] = [];
  readonly webhooks: unknown[] = [];
  readonly log: string[] = [];
  readonly ephemerals: { channel: string; user: string; said: MessageContent }[] = [];
  readonly events: unknown[] = [];
  readonly inFlight = new InFlight();
  readonly readiness = new Readiness();
  #send: (request: Request) => Promise<Response> = async () => new Response(null, { status: 599 });
  #stop: () => Promise<void> = async () => {};

  static async open(way: Way, script: Script = {}, more: More = {}) {
    const self = new Transport();
    const log = (message: string) => void self.log.push(message);
    const { inFlight, readiness } = self;
    const { database = openDatabase(":memory:"), now: clock = () => NOW, apiUrl } = more;
    const receiver = createHttpReceiver({ signingSecret: SECRET, clock, log, inFlight, ...more });
    const bolt = await createBoltApp({
      receiver,
      botToken: "xoxb-never-used",
      logger: boltLogger(log),
      inFlight,
      requests: new AnsweredRequests(database, { clock, warn: log }),
      conversation: {
        command(command) {
          self.commands.push(command);
          return script.command?.(command) ?? { now: { text: "queued" }, later: null };
        },
        button(click) {
          self.clicks.push(click);
          return script.button?.(click) ?? { now: null, later: null };
        },
      },
      replyTo: (address) =>
        createReply(address, {
          log,
          apiUrl,
          postEphemeral: async ({ channel, user }, said) => void self.ephemerals.push({ channel, user, said }),
        }),
    });
    bolt.event("app_mention", async ({ body }) => {
      self.events.push(body);
    });
    bolt.command("/twice", async ({ ack }) => {
      await ack("first");
      await ack("second");
    });
    bolt.command("/never", async () => {});
    more.listeners?.(bolt);
    const gitlab = { secret: WEBHOOK_SECRET, webhook: (payload: unknown) => void self.webhooks.push(payload) };
    const app = createHttpApp({ receiver, gitlab: more.gitlab === false ? null : gitlab, readiness, clock, log });
    if (way === "app.request") {
      self.#send = async (request) => await app.request(request);
      return self;
    }
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
    self.#send = (request) => fetch(new Request(request.url.replace("http://bot", server.url.origin), request));
    self.#stop = () => server.stop(true);
    return self;
  }

  /** Sends a request; `path` from the root. */
  send(path: string, init?: RequestInit): Promise<Response> {
    return this.#send(new Request(`http://bot${path}`, init));
  }

  /** Sends what Slack would send; `headers` over those that Slack sends, null: without it. */
  async slack(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string | null> = {}): Promise<Response> {
    const timestamp = headers["x-slack-request-timestamp"] ?? String(NOW.getTime() / 1000);
    const all: Record<string, string | null> = {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": sign(body, timestamp),
      ...headers,
    };
    const given = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
    return this.send("/slack/events", { method: "POST", body, headers: Object.fromEntries(given) });
  }

  async close(): Promise<void> {
    await this.inFlight.settled();
    await this.#stop();
  }
}

export function sign(body: string | Uint8Array, timestamp: string, secret = SECRET): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

/** A slash command as Slack sends it. */
export function commandBody(text = "run", more: Record<string, string> = {}): string {
  return new URLSearchParams({
    command: "/zdsync",
    text,
    team_id: "T0SANDBOX1",
    channel_id: "C0SANDBOX1",
    user_id: "U0ANN",
    user_name: "ann",
    trigger_id: `1.2.${crypto.randomUUID()}`,
    api_app_id: "A1",
    ...more,
  }).toString();
}

/** A click on a button as Slack sends it. */
export function clickBody(action: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const payload = {
    type: "block_actions",
    trigger_id: `1.2.${crypto.randomUUID()}`,
    team: { id: "T0SANDBOX1", domain: "sandbox" },
    user: { id: "U0ANN", username: "ann", team_id: "T0SANDBOX1" },
    channel: { id: "C0SANDBOX1", name: "support-notices" },
    container: { type: "message", message_ts: "1.5", channel_id: "C0SANDBOX1", is_ephemeral: false },
    message: { ts: "1.5", text: "t", blocks: [{ type: "divider", block_id: "b" }] },
    actions: [{ type: "button", block_id: "b", action_ts: "1", ...action }],
    ...more,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** A delivery of the Events API. */
export function eventBody(id: string): string {
  const event = { type: "app_mention", user: "U0ANN", text: "hi", channel: "C0SANDBOX1", ts: "1" };
  return JSON.stringify({ type: "event_callback", team_id: "T0SANDBOX1", api_app_id: "A1", event_id: id, event });
}
