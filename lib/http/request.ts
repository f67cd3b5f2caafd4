import { setTimeout as sleepUntilAborted } from "node:timers/promises";
import { createFetch } from "ofetch";
import { StoppedError } from "../errors.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { ambiguousError, type FailedRequest, givenUpError, refusalError, unusableError } from "./failure-messages.ts";
import { BROKEN, parseBody } from "./json-body.ts";
import { judgeAnswer, judgeFailure, type Outcome } from "./outcome.ts";
import { quotaPauseMs, retryDelayMs } from "./retry-timing.ts";

/** Attempts at one request that failed for a passing reason. */
const MOST_ATTEMPTS = 8;
/** Refusals of one request for a rate limit: those are expected, and mostly bounded by how long they make it wait. */
const MOST_LIMITED = 60;
/** How long one request may wait in all, in milliseconds. */
const MOST_WAIT_MS = 600_000;
const TIMEOUT_MS = 30_000;

/** What a client asks the machine; injected so that tests need no waiting. */
export interface HttpTiming {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  now?: () => number;
  random?: () => number;
  /** Bytes of the largest answer that is read, once decompressed. */
  largestAnswer?: number;
}

/** How a client talks to one service. */
export interface HttpClientOptions extends HttpTiming {
  /** How messages name the service, e.g. `Zendesk global (example.zendesk.com)`. */
  service: string;
  /** Headers of every request; asked for before each attempt, so that a token may be renewed in between. */
  headers(): Promise<Record<string, string>>;
  /** Called once for a request that was answered 401, with the headers it went with; true: there are new ones, try again. */
  renew?(used: Record<string, string>): Promise<boolean>;
  /** The stable code of an error body, for messages; never its texts. */
  errorCode?(body: unknown): string | null;
  /** Called with the headers of every answer. */
  onHeaders?(headers: Headers): void;
  /** Ends requests and waits at once. */
  signal?: AbortSignal;
  /** How long to go on with one request: attempts that failed for a passing reason, and milliseconds of waiting. For whoever has a person waiting. */
  patience?: { attempts: number; waitMs: number };
}

/** One request. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute. */
  url: string;
  body?: unknown;
  /**
   * What doing it twice would do: nothing at all (the default of GET), the same as once ("sets"), or something more ("adds", the
   * default of the others). One that adds is not sent again unless it certainly was not done.
   */
  effect?: "none" | "sets" | "adds";
}

/** A successful answer: its parsed body (undefined where it is empty). */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** One attempt: what it came to, and what came back. */
interface Attempt {
  outcome: Outcome;
  sentHeaders: Record<string, string>;
  /** Null where no whole answer came. */
  answer: HttpAnswer | null;
}

/** What happened to a request so far. */
interface Course {
  attempts: number;
  failures: number;
  limited: number;
  waitedMs: number;
  renewed: boolean;
  /** Why an earlier attempt may have been done; null while none may. */
  unclear: string | null;
}

/** Requests to one service, with retries, one shared pause while the account's quota is used up, and counters. */
export class HttpClient {
  readonly counts = { reads: 0, writes: 0, retries: 0, waitedMs: 0 };
  private pausedUntil = 0;
  private readonly sleep: NonNullable<HttpTiming["sleep"]>;
  private readonly now: () => number;
  private readonly fetch: ReturnType<typeof createFetch>;

  constructor(private readonly options: HttpClientOptions) {
    this.sleep = options.sleep ?? ((milliseconds, signal) => sleepUntilAborted(milliseconds, undefined, { signal }));
    this.now = options.now ?? Date.now;
    this.fetch = createFetch({ fetch: boundedFetch(options.largestAnswer) as typeof fetch });
  }

  /**
   * Sends a request until it is answered, refused for good, or not worth another attempt. Throws `HttpError` for a refusal,
   * `AmbiguousWriteError` for a write that may have been done, `StoppedError` once the signal is set, else `RemoteError`.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const course: Course = { attempts: 0, failures: 0, limited: 0, waitedMs: 0, renewed: false, unclear: null };
    try {
      return await this.sendUntilSettled(request, course);
    } catch (error) {
      if (course.unclear === null || effectOf(request) === "none") throw error;
      throw ambiguousError(this.failed(request, course), course.unclear);
    }
  }

  private async sendUntilSettled(request: HttpRequest, course: Course): Promise<HttpAnswer> {
    for (;;) {
      await this.waitForQuota(course);
      const attempt = await this.attempt(request, course);
      const { outcome, answer } = attempt;
      if (outcome.is === "answered" && answer) return answer;
      if (outcome.is === "answered" || outcome.is === "refused") {
        await this.renewOrThrow(request, attempt, course);
        continue;
      }
      if (outcome.is === "unclear") {
        course.unclear = outcome.what;
        if (effectOf(request) === "adds") throw ambiguousError(this.failed(request, course), outcome.what);
        if (outcome.final) throw unusableError(this.failed(request, course), outcome.what);
      }
      await this.waitForAnother(request, attempt, course);
    }
  }

  private async attempt(request: HttpRequest, course: Course): Promise<Attempt> {
    const sentHeaders = await this.options.headers();
    this.throwIfStopped();
    course.attempts++;
    this.counts[effectOf(request) === "none" ? "reads" : "writes"]++;
    try {
      const response = await this.exchange(request, sentHeaders);
      const body = parseBody(response._data ?? "");
      const { status, headers } = response;
      const answer = { status, headers, body: body === BROKEN ? undefined : body };
      this.heed(headers);
      return { outcome: judgeAnswer(status, headers, this.codeOf(answer), body !== BROKEN), sentHeaders, answer };
    } catch (error) {
      return { outcome: judgeFailure(error), sentHeaders, answer: null };
    }
  }

  /** One exchange with its whole body. ofetch's own retries and time-outs are broken (facts/slack-bun-msw.md 4). */
  private exchange(request: HttpRequest, headers: Record<string, string>) {
    const timeout = AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS);
    const hasBody = request.body !== undefined;
    return this.fetch.raw<string, "text">(request.url, {
      method: request.method,
      headers: {
        accept: "application/json",
        ...(hasBody ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      responseType: "text",
      ignoreResponseError: true,
      retry: 0,
      redirect: "manual",
      // Bun repeats PUT and DELETE by itself when a kept connection is cut, which nobody would see.
      keepalive: request.method === "GET",
      signal: this.options.signal ? AbortSignal.any([timeout, this.options.signal]) : timeout,
    });
  }

  private async renewOrThrow(request: HttpRequest, attempt: Attempt, course: Course): Promise<void> {
    const mayRenew = attempt.answer?.status === 401 && !course.renewed;
    course.renewed = true;
    if (mayRenew && (await this.options.renew?.(attempt.sentHeaders))) return;
    throw this.failure(request, course, attempt);
  }

  /** Waits before another attempt, or throws where there have been enough. */
  private async waitForAnother(request: HttpRequest, attempt: Attempt, course: Course): Promise<void> {
    const { outcome, answer } = attempt;
    const limited = outcome.is === "not done" && outcome.limited;
    course[limited ? "limited" : "failures"]++;
    const delay = retryDelayMs({
      headers: answer?.headers ?? new Headers(),
      attempt: course.attempts,
      nowMs: this.now(),
      random: (this.options.random ?? Math.random)(),
    });
    const { attempts, waitMs } = this.options.patience ?? { attempts: MOST_ATTEMPTS, waitMs: MOST_WAIT_MS };
    const enough = course.failures >= attempts || course.limited >= MOST_LIMITED;
    if (enough || course.waitedMs + delay > waitMs) throw this.failure(request, course, attempt);
    this.counts.retries++;
    if (limited === "all") this.pausedUntil = Math.max(this.pausedUntil, this.now() + delay);
    else await this.wait(delay, course);
  }

  private async waitForQuota(course: Course): Promise<void> {
    for (let left = this.pausedUntil - this.now(); left > 0; left = this.pausedUntil - this.now())
      await this.wait(left, course);
  }

  private async wait(milliseconds: number, course: Course): Promise<void> {
    this.throwIfStopped();
    const began = this.now();
    await this.sleep(milliseconds, this.options.signal).catch((error: unknown) => {
      this.throwIfStopped();
      throw error;
    });
    const waited = Math.max(this.now() - began, 0);
    this.counts.waitedMs += waited;
    course.waitedMs += waited;
    this.throwIfStopped();
  }

  /** Makes all requests wait while nothing is left of the account's quota: cheaper than being refused. */
  private heed(headers: Headers): void {
    const pause = quotaPauseMs(headers);
    if (pause !== null) this.pausedUntil = Math.max(this.pausedUntil, this.now() + pause);
    this.options.onHeaders?.(headers);
  }

  private throwIfStopped(): void {
    if (this.options.signal?.aborted)
      throw new StoppedError(`${this.options.service} was not asked any more: stopped.`);
  }

  private failure(request: HttpRequest, course: Course, { outcome, answer }: Attempt): Error {
    const failed = this.failed(request, course);
    if (answer !== null && answer.status >= 300)
      return refusalError(failed, answer, this.codeOf(answer), outcome.is === "not done");
    return givenUpError(failed, "what" in outcome ? outcome.what : "no answer");
  }

  private failed({ method, url }: HttpRequest, { attempts }: Course): FailedRequest {
    return { service: this.options.service, method, url, attempts };
  }

  private codeOf({ body }: HttpAnswer): string | null {
    return this.options.errorCode?.(body) ?? null;
  }
}

function effectOf({ method, effect }: HttpRequest): "none" | "sets" | "adds" {
  return effect ?? (method === "GET" ? "none" : "adds");
}
