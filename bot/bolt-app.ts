import type { App, Logger, Receiver } from "@slack/bolt";
import { type Listening, registerListeners } from "./listeners.ts";

/** Parts of `createBoltApp`: the receiver, the bot token, a logger, and everything its listeners call. */
export interface BoltDeps extends Listening {
  receiver: Receiver;
  botToken: string;
  logger: Logger;
}

/**
 * Bolt with the bot's listeners. Loaded here and only here; makes no call to Slack: with `token` in place of `authorize` it would,
 * and a Slack that is down would end the process (facts 1).
 */
export async function createBoltApp({ receiver, botToken, logger, ...listening }: BoltDeps): Promise<App> {
  const { App } = await import("@slack/bolt");
  const app = new App({
    receiver,
    logger,
    authorize: async () => ({ botToken }),
    ignoreSelf: false,
    convoStore: false,
  });
  // The receiver logs it and answers Slack; Bolt's own handler would log the stack.
  app.error(async (error) => {
    throw error.original ?? error;
  });
  registerListeners(app, listening);
  return app;
}
