import { RemoteError } from "../../errors.ts";
import type { HttpClientOptions, HttpRequest } from "../http/client-options.ts";
import { failureText } from "../http/failure.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError, NoAnswerError } from "../http/http-error.ts";
import type { Outcome } from "../http/outcome.ts";
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
  /** The JSON of an answer that is no refusal; undefined where it is none. */
  json?: unknown;
}

/** Options for sending requests; all but `signal` and `waits` are for tests. */
export type TransportOptions = Pick<
  HttpClientOptions,
  "timeoutMs" | "sleep" | "largestAnswer" | "signal" | "waits" | "retryBudget"
> & {
  /** Called for every answer that says that there are too many requests at once. */
  onCrowded?: () => void;
};

const RETRY_BUDGET = { maxAttempts: 5, maxWaitMs: 300_000 };
const TIMEOUT_MS = 120_000;

/** The first wait where too many long requests run at once: those counted have been running for 20 seconds and more. */
const CROWDED_WAIT_MS = 5_000;

/**
 * Sends what jsforce asks for with our own client: jsforce's transport never settles, or kills the process, when a connection is lost in
 * mid-body, has no time-out for bodies, and takes half a JSON text for an answer. Every request is repeated where that may help: we only
 * read, and asking twice for a token harms nobody. A refusal is an answer, for jsforce to read.
 */
export function createTransport({
  onCrowded,
  ...options
}: TransportOptions): (request: TransportRequest) => Promise<TransportResponse> {
  const clients = new Map<string, HttpClient>();
  return async ({ method, url, headers = {}, body }) => {
    const { host } = new URL(url);
    const client = clients.get(host) ?? clientOf(host, options, onCrowded);
    clients.set(host, client);
    const sent: HttpRequest = { method: method as HttpRequest["method"], url, headers, effect: "none" };
    if (typeof body === "string") sent.content = { data: body, type: "application/json" };
    try {
      const answer = await client.send({ ...sent, signal: options.signal });
      return { ...responseOf(answer.status, answer), json: answer.body };
    } catch (error) {
      if (error instanceof HttpError) return responseOf(error.status, error.answer);
      throw error instanceof NoAnswerError ? unreadable(host, error) : error;
    }
  };
}

function clientOf(host: string, options: TransportOptions, onCrowded: TransportOptions["onCrowded"]): HttpClient {
  return new HttpClient({
    timeoutMs: TIMEOUT_MS,
    ...options,
    retryBudget: { ...RETRY_BUDGET, ...options.retryBudget },
    service: `Salesforce (${host})`,
    classify: (answer) => {
      if (answer.status === 429 || answer.status === 503 || isCrowded(answer)) onCrowded?.();
      return classify(answer);
    },
  });
}

/**
 * A 403 passes only where too many long requests run at once; the daily limit has the same code and does not. 420 is said in
 * maintenance (facts/salesforce.md 4).
 */
function classify({ status, text }: { status: number; text: string }): Outcome | null {
  const failure = { is: "status", status, code: null } as const;
  if (isCrowded({ status, text })) return { is: "not-done", failure, limited: false, firstWaitMs: CROWDED_WAIT_MS };
  return status === 420 ? { is: "unclear", failure } : null;
}

function isCrowded({ status, text }: { status: number; text: string }): boolean {
  return status === 403 && text.includes("REQUEST_LIMIT_EXCEEDED") && isConcurrencyLimit(text);
}

function responseOf(statusCode: number, { headers, text }: { headers: Headers; text: string }): TransportResponse {
  return { statusCode, headers: Object.fromEntries(headers.entries()), body: text };
}

function unreadable(host: string, { failure, detail }: NoAnswerError): RemoteError {
  const { attempts = 1 } = detail;
  const what = failureText(failure);
  return new RemoteError(
    failure.is === "too-large"
      ? `Salesforce (${host}) sent an unusable response: ${what}. Check SALESFORCE_LOGIN_URL. If it is right, report this to the maintainers of zdsync.`
      : `Salesforce (${host}) could not be read: ${what}, ${attempts} times in a row. Try again later. If this continues, check SALESFORCE_LOGIN_URL and the network.`,
    { service: "Salesforce", attempts },
  );
}
