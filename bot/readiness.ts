/** Readiness of the bot; maintained by its parts, read by `/readyz` without any call to Slack. */
export class Readiness {
  #problems = new Map<string, string>();
  #facts = new Map<string, string>();

  /** Something stands in the way: `socket`, `not connected to Slack`. */
  lacks(part: string, words: string): void {
    this.#problems.set(part, words);
    this.#facts.delete(part);
  }

  /** A part is as it should be. */
  has(part: string, words: string): void {
    this.#problems.delete(part);
    this.#facts.set(part, words);
  }

  get isReady(): boolean {
    return this.#problems.size === 0;
  }

  /** For people who operate the bot: its parts, no customers, no secrets. */
  report(): { ready: boolean } & Record<string, unknown> {
    return { ready: this.isReady, ...Object.fromEntries([...this.#problems, ...this.#facts]) };
  }
}
