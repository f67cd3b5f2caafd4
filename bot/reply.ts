import { HttpClient } from "../lib/remotes/http/http-client.ts";
import { AmbiguousWriteError, HttpError, NoAnswerError } from "../lib/remotes/http/http-error.ts";
import { ONE_ATTEMPT } from "../lib/remotes/http/retry-budget.ts";
import type { MessageContent, Reply } from "./conversation.ts";
import { isSlackResponseUrl } from "./response-url.ts";

/**
 * For one attempt, its answer included. Whether Slack showed what timed out, nobody knows: it is said again as an ephemeral message,
 * for twice is better than never.
 */
const TIMEOUT_MS = 10_000;
/** Bytes; Slack answers `ok`, or a few words of JSON. */
const LARGEST_ANSWER = 64 * 1024;
const NOT_SLACKS = "not_slacks";

/** Destinations of answers to one command or click. */
export interface ReplyAddress {
  /** Slack's `response_url`: good for five answers within half an hour. Whoever knows it can use it: never in a log. */
  responseUrl: string | null;
  channel: string;
  user: string;
}

/** Calls, log and timeout that answers are sent with. */
export interface ReplyDeps {
  /** `chat.postEphemeral`, for where the `response_url` fails. May throw. */
  postEphemeral: (to: { channel: string; user: string }, said: MessageContent) => Promise<void>;
  /** Told by code what went wrong. */
  log: (message: string) => void;
  /** SLACK_API_URL: its host is whose `response_url` is used; undefined: Slack's. */
  apiUrl?: string | undefined;
  timeoutMs?: number;
}

/** Answers over the `response_url`, and past it where it fails. Never throws: what cannot be said is logged by its code. */
export function createReply(address: ReplyAddress, deps: ReplyDeps): Reply {
  const say = async (said: MessageContent, how: { replace_original: boolean }) => {
    const failure = await overResponseUrl(address.responseUrl, wireMessage(said, how), deps);
    if (failure === null) return;
    if (failure === NOT_SLACKS)
      deps.log("a response_url was not of Slack's host: nothing was sent there, the answer goes by chat.postEphemeral");
    try {
      await deps.postEphemeral(address, said);
    } catch (error) {
      const code = codeOf(error);
      deps.log(`an answer could not be given: response_url ${failure}, chat.postEphemeral ${code}`);
    }
  };
  return {
    privately: (said) => say(said, { replace_original: false }),
    instead: (said) => say(said, { replace_original: true }),
  };
}

/** Something said, as Slack takes it in an acknowledgement and over a `response_url`. */
export function wireMessage(said: MessageContent, more: { replace_original?: boolean } = {}): Record<string, unknown> {
  return {
    response_type: "ephemeral",
    text: said.text,
    ...(said.blocks ? { blocks: said.blocks } : {}),
    unfurl_links: false,
    unfurl_media: false,
    ...more,
  };
}

/** Null where Slack took it, else a code: `404`, `timeout`, `unreachable`, `expired_url`, `not_slacks`. */
async function overResponseUrl(
  url: string | null,
  said: unknown,
  { apiUrl, timeoutMs = TIMEOUT_MS }: ReplyDeps,
): Promise<string | null> {
  if (url === null) return "none";
  if (!isSlackResponseUrl(url, apiUrl)) return NOT_SLACKS;
  const client = new HttpClient({
    service: "Slack",
    timeoutMs,
    largestAnswer: LARGEST_ANSWER,
    retryBudget: ONE_ATTEMPT,
  });
  const content = { data: JSON.stringify(said), type: "application/json; charset=utf-8" };
  try {
    const { status, bytes } = await client.download({ method: "POST", url, name: "POST response_url", content });
    const text = new TextDecoder().decode(bytes);
    if (status !== 200) return String(status);
    return /"ok"\s*:\s*false/.test(text) ? (/"error"\s*:\s*"(\w{1,60})"/.exec(text)?.[1] ?? "refused") : null;
  } catch (error) {
    if (error instanceof HttpError) return String(error.status);
    const failure = error instanceof NoAnswerError || error instanceof AmbiguousWriteError ? error.failure : null;
    if (failure?.is === "status") return String(failure.status);
    return failure?.is === "timed-out" ? "timeout" : "unreachable";
  }
}

/** Slack's own code where there is one; nothing else of an error. */
function codeOf(error: unknown): string {
  const { data, code } = error as { data?: { error?: unknown }; code?: unknown };
  const told = [data?.error, code].find((one) => typeof one === "string" && /^\w{1,60}$/.test(one));
  return typeof told === "string" ? told : "failed";
}
