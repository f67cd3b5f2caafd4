import { every as everyOnClock } from "../lib/edges/clock.ts";
import { errorSummary } from "./error-summary.ts";

const DAY_MS = 24 * 3_600_000;

/** The memories to prune, and the clock and timer to use. */
export interface PruneDeps {
  /** Each forgets what is too old at a moment. */
  prunes: readonly ((now: Date) => void)[];
  clock: () => Date;
  /** Told what could not be forgotten. */
  warn: (message: string) => void;
  /** Calls back at intervals, answers how to end it; for tests. */
  every?: (milliseconds: number, call: () => void) => () => void;
}

/** Forgets what is too old, now and once a day: a bot goes on for months. One that fails keeps no other from it. Answers how to end it. */
export function pruneDaily({ prunes, clock, warn, every = everyOnClock }: PruneDeps): () => void {
  const pruneAll = () => {
    for (const prune of prunes) {
      try {
        prune(clock());
      } catch (error) {
        warn(`the bot's memory could not be tidied up; that is tried again tomorrow: ${errorSummary(error)}`);
      }
    }
  };
  pruneAll();
  return every(DAY_MS, pruneAll);
}
