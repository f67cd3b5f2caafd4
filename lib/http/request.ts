import { createFetch } from "ofetch";
import { boundedFetch } from "./bounded-fetch.ts";
import type { HttpAnswer, HttpClientOptions, HttpRequest, HttpTiming } from "./client-options.ts";
import {
  ambiguousError,
  type FailedRequest,
  givenUpError,
  nameOf,
  refusalError,
  unusableError,
} from "./failure-messages.ts";
import { HttpError } from "./http-error.ts";
import { BROKEN, parseBody } from "./json-body.ts";
import { judgeAnswer, judgeFailure, type Outcome } from "./outcome.ts";
import { longestPausesMs, quotaPauseMs, retryDelayMs } from "./retry-timing.ts";
import { endingAt, sleepUnlessAborted, stopped } from "./until-stopped.ts";
import { UNTOLD, type Wait } from "./waits.ts";

/** Attempts at one request that failed for a passing reason. */
const MOST_ATTEMPTS = 8;
/** Refusals of one request for a rate limit: those are expected, and mostly bounded by how long they make it wait. */
const MOST_LIMITED = 60;
/** How long one request may wait in all, in milliseconds. */
const MOST_WAIT_MS = 600_000;
const TIMEOUT_MS = 30_000;

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
  /** What the last attempt came to; null before the first has ended. */
  last: string | null;
  wait: Wait;
  /** Ends the course at once. */
  signal: AbortSignal | undefined;
}

/** Requests to one service, with retries, one shared pause while the account's quota is used up, and counters. */
export class HttpClient {
  readonly counts = { reads: 0, writes: 0, retries: 0, waitedMs: 0 };
  private pausedUntil = 0;
  private readonly sleep: NonNullable<HttpTiming["sleep"]>;
  private readonly now: () => number;
  private readonly fetch: ReturnType<typeof createFetch>;

  constructor(private readonly options: HttpClientOptions) {
    this.sleep = options.sleep ?? sleepUnlessAborted;
    this.now = options.now ?? Date.now;
    this.fetch = createFetch({ fetch: boundedFetch(options.largestAnswer) as typeof fetch });
  }

  /**
   * Sends a request until it is answered, refused for good, or not worth another attempt. Throws `HttpError` for a refusal,
   * `AmbiguousWriteError` for a write that may have been done, `StoppedError` once the signal is set, else `RemoteError`.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const wait = (this.options.waits ?? UNTOLD).begin({
      service: this.options.service,
      request: nameOf(request),
      endsWithRun: request.signal !== undefined,
    });
    const signals = [this.options.signal, request.signal].flatMap((signal) => signal ?? []);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const course: Course = { ...NOTHING_YET, wait, signal };
    try {
      const answer = await this.sendUntilSettled(request, course);
      wait.end(true);
      return answer;
    } catch (error) {
      wait.end(error instanceof HttpError);
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
    course.attempts++;
    this.tell(course);
    const sentHeaders = await this.options.headers(course.signal);
    this.throwIfStopped(course);
    this.counts[effectOf(request) === "none" ? "reads" : "writes"]++;
    try {
      const response = await this.exchange(request, sentHeaders, course.signal);
      const body = parseBody(response._data ?? "");
      const { status, headers } = response;
      const answer = { status, headers, body: body === BROKEN ? undefined : body };
      this.heed(headers);
      return { outcome: judgeAnswer(status, headers, this.codeOf(answer), body !== BROKEN), sentHeaders, answer };
    } catch (error) {
      if (effectOf(request) === "none") this.throwIfStopped(course);
      return { outcome: judgeFailure(error), sentHeaders, answer: null };
    }
  }

  /** One exchange with its whole body. ofetch's own retries and time-outs are broken (facts/slack-bun-msw.md 4). */
  private exchange(request: HttpRequest, headers: Record<string, string>, signal: AbortSignal | undefined) {
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
      signal: endingAt(this.options.timeoutMs ?? TIMEOUT_MS, signal),
    });
  }

  private async renewOrThrow(request: HttpRequest, attempt: Attempt, course: Course): Promise<void> {
    const mayRenew = attempt.answer?.status === 401 && !course.renewed;
    course.renewed = true;
    if (mayRenew && (await this.options.renew?.(attempt.sentHeaders, course.signal))) return;
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
    course.last = "what" in outcome ? outcome.what : null;
    const { attempts, waitMs } = this.patience;
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
    this.throwIfStopped(course);
    const began = this.now();
    await this.sleep(milliseconds, course.signal).catch((error: unknown) => {
      this.throwIfStopped(course);
      throw error;
    });
    const waited = Math.max(this.now() - began, 0);
    this.counts.waitedMs += waited;
    course.waitedMs += waited;
    this.throwIfStopped(course);
  }

  /** Makes all requests wait while nothing is left of the account's quota: cheaper than being refused. */
  private heed(headers: Headers): void {
    const pause = quotaPauseMs(headers);
    if (pause !== null) this.pausedUntil = Math.max(this.pausedUntil, this.now() + pause);
    this.options.onHeaders?.(headers);
  }

  private get patience(): { attempts: number; waitMs: number } {
    return this.options.patience ?? { attempts: MOST_ATTEMPTS, waitMs: MOST_WAIT_MS };
  }

  /** Says for whoever waits how far it is, and how long it may still take. */
  private tell({ wait, attempts: attempt, limited, waitedMs, last }: Course): void {
    const { attempts, waitMs } = this.patience;
    const most = Math.max(attempts, attempt);
    const pauses = limited > 0 ? waitMs - waitedMs : longestPausesMs(attempt, most);
    const leftMs = pauses + (most - attempt + 1) * (this.options.timeoutMs ?? TIMEOUT_MS);
    wait.attempt({ attempt, attempts: most, last, leftMs });
  }

  private throwIfStopped({ signal }: Course): void {
    if (signal?.aborted) throw stopped(this.options.service);
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

const NOTHING_YET: Omit<Course, "wait" | "signal"> = {
  attempts: 0,
  failures: 0,
  limited: 0,
  waitedMs: 0,
  renewed: false,
  unclear: null,
  last: null,
};

function effectOf({ method, effect }: HttpRequest): "none" | "sets" | "adds" {
  return effect ?? (method === "GET" ? "none" : "adds");
}
