import type { Runner, RunState } from "./runner.ts";

/** Periods searched one after the other, in hours back from now: reading many ended runs takes long. */
const WINDOWS_HOURS = [2, 24, 7 * 24];

/**
 * What is found in the newest ended run that has it, of the last week; null where none has. Each run is looked at once, newest first;
 * after `mostLooks` of them none further is. Throws what the runner and `look` throw.
 */
export async function findInRuns<Found>(
  runner: Pick<Runner, "ended">,
  now: Date,
  look: (run: RunState) => Found | null | Promise<Found | null>,
  mostLooks = Number.POSITIVE_INFINITY,
): Promise<Found | null> {
  const looked = new Set<string>();
  for (const hours of WINDOWS_HOURS) {
    for (const run of await runner.ended(new Date(now.getTime() - hours * 3_600_000))) {
      if (looked.has(run.id)) continue;
      if (looked.size >= mostLooks) return null;
      looked.add(run.id);
      const found = await look(run);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The newest ended run that is meant; null where there was none within a week. Throws what the runner throws. */
export function newestRun(
  runner: Pick<Runner, "ended">,
  now: Date,
  isMeant: (run: RunState) => boolean,
): Promise<RunState | null> {
  return findInRuns(runner, now, (run) => (isMeant(run) ? run : null));
}
