import type { VirtualClock } from "./clock.ts";

/** A moment in the life of a run. Counts begin at 1. */
export type Moment =
  | { request: number; phase: "before" | "committed" }
  /** Before the nth operation on files. */
  | { fileOperation: number }
  /** Before the nth statement of a database. */
  | { statement: number }
  /** So many milliseconds after the run began. */
  | { afterMs: number };

/** What a killed run meets where it cannot be made to wait for ever: in the middle of something synchronous. */
export class KilledError extends Error {
  override readonly name = "KilledError";
  constructor() {
    super("this run is no more");
  }
}

/** What is told about a run. */
export type EndOfLife = "killed" | "lost power" | "hanging" | { exit: number };

/**
 * The life of one run: what it did so far, what happens to it at which moment, and whether it still lives. Once it does not, nothing
 * that it asks for ever comes, and nothing that it does has any effect.
 */
export class Life {
  readonly counts = { requests: 0, fileOperations: 0, statements: 0 };
  #end: EndOfLife | null = null;
  readonly #planned: { at: Moment; act: () => void }[] = [];
  readonly #endings: ((end: EndOfLife) => void)[] = [];

  constructor(
    readonly name: string,
    private readonly clock: VirtualClock,
  ) {}

  get end(): EndOfLife | null {
    return this.#end;
  }

  /** Lets something happen to the run at a moment of its life. */
  at(moment: Moment, act: () => void): void {
    if ("afterMs" in moment) this.clock.after(moment.afterMs, act, { keepsAlive: false, owner: this });
    else this.#planned.push({ at: moment, act });
  }

  onEnd(act: (end: EndOfLife) => void): void {
    this.#endings.push(act);
  }

  /** Ends it; the first end is the one that counts. */
  ends(end: EndOfLife): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.clock.forget(this);
    this.clock.touch();
    for (const act of this.#endings) act(end);
  }

  /** Counts something the run does, and lets happen what was planned for then. Answers the number it has. */
  counted(kind: keyof Life["counts"]): number {
    this.clock.touch();
    const number = ++this.counts[kind];
    if (this.#planned.length === 0) return number;
    this.#reached((at) =>
      kind === "requests"
        ? "request" in at && at.phase === "before" && at.request === number
        : kind === "fileOperations"
          ? "fileOperation" in at && at.fileOperation === number
          : "statement" in at && at.statement === number,
    );
    return number;
  }

  /** Says that the remote has done what the nth request asked for. */
  committed(request: number): void {
    this.#reached((at) => "request" in at && at.phase === "committed" && at.request === request);
  }

  /** A promise of what is known already, as of a file in memory; one that never settles where the run has ended. */
  settled<T>(act: () => T): Promise<T> {
    try {
      const value = act();
      return this.#end === null ? Promise.resolve(value) : new Promise(() => {});
    } catch (error) {
      return this.#end === null ? Promise.reject(error) : new Promise(() => {});
    }
  }

  /** A promise of the world outside: one that never settles once the run has ended. */
  answer<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          this.clock.touch();
          if (this.#end === null) resolve(value);
        },
        (error: unknown) => {
          this.clock.touch();
          if (this.#end === null) reject(error);
        },
      );
    });
  }

  #reached(isNow: (at: Exclude<Moment, { afterMs: number }>) => boolean): void {
    for (const { at, act } of this.#planned) if (!("afterMs" in at) && isNow(at)) act();
  }
}
