import { now } from "../../edges/clock.ts";
import { retryAfterMs } from "../http/retry-timing.ts";
import type { PostOutcome } from "./ports.ts";

/** Failure of a Web API call, sorted by what can be done about it. `waitMs`: milliseconds that Slack asks us to wait. */
export type SlackFailure =
  | { is: "limited"; waitMs: number }
  | { is: "refused"; code: string; reason: string }
  | { is: "unknown"; reason: string; waitMs?: number };

/** Wait, in milliseconds, if a rate limit does not name one. */
const DEFAULT_WAIT_MS = 10_000;

/** Errors after which Slack itself does not know whether it did what was asked. */
const AMBIGUOUS = new Set(["fatal_error", "internal_error", "request_timeout", "service_unavailable"]);

/** Codes of connections that never came about: nothing was sent. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "ConnectionRefused", "FailedToOpenSocket"]);

/** Refusals of one message, whatever its channel. */
const ABOUT_MESSAGE = new Set([
  "block_mismatch",
  "cannot_reply_to_message",
  "cant_update_message",
  "edit_window_closed",
  "invalid_arguments",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_metadata_format",
  "invalid_metadata_schema",
  "message_not_found",
  "metadata_too_large",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
  "thread_not_found",
]);

const REMEDIES: Record<string, string> = {
  account_inactive: "the bot was removed: install the app again and set SLACK_BOT_TOKEN",
  channel_not_found: "check the channel's id, or invite the bot if the channel is private",
  invalid_auth: "check SLACK_BOT_TOKEN",
  is_archived: "the channel is archived: choose another",
  missing_scope: "give the app the scope and install it again; `zdsync doctor` names it",
  no_permission: "give the app the scope and install it again; `zdsync doctor` names it",
  not_authed: "check SLACK_BOT_TOKEN",
  not_in_channel: "invite the bot to the channel",
  token_expired: "set a new SLACK_BOT_TOKEN",
  token_revoked: "set a new SLACK_BOT_TOKEN",
};

/** Sorts what a WebClient call threw. Nothing of Slack's answer but its error code is repeated. */
export function slackFailure(error: unknown): SlackFailure {
  const { code, data, retryAfter, statusCode, headers, original, message } = error as Partial<WebClientError>;
  if (code === "slack_webapi_rate_limited_error") return { is: "limited", waitMs: Number(retryAfter) * 1000 };
  // WebClient has no error of its own for a 429 without Retry-After.
  if (/Retry header did not contain/.test(message ?? "")) return { is: "limited", waitMs: DEFAULT_WAIT_MS };
  if (code === "slack_webapi_platform_error") return platformFailure(data?.error);
  if (code === "slack_webapi_http_error" && Number(statusCode) < 500)
    return refused(`http_${statusCode}`, "check SLACK_API_URL and the network between here and Slack");
  if (NEVER_CONNECTED.has(original?.code ?? "")) return refused("unreachable", "Slack could not be reached");
  const waitMs = retryAfterMs(new Headers(headers), now());
  const reason = statusCode ? `Slack answered HTTP ${statusCode}` : "Slack did not respond";
  return { is: "unknown", reason, ...(waitMs === null ? {} : { waitMs }) };
}

/** The same as the outcome of a post. */
export function postFailure(error: unknown): PostOutcome {
  const failure = slackFailure(error);
  if (failure.is !== "refused") return failure;
  const { code, reason } = failure;
  return { is: "refused", reason, ...(ABOUT_MESSAGE.has(code) ? { about: "message" } : {}) };
}

function platformFailure(code: unknown): SlackFailure {
  if (code === "ratelimited" || code === "rate_limited") return { is: "limited", waitMs: DEFAULT_WAIT_MS };
  // WebClient hands on a page that is no Slack answer as the code.
  if (typeof code !== "string" || !/^[a-z0-9_]{1,60}$/.test(code))
    return { is: "unknown", reason: "the response is not from Slack" };
  if (AMBIGUOUS.has(code)) return { is: "unknown", reason: `Slack answered ${code}` };
  return refused(code, REMEDIES[code] ?? "run `zdsync doctor`");
}

function refused(code: string, remedy: string): SlackFailure {
  return { is: "refused", code, reason: `Slack refused (${code}): ${remedy}` };
}

/** Properties of WebClient 8's error classes; each class has some of them. */
interface WebClientError {
  code: string;
  data: { error?: unknown };
  retryAfter: number;
  statusCode: number;
  headers: Record<string, string>;
  original: { code?: string };
  message: string;
}
