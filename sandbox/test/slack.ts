import { SandboxClock } from "../server/clock.ts";
import { createSlack } from "../slack/slack.ts";
import type { SlackOptions } from "../slack/workspace.ts";

export const CHANNEL = "C0SANDBOX1";
export const PRIVATE_CHANNEL = "C0PRIVATE1";
export const BOT_TOKEN = "xoxb-test";
export const APP_TOKEN = "xapp-test";
export const SIGNING_SECRET = "signing-secret";

/** A Slack whose clock only the test moves, with a channel the bot is in, and a private one where it is not. */
export function startSlack(more: Partial<SlackOptions> = {}) {
  let milliseconds = Date.parse("2026-11-23T10:00:00Z");
  const served = { url: "https://slack.sandbox.invalid" };
  const slack = createSlack({
    token: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecret: SIGNING_SECRET,
    channels: [
      { id: CHANNEL, name: "support-notices", isMember: true },
      { id: PRIVATE_CHANNEL, name: "private", isMember: false, isPrivate: true },
    ],
    clock: new SandboxClock(1, () => new Date(milliseconds)),
    baseUrl: () => served.url,
    ...more,
  });
  const wait = (seconds: number) => {
    milliseconds += seconds * 1000;
  };
  return { slack, wait, served };
}
