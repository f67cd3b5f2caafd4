import type { Logger, SocketModeReceiver } from "@slack/bolt";
import { sendingOptions } from "../lib/remotes/slack/web-client.ts";
import { errorSummary } from "./error-summary.ts";

/** App token, API address and logs for Slack's Socket Mode. */
export interface SocketReceiverOptions {
  appToken: string;
  /** Base that method names are appended to; undefined: Slack's. */
  apiUrl: string | undefined;
  logger: Logger;
  log: (message: string) => void;
}

/** Bolt's receiver for Socket Mode; it is `createSocketConnection` that connects it. */
export async function createSocketReceiver(options: SocketReceiverOptions): Promise<SocketModeReceiver> {
  const { appToken, apiUrl, logger, log } = options;
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
      log(`a request from Slack failed: ${errorSummary(error)}`);
      return false;
    },
  });
}
