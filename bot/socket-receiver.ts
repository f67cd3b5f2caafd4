import type { Logger, SocketModeReceiver } from "@slack/bolt";
import { sendingOptions } from "../lib/remotes/slack/web-client.ts";
import { failureWords } from "./failure-words.ts";

/** How Slack is reached in Socket Mode. */
export interface SocketReceiverSetting {
  appToken: string;
  /** Base that method names are appended to; undefined: Slack's. */
  apiUrl: string | undefined;
  logger: Logger;
  log: (message: string) => void;
}

/** Bolt's receiver for Socket Mode; it is `createSocketConnection` that connects it. */
export async function createSocketReceiver(setting: SocketReceiverSetting): Promise<SocketModeReceiver> {
  const { appToken, apiUrl, logger, log } = setting;
  const { SocketModeReceiver } = await import("@slack/bolt");
  return new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: {
      // `clientOptions` of Bolt's App do not reach a receiver of one's own (facts 2).
      clientOptions: {
        ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
        ...sendingOptions({}, 0),
      },
    },
    processEventErrorHandler: async ({ error }) => {
      log(`a request from Slack failed: ${failureWords(error)}`);
      return false;
    },
  });
}
