import pLimit from "p-limit";

/** Requests at once. Salesforce caps only requests that last 20 seconds and more, at 25 (facts/salesforce.md 3.2). */
const MAX_STREAMS = 10;

/** Requests to one Salesforce that run at once: fewer as soon as it says that it has too many, more again as they succeed. */
export class Streams {
  readonly #limit: ReturnType<typeof pLimit>;
  #succeeded = 0;

  constructor(readonly max: number = MAX_STREAMS) {
    this.#limit = pLimit(max);
  }

  /** Number of requests that may run at once now. */
  get allowed(): number {
    return this.#limit.concurrency;
  }

  /** Sends a request as soon as there is room; in the order of asking. */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const answer = await this.#limit(request);
    this.#succeeded++;
    if (this.#succeeded >= this.allowed && this.allowed < this.max) {
      this.#succeeded = 0;
      this.#limit.concurrency++;
    }
    return answer;
  }

  /** To be told of every answer that says that there are too many requests: halves what may run. */
  slowDown(): void {
    this.#succeeded = 0;
    this.#limit.concurrency = Math.max(1, Math.floor(this.allowed / 2));
  }
}
