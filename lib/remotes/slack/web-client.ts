import type { WebClient } from "@slack/web-api";
import { now, sleep, timeoutSignal } from "../../edges/clock.ts";
import type { SlackSettings } from "../../settings/environment.ts";
import { boundedFetch } from "../http/bounded-fetch.ts";
import { retryAfterMs } from "../http/retry-timing.ts";

const LONGEST_PAUSE_MS = 5_000;

/** Timing and limits of calls to Slack; all for tests. */
export interface WebClientTiming {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  /** Between the attempts of a read. */
  minTimeoutMs?: number;
  /** Bytes of the largest answer that is read, once decompressed. */
  largestAnswer?: number;
}

/** A client that sends each call once: whoever posts must not post twice. Rate limits are thrown, not waited for. */
export function postingClient(settings: SlackSettings, timing: WebClientTiming): Promise<WebClient> {
  return open(settings, timing, 0);
}

/** A client that repeats reads where the network or Slack fails. Rate limits are thrown, not waited for. */
export function readingClient(settings: SlackSettings, timing: WebClientTiming): Promise<WebClient> {
  return open(settings, timing, 2);
}

/** The library is loaded here and only here: most commands never need it. */
async function open(settings: SlackSettings, timing: WebClientTiming, retries: number): Promise<WebClient> {
  const { WebClient, LogLevel } = await import("@slack/web-api");
  const silent = () => {};
  return new WebClient(settings.token, {
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
    ...sendingOptions(timing, retries),
    logger: {
      debug: silent,
      info: silent,
      warn: silent,
      error: silent,
      setLevel: silent,
      setName: silent,
      getLevel: () => LogLevel.ERROR,
    },
  });
}

/** Returns the sending options of every WebClient: its own retries and timeouts run on timers of its own, which nobody can replace. */
export function sendingOptions(timing: WebClientTiming, retries: number) {
  return {
    retryConfig: { retries: 0 },
    timeout: 0,
    rejectRateLimitedCalls: true,
    fetch: repeatingFetch(timing, retries),
  };
}

/**
 * A fetch that is tried again, after pauses that double, where no answer came or one that is neither 200 nor 429: what WebClient hands
 * on as a failure of the network or of Slack. An answer that asks for a longer pause (`Retry-After`) is handed on at once: whoever
 * calls knows how long it may wait. HttpClient is not for this: WebClient wants the answer whatever it is, and repeats nothing itself.
 */
function repeatingFetch({ timeoutMs = 10_000, minTimeoutMs = 500, largestAnswer }: WebClientTiming, retries: number) {
  const send = boundedFetch(largestAnswer);
  return async (...[input, init]: Parameters<typeof send>): Promise<Response> => {
    for (let retry = 0; ; retry++) {
      const sent = send(input, { ...init, signal: timeoutSignal(timeoutMs) });
      const answer = retry < retries ? await sent.catch(() => null) : await sent;
      const told = answer ? (retryAfterMs(answer.headers, now()) ?? 0) : 0;
      const isLast = retry === retries || answer?.status === 200 || answer?.status === 429 || told > LONGEST_PAUSE_MS;
      if (answer && isLast) return inSeconds(answer);
      await answer?.body?.cancel();
      await sleep(Math.max(told, Math.min(minTimeoutMs * 2 ** retry, LONGEST_PAUSE_MS)));
    }
  };
}

/** WebClient reads `Retry-After` in seconds only; whoever stands between here and Slack may give it as a date, as HTTP allows. */
function inSeconds(answer: Response): Response {
  const wait = retryAfterMs(answer.headers, now());
  if (wait !== null) answer.headers.set("retry-after", String(Math.ceil(wait / 1000)));
  return answer;
}
