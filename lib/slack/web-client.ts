import type { WebClient } from "@slack/web-api";
import { boundedFetch } from "../http/bounded-fetch.ts";
import type { SlackSettings } from "../settings/environment.ts";

/** How calls are sent; all for tests. */
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
  const { timeoutMs = 10_000, minTimeoutMs = 500, largestAnswer } = timing;
  const silent = () => {};
  return new WebClient(settings.token, {
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
    retryConfig: { retries, minTimeout: minTimeoutMs, maxTimeout: 5000 },
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    // WebClient keeps the fetch it is made with; this one follows the global of the moment.
    fetch: boundedFetch(largestAnswer),
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
