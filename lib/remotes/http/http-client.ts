import { random } from "../../edges/chance.ts";
import { now, sleep } from "../../edges/clock.ts";
import { LARGEST_ANSWER_BYTES } from "./bounded-fetch.ts";
import type { HttpAnswer, HttpClientOptions, HttpRequest, HttpTiming } from "./client-options.ts";
import { failureOf } from "./failure.ts";
import {
  ambiguousError,
  type FailedRequest,
  nameOf,
  refusalError,
  retriesExhaustedError,
  untrustedError,
  unusableError,
} from "./failure-messages.ts";
import { HttpError } from "./http-error.ts";
import { BROKEN } from "./json-body.ts";
import { classifyAnswer, classifyFailure, type Outcome } from "./outcome.ts";
import { Pause } from "./pause.ts";
import { type BodyUse, ReceiverError, textOf } from "./read-body.ts";
import { effectOf, newState, type RequestState, reportAttempt } from "./request-state.ts";
import { DEFAULT_BUDGET, isSpent, type RetryBudget } from "./retry-budget.ts";
import { quotaPauseMs, retryDelayMs } from "./retry-timing.ts";
import { type Received, sendOnce } from "./send-once.ts";
import { endingAt, stopped } from "./stop.ts";
import { SILENT_WAITS } from "./waits.ts";

const TIMEOUT_MS = 30_000;

/** Result of one attempt: text and JSON if its body was read as such. */
type Answer = HttpAnswer & Received;

/** One attempt: what it came to, and what came back. */
interface Attempt {
  outcome: Outcome;
  sentHeaders: Record<string, string>;
  /** Null where no whole answer came. */
  answer: Answer | null;
}

/**
 * Requests to one service, with retries, one shared pause while the account's quota is used up, and counters. Every method goes on until
 * the request is answered, refused for good, or not worth another attempt; throws `HttpError` for a refusal, `AmbiguousWriteError` for a
 * write that may have been done, `StoppedError` once the signal is set, else `NoAnswerError`.
 */
export class HttpClient {
  readonly counts = { reads: 0, writes: 0, retries: 0, waitedMs: 0 };
  private readonly pause: Pause;
  private readonly sleep: NonNullable<HttpTiming["sleep"]>;
  private readonly now: () => number;
  private readonly timeoutMs: number;
  private readonly budget: RetryBudget;

  constructor(private readonly options: HttpClientOptions) {
    this.sleep = options.sleep ?? sleep;
    this.now = options.now ?? now;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.pause = options.pause ?? new Pause();
    this.budget = { ...DEFAULT_BUDGET, ...options.retryBudget };
  }

  /** For an answer in JSON; empty is one where the status says so, and after writes. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    return this.sendAs({ as: "json" }, request);
  }

  /** For an answer of any kind, whole. */
  async download(request: HttpRequest): Promise<Received> {
    return this.sendAs({ as: "bytes" }, request);
  }

  /** For an answer that is handed on as it comes, from its beginning again at every attempt. What `receive` throws is thrown. */
  async stream(request: HttpRequest, receive: (chunks: AsyncIterable<Uint8Array>) => Promise<void>): Promise<void> {
    await this.sendAs({ as: "stream", receive }, request);
  }

  /** For the status alone, whatever it is; nothing of the body is read. */
  async probe(request: HttpRequest): Promise<number> {
    return (await this.sendAs({ as: "nothing" }, request)).status;
  }

  private async sendAs(use: BodyUse, request: HttpRequest): Promise<Answer> {
    const wait = (this.options.waits ?? SILENT_WAITS).begin({
      service: this.options.service,
      request: nameOf(request),
      endsWithRun: request.endsWithRun ?? request.signal !== undefined,
    });
    const signals = [this.options.signal, request.signal].flatMap((signal) => signal ?? []);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const state = newState({ use, wait, signal, budget: { ...this.budget, ...request.retryBudget } });
    try {
      const answer = await this.sendUntilSettled(request, state);
      wait.end(true);
      return answer;
    } catch (error) {
      wait.end(error instanceof HttpError);
      if (error instanceof ReceiverError) throw error.cause;
      if (state.unclear === null || effectOf(request) === "none") throw error;
      throw ambiguousError(this.failed(request, state), state.unclear);
    }
  }

  private async sendUntilSettled(request: HttpRequest, state: RequestState): Promise<Answer> {
    for (;;) {
      await this.waitForPause(state);
      const attempt = await this.attempt(request, state);
      const { outcome, answer } = attempt;
      if (outcome.is === "answered" && answer) return answer;
      if (outcome.is === "answered" || outcome.is === "refused") {
        await this.renewOrThrow(request, attempt, state);
        continue;
      }
      if (outcome.is === "unclear") {
        state.unclear = outcome.failure;
        if (effectOf(request) === "adds") throw ambiguousError(this.failed(request, state), outcome.failure);
        if (outcome.final) throw unusableError(this.failed(request, state), outcome.failure);
      } else if (outcome.final) throw untrustedError(this.failed(request, state), outcome.failure);
      await this.waitForAnother(request, { ...attempt, outcome }, state);
    }
  }

  private async attempt(request: HttpRequest, state: RequestState): Promise<Attempt> {
    state.attempts++;
    const { sentHeaders, end } = await this.turn(state);
    reportAttempt(state, this.timeoutMs);
    this.counts[effectOf(request) === "none" ? "reads" : "writes"]++;
    try {
      const received = await sendOnce(request, {
        headers: sentHeaders,
        use: state.use,
        limit: this.options.largestAnswer ?? LARGEST_ANSWER_BYTES,
        sizeHeader: request.sizeHeader,
        signal: endingAt(this.timeoutMs, state.signal),
      });
      end?.(received.headers);
      this.noteQuota(received.headers);
      const answer = { ...received, ...textOf(received, state.use) };
      return { outcome: this.classify(request, state.use, answer), sentHeaders, answer };
    } catch (error) {
      end?.(null);
      if (error instanceof ReceiverError) throw error;
      if (effectOf(request) === "none") this.throwIfStopped(state);
      return { outcome: classifyFailure(failureOf(error, this.timeoutMs)), sentHeaders, answer: null };
    }
  }

  /** Waits until the request may be sent, with the headers that it goes with. Where a pause began meanwhile, that one is waited for first. */
  private async turn(state: RequestState) {
    for (;;) {
      const sentHeaders = (await this.options.headers?.(state.signal)) ?? {};
      this.throwIfStopped(state);
      const end = await this.options.pacer?.begin(state.signal);
      if (!state.signal?.aborted && !this.isPaused(state)) return { sentHeaders, end };
      end?.("unsent");
      this.throwIfStopped(state);
      await this.waitForPause(state);
    }
  }

  private classify(request: HttpRequest, use: BodyUse, answer: Answer): Outcome {
    if (use.as === "nothing") return { is: "answered" };
    const { status, headers, body } = answer;
    // What was asked for and has no body was cut off before it began.
    const isEmptyRead = status === 200 && effectOf(request) === "none" && body === undefined;
    const isUsable = use.as !== "json" || (body !== BROKEN && !isEmptyRead);
    return this.options.classify?.(answer) ?? classifyAnswer(status, headers, this.codeOf(answer), isUsable);
  }

  private async renewOrThrow(request: HttpRequest, attempt: Attempt, state: RequestState): Promise<void> {
    const mayRenew = attempt.answer?.status === 401 && !state.renewed;
    state.renewed = true;
    if (mayRenew && (await this.options.renew?.(attempt.sentHeaders, state.signal))) return;
    throw this.failure(request, state, attempt);
  }

  /** Waits before another attempt, or throws where there have been enough. */
  private async waitForAnother(
    request: HttpRequest,
    attempt: Attempt & { outcome: Extract<Outcome, { failure: unknown }> },
    state: RequestState,
  ): Promise<void> {
    const { outcome, answer } = attempt;
    const limited = outcome.is === "not-done" && outcome.limited;
    state[limited ? "rateLimited" : "failures"]++;
    state.last = outcome.failure;
    const delay = retryDelayMs({
      headers: answer?.headers ?? new Headers(),
      attempt: state.attempts,
      nowMs: this.now(),
      random: (this.options.random ?? random)(),
      firstWaitMs: outcome.is === "not-done" ? outcome.firstWaitMs : undefined,
    });
    const isForAll = outcome.is === "not-done" && (limited === "all" || outcome.unavailable === true);
    // Others read it also where this request is given up.
    if (isForAll && delay <= this.budget.maxWaitMs) this.pause.extendTo(this.now() + delay);
    if (isSpent(state, state.budget, delay)) throw this.failure(request, state, attempt);
    this.counts.retries++;
    if (!isForAll) await this.wait(delay, state);
  }

  private async waitForPause(state: RequestState): Promise<void> {
    while (this.isPaused(state)) {
      const { until } = this.pause;
      await this.wait(until - this.now(), state);
      state.pausedUntil = until;
    }
  }

  private isPaused({ pausedUntil }: RequestState): boolean {
    return this.pause.until > Math.max(this.now(), pausedUntil);
  }

  private async wait(milliseconds: number, state: RequestState): Promise<void> {
    this.throwIfStopped(state);
    await this.sleep(milliseconds, state.signal).catch((error: unknown) => {
      this.throwIfStopped(state);
      throw error;
    });
    this.counts.waitedMs += milliseconds;
    state.waitedMs += milliseconds;
    this.throwIfStopped(state);
  }

  /** Makes all requests wait while nothing is left of the account's quota: cheaper than being refused. */
  private noteQuota(headers: Headers): void {
    const pause = quotaPauseMs(headers);
    if (pause !== null) this.pause.extendTo(this.now() + pause);
    this.options.onHeaders?.(headers);
  }

  private throwIfStopped({ signal }: RequestState): void {
    if (signal?.aborted) throw stopped(this.options.service);
  }

  private failure(request: HttpRequest, state: RequestState, { outcome, answer }: Attempt): Error {
    const failed = this.failed(request, state);
    if (answer !== null && answer.status >= 300)
      return refusalError(failed, answer, this.codeOf(answer), outcome.is === "not-done");
    return retriesExhaustedError(failed, "failure" in outcome ? outcome.failure : { is: "incomplete" });
  }

  private failed({ method, url, name }: HttpRequest, { attempts }: RequestState): FailedRequest {
    return { service: this.options.service, method, url, name, attempts };
  }

  private codeOf({ body }: HttpAnswer): string | null {
    return this.options.errorCode?.(body === BROKEN ? undefined : body) ?? null;
  }
}
