import type { Chance } from "./chance.ts";

/** Something that will happen. */
interface Due {
  at: number;
  /** Decides between what is due at one moment. */
  tie: number;
  keepsAlive: boolean;
  owner: unknown;
  act: () => void;
}

/** What somebody measures of the work that is done while the clock stands, so that it is time that passes, too. */
export interface WorkMeter {
  /** Milliseconds of work since it was asked last. */
  take(): number;
  /** Told of each turn of the event loop in which the clock itself looks whether anybody is at work. */
  turned(): void;
}

/** Turns of the event loop in which no edge was used: then nobody will use one before time goes on. */
const QUIET_TURNS = 3;
/** Real milliseconds in which something that the clock cannot see (a module that is loaded) may still begin something. */
const PATIENCE_MS = 300;

/**
 * Time that costs nothing: it stands while anybody works and then goes on at once to what is due next. Only one thing happens at a
 * time; what is due at the same moment comes in an order that the seed decides.
 */
export class VirtualClock {
  #now: number;
  /** The next one is the last. */
  #due: Due[] = [];
  readonly #ties: Chance;
  #activity = 0;
  #working = 0;
  /** What keeps a program alive without a time at which something happens: an open connection. */
  #held = new Set<{ owner: unknown }>();
  #drive: Promise<void> | null = null;
  #waiting: { isOver: () => boolean; end(nothingDue: boolean): void }[] = [];
  /** Resolved when no work is under way any more. */
  #idle: PromiseWithResolvers<void> | null = null;

  /** @param meter where work takes time: without one, only what is waited for does */
  constructor(
    startAt: number,
    ties: Chance,
    private readonly meter: WorkMeter | null = null,
  ) {
    this.#now = startAt;
    this.#ties = ties;
  }

  now(): number {
    if (this.meter) this.#now += this.meter.take();
    return this.#now;
  }

  /** Says that somebody did something: time stands until all that follows from it was done, too. */
  touch(): void {
    this.#activity++;
  }

  /** Time stands until this work has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work;
    } finally {
      this.#working--;
      this.touch();
      if (this.#working === 0) this.#idle?.resolve();
    }
  }

  after(
    milliseconds: number,
    act: () => void,
    { keepsAlive = true, owner = null }: { keepsAlive?: boolean; owner?: unknown } = {},
  ): () => void {
    this.touch();
    const at = this.now() + Math.max(0, Math.ceil(milliseconds) || 0);
    const due: Due = { at, tie: this.#ties.random(), keepsAlive, owner, act };
    let [low, high] = [0, this.#due.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(this.#due[middle] as Due, due)) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, due);
    return () => {
      const place = this.#due.indexOf(due);
      if (place >= 0) this.#due.splice(place, 1);
    };
  }

  /** Keeps a program alive until the answered function is called. */
  hold(owner: unknown): () => void {
    const held = { owner };
    this.#held.add(held);
    return () => void this.#held.delete(held);
  }

  /** Forgets everything that somebody waits for. */
  forget(owner: unknown): void {
    this.#due = this.#due.filter((due) => due.owner !== owner);
    for (const held of this.#held) if (held.owner === owner) this.#held.delete(held);
  }

  /** Lets everything happen until then. */
  async advanceTo(moment: number): Promise<void> {
    if (moment < this.#now) throw new Error("time only goes on");
    let isThere = false;
    this.after(moment - this.#now, () => {
      isThere = true;
    });
    await this.until(() => isThere);
  }

  /**
   * Lets time go on until something is over. Answers false where that will never be: nothing is due that keeps a program alive.
   *
   * @param isOver asked after every step
   */
  async until(isOver: () => boolean): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push({ isOver, end: (nothingDue) => resolve(!nothingDue) });
    this.#drive ??= this.#driven();
    await Promise.race([this.#drive, promise]);
    return promise;
  }

  async #driven(): Promise<void> {
    try {
      while (await this.#step());
    } finally {
      this.#drive = null;
    }
  }

  /** Lets one thing happen; false where nobody waits any more. */
  async #step(): Promise<boolean> {
    await this.#quiet();
    const someEnded = this.#endWaiting(false);
    if (this.#waiting.length === 0) return false;
    // Those go on first.
    if (someEnded) return true;
    if (!this.#keepsAnythingAlive()) {
      if (!(await this.#nothingComes())) return true;
      this.#endWaiting(true);
      return false;
    }
    const next = this.#due.pop();
    if (next) {
      // What was due while somebody worked comes late, as in a real event loop.
      this.#now = Math.max(this.now(), next.at);
      next.act();
    }
    return true;
  }

  #keepsAnythingAlive(): boolean {
    return this.#due.some(({ keepsAlive }) => keepsAlive) || (this.#held.size > 0 && this.#due.length > 0);
  }

  #endWaiting(nothingDue: boolean): boolean {
    if (!nothingDue && !this.#waiting.some(({ isOver }) => isOver())) return false;
    const ending = this.#waiting.filter(({ isOver }) => nothingDue || isOver());
    this.#waiting = this.#waiting.filter((one) => !ending.includes(one));
    for (const one of ending) one.end(nothingDue);
    return ending.length > 0;
  }

  /** Until nobody has done anything for some turns of the event loop. */
  async #quiet(): Promise<void> {
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      await turn();
      this.meter?.turned();
      if (this.#waiting.some(({ isOver }) => isOver())) return;
      if (this.meter && this.#working > 0) await this.#workEnds();
      if (seen !== this.#activity || this.#working > 0) quiet = -1;
      seen = this.#activity;
    }
  }

  /** Looking again and again would itself be work. */
  #workEnds(): Promise<void> {
    this.#idle = Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Whether really nothing comes: modules are loaded and files of the machine are read in real time. */
  async #nothingComes(): Promise<boolean> {
    const seen = this.#activity;
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
      await turn();
      if (seen !== this.#activity || this.#waiting.some(({ isOver }) => isOver())) return false;
    }
    return true;
  }
}

function isLater(one: Due, other: Due): boolean {
  return one.at > other.at || (one.at === other.at && one.tie > other.tie);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
