import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { findInRuns } from "../runs/newest-run.ts";
import type { Runner, RunState } from "../runs/runner.ts";

/** Runs that are looked at for one whose files are still there. */
const MAX_RUNS = 5;

/** The last run that ended and left files. */
export interface LastRun {
  store: ArtifactStore;
  endedAt: Date;
  /** Address at which a person can view it; null if there is no such page. */
  url: string | null;
}

/** The newest run of the last week whose files can be read; null where there is none. Throws `RunnerError` where that cannot be found out. */
export function lastRunOf(runner: Pick<Runner, "ended" | "artifacts">, now: Date): Promise<LastRun | null> {
  const filesOf = async ({ id, url, startedAt, endedAt }: RunState): Promise<LastRun | null> => {
    const store = await runner.artifacts(id);
    return store && { store, url, endedAt: endedAt ?? startedAt };
  };
  return findInRuns(runner, now, filesOf, MAX_RUNS);
}
