import type { ArtifactStore } from "../../lib/artifacts/store.ts";
import type { Runner } from "../runs/runner.ts";

/** How long ago a run may have been to be told of. */
const DAYS_BACK = 14;
/** Runs that are looked at for one whose files are still there. */
const MOST_RUNS = 5;

/** The last run that ended and left files. */
export interface LastRun {
  store: ArtifactStore;
  endedAt: Date;
  /** Where a person looks at it; null where there is no such page. */
  url: string | null;
}

/** The newest run whose files can be read; null where there is none. Throws `RunnerError` where that cannot be found out. */
export async function lastRunOf(runner: Pick<Runner, "ended" | "artifacts">, now: Date): Promise<LastRun | null> {
  const runs = await runner.ended(new Date(now.getTime() - DAYS_BACK * 24 * 3_600_000));
  for (const { id, url, startedAt, endedAt } of runs.slice(0, MOST_RUNS)) {
    const store = await runner.artifacts(id);
    if (store) return { store, url, endedAt: endedAt ?? startedAt };
  }
  return null;
}
