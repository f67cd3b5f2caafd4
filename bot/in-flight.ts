/** Work that was begun and is not done: a bot that stops waits for it. */
export class InFlight {
  readonly #work = new Set<Promise<unknown>>();

  /** Keeps an eye on some work until it is done; answers the same promise. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.add(work);
    const forget = () => void this.#work.delete(work);
    work.then(forget, forget);
    return work;
  }

  get size(): number {
    return this.#work.size;
  }

  /** Waits until nothing is left, also of what was begun in the meantime. Never throws. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled([...this.#work]);
  }
}
