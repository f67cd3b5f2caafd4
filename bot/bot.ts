import type { Hono } from "hono";
import { postingClient } from "../lib/remotes/slack/web-client.ts";
import type { Output } from "../lib/report/terminal/output.ts";
import type { Environment } from "../lib/settings/environment.ts";
import { oneLine } from "../lib/text/outside-text.ts";
import type { AnsweredRequests } from "./answered-requests.ts";
import { createBoltApp } from "./bolt-app.ts";
import { boltLogger } from "./bolt-logger.ts";
import { composeBot } from "./composition.ts";
import type { Conversation } from "./conversation.ts";
import { createHttpApp } from "./http/http-app.ts";
import { createHttpReceiver, type HttpReceiver } from "./http/receiver.ts";
import { InFlight } from "./in-flight.ts";
import { Readiness } from "./readiness.ts";
import { createReply, type ReplyAddress } from "./reply.ts";
import { type BotSettings, readBotSettings } from "./settings.ts";
import { createSocketConnection, type SocketConnection } from "./socket-connection.ts";
import { createSocketReceiver } from "./socket-receiver.ts";

/** Output and clock of the process the bot runs in. */
export interface BotShell {
  output: Output;
  clock: () => Date;
}

/** Environment, settings, clock and log functions from which the bot's parts are made. */
export interface BotDeps {
  env: Environment;
  settings: BotSettings;
  clock: () => Date;
  /** Told what went wrong; never names a customer. */
  warn: (message: string) => void;
  /** Told what goes on; never names a customer. */
  say: (message: string) => void;
}

/** The bot without its transport, which passes it Slack's commands and clicks and GitLab's webhooks. */
export interface BotCore {
  conversation: Conversation;
  /** Commands and clicks that were taken already. */
  requests: Pick<AnsweredRequests, "take" | "answered">;
  /** Takes what GitLab's webhook sent, whose secret was checked; null where runs are child processes. */
  webhook: ((payload: unknown) => void) | null;
  /** Begins what goes on by itself: following runs, delivering messages, watching. */
  start(): Promise<void>;
  /** Ends it; what is in flight is finished. */
  stop(): Promise<void>;
  /** After everything has stopped. */
  close(): void;
}

/** A bot that is made and not started yet. */
export interface Bot {
  /** Its HTTP side; `fetch` and `request` need no port. */
  app: Hono;
  settings: BotSettings;
  /** Begins to work; asks Slack nothing over HTTP, and stays at it in Socket Mode where Slack is down. */
  start(): Promise<void>;
  /** Finishes what is in flight, also what was acknowledged already, and closes the database. */
  stop(): Promise<void>;
}

/** Makes the bot from its settings. Throws `ConfigurationError` with everything that is wrong with them. */
export async function createBot(
  env: Environment,
  { output, clock }: BotShell,
  compose: (deps: BotDeps) => Promise<BotCore> = composeBot,
): Promise<Bot> {
  const settings = await readBotSettings(env);
  // What a remote or a person said may be in any message: whatever it is, it is one line of the log.
  const say = (message: string) => output.err(oneLine(message));
  const warn = (message: string) => say(`warning: ${message}`);
  const readiness = new Readiness();
  readiness.lacks("bot", "starting");
  const inFlight = new InFlight();
  const core = await compose({ env, settings, clock, warn, say });
  const transport = await createTransport({ settings, clock, warn, readiness, inFlight, core });
  const secret = settings.pipelines?.webhookSecret ?? null;
  const gitlab = secret !== null && core.webhook !== null ? { secret, webhook: core.webhook } : null;
  return {
    app: createHttpApp({ receiver: transport.receiver, gitlab, readiness, clock, log: warn }),
    settings,
    async start() {
      await core.start();
      transport.connection?.start();
      readiness.has("bot", "running");
    },
    async stop() {
      readiness.lacks("bot", "shutting down");
      await transport.connection?.stop();
      // First what goes on by itself: a dry run that somebody waits for ends then, and they are told.
      await core.stop();
      await inFlight.settled();
      core.close();
    },
  };
}

interface TransportDeps {
  settings: BotSettings;
  clock: () => Date;
  warn: (message: string) => void;
  readiness: Readiness;
  inFlight: InFlight;
  core: BotCore;
}

interface Transport {
  /** Null in Socket Mode. */
  receiver: HttpReceiver | null;
  /** Null over HTTP. */
  connection: SocketConnection | null;
}

/** Slack's way to the conversation: over HTTP, or over a socket that the bot opens. The listeners are the same. */
async function createTransport(deps: TransportDeps): Promise<Transport> {
  const { settings, clock, warn, readiness, inFlight, core } = deps;
  const { appToken, signingSecret } = settings;
  const bolt = {
    botToken: settings.slack.token,
    logger: boltLogger(warn),
    conversation: core.conversation,
    requests: core.requests,
    inFlight,
    replyTo: (address: ReplyAddress) =>
      createReply(address, { log: warn, postEphemeral: ephemeralOver(settings), apiUrl: settings.slack.apiUrl }),
  };
  if (appToken !== null) {
    const { apiUrl } = settings.slack;
    const receiver = await createSocketReceiver({ appToken, apiUrl, logger: bolt.logger, log: warn });
    await createBoltApp({ receiver, ...bolt });
    return {
      receiver: null,
      connection: createSocketConnection({ client: receiver.client, readiness, clock, log: warn }),
    };
  }
  const receiver = createHttpReceiver({ signingSecret: signingSecret ?? "", clock, log: warn, inFlight });
  await createBoltApp({ receiver, ...bolt });
  readiness.has("slack", "commands and clicks come over HTTP");
  return { receiver, connection: null };
}

function ephemeralOver({ slack }: BotSettings): Parameters<typeof createReply>[1]["postEphemeral"] {
  return async ({ channel, user }, { text, blocks }) => {
    const client = await postingClient(slack, {});
    await client.apiCall("chat.postEphemeral", { channel, user, text, ...(blocks ? { blocks } : {}) });
  };
}
