import { RemoteError } from "../errors.ts";
import { AnswerTooLargeError, boundedFetch } from "../http/bounded-fetch.ts";
import { retryDelayMs } from "../http/retry-timing.ts";
import { endingAt, sleepUnlessAborted, untilStopped } from "../http/until-stopped.ts";
import type { Waits } from "../http/waits.ts";
import { isConcurrencyLimit } from "./request-errors.ts";

/** A request as jsforce makes it; bodies are always text here. */
export interface TransportRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** An answer as jsforce takes it. */
export interface TransportResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** How requests are sent; all but the defaults are for tests. */
export interface TransportOptions {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  /** Attempts after the first. */
  retries?: number;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Ends requests and waits at once, with a `StoppedError`. */
  signal?: AbortSignal | undefined;
  /** Told what is waited for. */
  waits?: Waits | undefined;
  /** Bytes of the largest answer that is read, once decompressed. */
  largestAnswer?: number;
}

/** What one attempt gave. `passing`: worth another attempt. */
type Attempt = { response: TransportResponse; passing: boolean } | { failed: string; cause?: unknown };

/** Longer than a maintenance page asks for, short enough for an hourly run. */
const LONGEST_WAIT_MS = 60_000;

/** The first wait where too many long requests run at once: those counted have been running for 20 seconds and more. */
const CROWDED_WAIT_MS = 5_000;

const PASSING_STATUS: readonly number[] = [408, 420, 429, 500, 502, 503, 504];

/**
 * Sends one request and reads its whole answer. jsforce's own transport never settles, or kills the process, when a
 * connection is lost in mid-body, has no time-out for bodies, and takes half a JSON text for an answer.
 * Every request is repeated where that may help: we only read, and asking twice for a token harms nobody.
 */
export async function send(request: TransportRequest, options: TransportOptions = {}): Promise<TransportResponse> {
  const { timeoutMs = 120_000, retries = 4, sleep = sleepUnlessAborted, signal } = options;
  const { host, pathname } = new URL(request.url);
  const service = `Salesforce (${host})`;
  const asked = { service, request: `${request.method} ${pathname}`, timeoutMs, attempts: retries + 1 };
  return untilStopped(asked, options, async (wait) => {
    for (let attempt = 1, before: string | null = null; ; attempt++) {
      wait.attempt(attempt, before);
      const outcome = await attemptOnce(request, options);
      const last = attempt > retries;
      if ("response" in outcome && (!outcome.passing || last)) return outcome.response;
      if ("failed" in outcome && last)
        throw new RemoteError(
          `${service} could not be read: ${outcome.failed}, ${attempt} times in a row. Try again later; if it stays so, check SALESFORCE_LOGIN_URL and the network.`,
          { service: "Salesforce", attempts: attempt },
          { cause: outcome.cause },
        );
      before = "failed" in outcome ? outcome.failed : `it answered ${outcome.response.statusCode}`;
      await sleep(waitMs(outcome, attempt), signal);
    }
  });
}

function waitMs(outcome: Attempt, attempt: number): number {
  const headers = new Headers("response" in outcome ? outcome.response.headers : {});
  const usual = retryDelayMs({ headers, attempt, nowMs: Date.now(), random: Math.random() });
  const crowded = "response" in outcome && isCrowded(outcome.response);
  return Math.min(Math.max(usual, crowded ? CROWDED_WAIT_MS * 2 ** (attempt - 1) : 0), LONGEST_WAIT_MS);
}

async function attemptOnce(
  request: TransportRequest,
  { timeoutMs = 120_000, largestAnswer, signal }: TransportOptions,
): Promise<Attempt> {
  try {
    const response = await boundedFetch(largestAnswer)(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      ...(typeof request.body === "string" ? { body: request.body } : {}),
      redirect: "manual",
      signal: endingAt(timeoutMs, signal),
    });
    const body = await response.text();
    if (response.status === 200 && !isJson(body)) return { failed: "the answer was cut off or is no JSON" };
    const answer = { statusCode: response.status, headers: Object.fromEntries(response.headers.entries()), body };
    return { response: answer, passing: isPassing(answer) };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AnswerTooLargeError)
      throw new RemoteError(
        `Salesforce (${new URL(request.url).host}) sent what cannot be used: ${cause.message}. Check SALESFORCE_LOGIN_URL; if it is right, tell the maintainers.`,
        { service: "Salesforce" },
        { cause },
      );
    const timedOut = cause instanceof Error && cause.name === "TimeoutError";
    return { failed: timedOut ? `no whole answer within ${timeoutMs / 1000} s` : "the connection failed", cause };
  }
}

function isPassing(response: TransportResponse): boolean {
  return PASSING_STATUS.includes(response.statusCode) || isCrowded(response);
}

/** A 403 passes only where too many long requests run at once; the daily limit has the same code and does not. */
function isCrowded({ statusCode, body }: TransportResponse): boolean {
  return statusCode === 403 && body.includes("REQUEST_LIMIT_EXCEEDED") && isConcurrencyLimit(body);
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
