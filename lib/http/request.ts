import { ofetch } from "ofetch";
import { RemoteError } from "../errors.ts";
import { AmbiguousWriteError, HttpError } from "./http-error.ts";
import { quotaPauseMs, retryDelayMs } from "./retry-timing.ts";

/** Attempts at one request that failed for a passing reason; refusals for the rate limit do not count, only their waiting does. */
const MOST_ATTEMPTS = 8;
/** How long one request may wait in all, in milliseconds. */
const MOST_WAIT_MS = 600_000;
const TIMEOUT_MS = 30_000;

/** What a client asks the machine; injected so that tests need no waiting. */
export interface HttpTiming {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  sleep?: (milliseconds: number) => Promise<unknown>;
  now?: () => number;
  random?: () => number;
}

/** How a client talks to one service. */
export interface HttpClientOptions extends HttpTiming {
  /** How messages name the service, e.g. `Zendesk global (example.zendesk.com)`. */
  service: string;
  /** Headers of every request; asked for before each attempt, so that a token may be renewed in between. */
  headers(): Promise<Record<string, string>>;
  /** Called once for a request that was answered 401; true: the credentials are new, try again. */
  renew?(): Promise<boolean>;
  /** The stable codes of an error body, for messages; never its texts. */
  errorCode?(body: unknown): string | null;
  /** Called with the headers of every answer. */
  onHeaders?(headers: Headers): void;
}

/** One request. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute. */
  url: string;
  body?: unknown;
  /** Whether doing it twice is the same as doing it once; else an unclear outcome throws `AmbiguousWriteError`. Reads always are. */
  repeatable?: boolean;
}

/** A successful answer: its parsed body (undefined where it is empty). */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** What one attempt came to. */
type Outcome =
  | { is: "answered"; answer: HttpAnswer }
  | { is: "refused"; error: HttpError }
  /** Certainly not done: may be repeated whatever it was. `limited`: by a rate limit, the account's own (`all`) or one of this kind of request. */
  | { is: "not done"; headers: Headers; what: string; limited: false | "all" | "this"; error?: HttpError }
  /** It may have been done. */
  | { is: "unclear"; headers: Headers; what: string; error?: HttpError; cause?: unknown };

/** Requests to one service, with retries, one shared pause while the account's quota is used up, and counters. */
export class HttpClient {
  readonly counts = { reads: 0, writes: 0, retries: 0, waitedMs: 0 };
  private pausedUntil = 0;
  private readonly sleep: (milliseconds: number) => Promise<unknown>;
  private readonly now: () => number;

  constructor(private readonly options: HttpClientOptions) {
    this.sleep = options.sleep ?? Bun.sleep;
    this.now = options.now ?? Date.now;
  }

  /** Sends a request until it is answered, refused for good, or not worth another attempt. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const repeatable = request.method === "GET" || request.repeatable === true;
    let failures = 0;
    let waited = 0;
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      waited += await this.waitForQuota();
      const outcome = await this.attempt(request);
      if (outcome.is === "answered") return outcome.answer;
      if (outcome.is === "refused") {
        if (outcome.error.status !== 401 || renewed || !(await this.options.renew?.())) throw outcome.error;
        renewed = true;
        continue;
      }
      if (outcome.is === "unclear" && !repeatable) throw this.ambiguous(request, outcome.what, attempt);
      const limited = outcome.is === "not done" && outcome.limited;
      if (!limited) failures++;
      const delay = retryDelayMs({
        headers: outcome.headers,
        attempt,
        nowMs: this.now(),
        random: (this.options.random ?? Math.random)(),
      });
      if (failures >= MOST_ATTEMPTS || waited + delay > MOST_WAIT_MS)
        throw outcome.error ?? this.givenUp(request, outcome, attempt);
      this.counts.retries++;
      if (limited === "all") this.pausedUntil = Math.max(this.pausedUntil, this.now() + delay);
      else waited += await this.wait(delay);
    }
  }

  private async attempt(request: HttpRequest): Promise<Outcome> {
    const isRead = request.method === "GET";
    this.counts[isRead ? "reads" : "writes"]++;
    try {
      const response = await ofetch.raw<string, "text">(request.url, {
        method: request.method,
        headers: {
          accept: "application/json",
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
          ...(await this.options.headers()),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        responseType: "text",
        ignoreResponseError: true,
        retry: 0,
        redirect: "manual",
        // Bun repeats PUT and DELETE by itself when a kept connection is cut, which nobody would see.
        keepalive: isRead,
        signal: AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS),
      });
      this.heed(response.headers);
      this.options.onHeaders?.(response.headers);
      return this.judge(request, response.status, response.headers, response._data ?? "");
    } catch (error) {
      // The real cause is behind ofetch's own error; a credential failure while asking for headers is ours already.
      if (error instanceof RemoteError) throw error;
      return networkOutcome(error);
    }
  }

  private judge(request: HttpRequest, status: number, headers: Headers, text: string): Outcome {
    const body = parse(text);
    if (status >= 200 && status < 300) {
      if (body === BROKEN) return { is: "unclear", headers, what: "the answer was cut off or is no JSON" };
      return { is: "answered", answer: { status, headers, body } };
    }
    const error = this.refusal(request, status, headers, body === BROKEN ? undefined : body);
    const what = `it answered ${status}${error.detail.code ? ` ${error.detail.code}` : ""}`;
    if (status === 429)
      return { is: "not done", headers, what, limited: error.detail.code === "TooManyJobs" ? "this" : "all", error };
    if (status === 409 || (status === 503 && headers.has("retry-after")))
      return { is: "not done", headers, what, limited: false, error };
    if (status >= 500 || status === 408) return { is: "unclear", headers, what, error };
    return { is: "refused", error };
  }

  private refusal(request: HttpRequest, status: number, headers: Headers, body: unknown): HttpError {
    const code = this.options.errorCode?.(body) ?? null;
    const requestId = headers.get("x-request-id");
    const about = [code, requestId ? `request ${requestId}` : null].filter((part) => part !== null).join(", ");
    return new HttpError(
      `${this.options.service} answered ${status} to ${describe(request)}${about ? ` (${about})` : ""}.${remedy(status)}`,
      status,
      body,
      {
        service: this.options.service,
        status,
        ...(code ? { code } : {}),
        ...(requestId ? { requestId } : {}),
      },
    );
  }

  private ambiguous(request: HttpRequest, what: string, attempts: number): AmbiguousWriteError {
    return new AmbiguousWriteError(
      `${this.options.service}: whether ${describe(request)} was done is not known: ${what}.`,
      { service: this.options.service, attempts },
    );
  }

  private givenUp(request: HttpRequest, outcome: { what: string; cause?: unknown }, attempts: number): RemoteError {
    return new RemoteError(
      `${this.options.service}: ${describe(request)} failed ${attempts} times: ${outcome.what}. Try again later; if it stays so, check the URL setting and the network.`,
      { service: this.options.service, attempts },
      { cause: outcome.cause },
    );
  }

  private async waitForQuota(): Promise<number> {
    let waited = 0;
    for (let left = this.pausedUntil - this.now(); left > 0; left = this.pausedUntil - this.now())
      waited += await this.wait(left);
    return waited;
  }

  private async wait(milliseconds: number): Promise<number> {
    this.counts.waitedMs += milliseconds;
    await this.sleep(milliseconds);
    return milliseconds;
  }

  /** Makes all requests wait while nothing is left of the account's quota: cheaper than being refused. */
  private heed(headers: Headers): void {
    const pause = quotaPauseMs(headers);
    if (pause !== null) this.pausedUntil = Math.max(this.pausedUntil, this.now() + pause);
  }
}

const BROKEN = Symbol("not JSON");

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return BROKEN;
  }
}

function networkOutcome(error: unknown): Outcome {
  const causes = [error, (error as { cause?: unknown } | null)?.cause];
  const has = (test: (cause: { name?: unknown; code?: unknown }) => boolean) =>
    causes.some((cause) => typeof cause === "object" && cause !== null && test(cause));
  const headers = new Headers();
  if (has(({ code }) => code === "ConnectionRefused" || code === "ECONNREFUSED" || code === "ENOTFOUND"))
    return { is: "not done", headers, what: "nobody answers at this address", limited: false };
  const timedOut = has(({ name }) => name === "TimeoutError");
  return {
    is: "unclear",
    headers,
    what: timedOut ? "no whole answer in time" : "the connection was cut",
    cause: error,
  };
}

/** Method and path; queries may hold addresses. */
function describe({ method, url }: HttpRequest): string {
  return `${method} ${new URL(url).pathname}`;
}

function remedy(status: number): string {
  if (status === 401) return " Check the credentials of this service.";
  if (status === 403) return " The credentials are good, but do not allow this: check scopes, role and plan.";
  return "";
}
