import { join } from "node:path";
import { every } from "../../lib/edges/clock.ts";
import { readdir, stat } from "../../lib/edges/files.ts";
import { RUN_RECORD } from "../../lib/storage/runs/run-record.ts";

const EVERY_MS = 2_000;
/** Only the newest runs change; their ids begin with the time. */
const NEWEST = 20;

/** Calls back with the id of a run whose record is new or has changed since the last look, every two seconds. Answers how to end it. */
export function watchRecords(
  dataDirs: readonly string[],
  listener: (runId: string) => void,
  everyMs = EVERY_MS,
): () => void {
  let known: Map<string, string> | null = null;
  let isLooking = false;
  let isEnded = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const seen = await stamps(dataDirs);
    const before = known;
    known = seen;
    isLooking = false;
    // Whoever ended it may have closed what it works with by now.
    for (const [runId, stamp] of seen) if (before && !isEnded && before.get(runId) !== stamp) listener(runId);
  };
  void look();
  const endLooking = every(everyMs, () => void look());
  return () => {
    isEnded = true;
    endLooking();
  };
}

async function stamps(dataDirs: readonly string[]): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  for (const dataDir of dataDirs) {
    const runs = await readdir(join(dataDir, "history")).catch((): string[] => []);
    for (const runId of runs.sort().slice(-NEWEST)) {
      const found = await stat(join(dataDir, "history", runId, RUN_RECORD)).catch(() => null);
      if (found) seen.set(runId, `${found.mtimeMs} ${found.size}`);
    }
  }
  return seen;
}
