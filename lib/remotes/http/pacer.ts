import { now as nowOf, sleep as sleepFor } from "../../edges/clock.ts";
import type { HttpTiming } from "./client-options.ts";
import { Pause } from "./pause.ts";
import { afterAnswer, atTime, DEFAULT_RATE_SHARE, type RateWindow, roomIn, seenQuota } from "./rate-window.ts";

/** Requests of an account in flight at once: more make it no faster. */
const MAX_IN_FLIGHT = 40;

/** Ends the request it was given for; `headers`: of its answer, null where none came, "unsent" where it was not sent after all. */
export type EndRequest = (headers: Headers | null | "unsent") => void;

/**
 * Lets requests of one account through, in order, at a pace that its rate limit takes: they never run into it by themselves (decision 52).
 * All clients of an account in a process share one. The first request goes alone; an account whose answers say nothing of a limit is only
 * held to so many requests at once.
 */
export class Pacer {
  /** Time until which answers asked all clients of the account to wait; the clients share this as well. */
  readonly pause = new Pause();
  private window: RateWindow | null = null;
  private isTold = false;
  private inFlight = 0;
  private isWaking = false;
  private readonly waiting: (() => void)[] = [];
  private readonly now: () => number;
  private readonly sleep: NonNullable<HttpTiming["sleep"]>;

  /** @param share of the quota that is ours while others use it, too: 0.1 to 0.95 */
  constructor(
    private readonly share = DEFAULT_RATE_SHARE,
    { now, sleep }: Pick<HttpTiming, "now" | "sleep"> = {},
  ) {
    // A clock and the waits that belong to it, or neither: a wait that takes no time would never come to the window's end.
    const isWhole = now !== undefined && sleep !== undefined;
    this.now = isWhole ? now : nowOf;
    this.sleep = isWhole ? sleep : sleepFor;
  }

  /** Waits until a request may be sent; what it answers is called once it has ended. Where the signal is set meanwhile, it waits no longer. */
  async begin(signal?: AbortSignal): Promise<EndRequest> {
    const isGiven = await this.turn(signal);
    const sentAt = this.now();
    let isOver = !isGiven;
    return (headers) => {
      if (isOver) return;
      isOver = true;
      this.end(headers, sentAt);
    };
  }

  private turn(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(false);
      const start = () => {
        signal?.removeEventListener("abort", leave);
        resolve(true);
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        resolve(false);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.waiting.push(start);
      this.admit();
    });
  }

  private end(answer: Headers | null | "unsent", sentAt: number): void {
    this.inFlight--;
    const headers = answer === "unsent" ? null : answer;
    if (answer === "unsent" && this.window !== null) this.window.sent--;
    const quota = headers === null ? null : seenQuota(headers);
    const { inFlight } = this;
    if (quota !== null) this.window = afterAnswer(this.window, { quota, now: this.now(), sentAt, inFlight });
    if (headers !== null) this.isTold = true;
    this.admit();
  }

  private admit(): void {
    while (this.waiting.length > 0 && this.mayStart()) {
      this.inFlight++;
      if (this.window !== null) this.window.sent++;
      this.waiting.shift()?.();
    }
    if (this.waiting.length > 0 && this.window !== null && this.inFlight < MAX_IN_FLIGHT)
      void this.wakeAtEnd(this.window);
  }

  private mayStart(): boolean {
    if (!this.isTold) return this.inFlight === 0;
    if (this.window === null) return this.inFlight < MAX_IN_FLIGHT;
    const now = this.now();
    this.window = atTime(this.window, now, this.inFlight);
    return this.inFlight < MAX_IN_FLIGHT && roomIn(this.window, now, this.inFlight, this.share) > 0;
  }

  /** Nothing is left of this window: the next one begins with whoever waits. */
  private async wakeAtEnd({ endsAt }: RateWindow): Promise<void> {
    if (this.isWaking) return;
    this.isWaking = true;
    await this.sleep(Math.max(1, endsAt - this.now())).catch(() => undefined);
    this.isWaking = false;
    this.admit();
  }
}
