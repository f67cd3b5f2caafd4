import type { Runner, RunState } from "../runs/runner.ts";

/** How far back is looked, one after the other: reading many ended runs takes long. */
const WINDOWS_HOURS = [2, 24, 7 * 24];

/** The newest ended run that is meant; null where there was none within a week. Throws what the runner throws. */
export async function newestRun(
  runner: Pick<Runner, "ended">,
  now: Date,
  isMeant: (run: RunState) => boolean,
): Promise<RunState | null> {
  for (const hours of WINDOWS_HOURS) {
    const found = (await runner.ended(new Date(now.getTime() - hours * 3_600_000))).find(isMeant);
    if (found) return found;
  }
  return null;
}
