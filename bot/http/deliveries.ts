/** How many are remembered: Slack repeats a delivery three times within an hour. */
const MOST = 2_000;

/** Deliveries of the Events API by `event_id`: Slack repeats one where it had no answer in time. */
export class Deliveries {
  readonly #seen = new Set<string>();

  constructor(readonly most = MOST) {}

  /** Whether this is the first time; remembers it. */
  isNew(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= this.most) break;
      this.#seen.delete(oldest);
    }
    return true;
  }

  /** It came to nothing: the next delivery counts. */
  forget(id: string): void {
    this.#seen.delete(id);
  }

  get size(): number {
    return this.#seen.size;
  }
}
