import { formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { RunOrder } from "./runner.ts";

/** A run stops safely after this long, before the next hourly one. */
const DEADLINE = "45m";

/** The words of `zdsync` that order a run, each an argument of its own: nothing of it is ever read by a shell. */
export function runArguments({ instance, dryRun, atMost }: RunOrder, dataDir: string, runId: string): string[] {
  return [
    "run",
    "--json",
    "--run-id",
    runId,
    "--data-dir",
    dataDir,
    "--deadline",
    DEADLINE,
    ...(instance === null ? [] : ["--instance", instance]),
    ...(dryRun ? ["--dry-run"] : []),
    ...(atMost === null ? [] : ["--at-most", formatConfirmedCounts(atMost)]),
  ];
}
