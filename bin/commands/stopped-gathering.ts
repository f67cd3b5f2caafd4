import type { InstanceName } from "../../lib/domain/instance.ts";
import { EXIT, exitCodeOf } from "../../lib/errors.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import { reasonsOf } from "../../lib/reasons/reason-of-error.ts";
import type { Stop } from "../../lib/stop.ts";
import type { RunEnd } from "./run-stages.ts";

/**
 * How a run ends that was stopped while it gathered: all who were being asked then are named, not whom the next stage would have asked.
 * Null where nothing was stopped. Pure.
 *
 * @param gathered what came of the accounts, then of each instance
 */
export function stoppedGathering(
  gathered: readonly PromiseSettledResult<StageReport>[],
  instances: readonly InstanceName[],
  stop: Stop,
): Pick<RunEnd, "exit" | "failures"> | null {
  if (stop.reason === null) return null;
  const places = ["gather-accounts", ...instances.map((instance) => `gather-orgs ${instance}`)];
  // One error of several places is of the first: the others waited for that one.
  const errors = new Map<unknown, string>();
  for (const [index, one] of gathered.entries())
    if (one.status === "rejected" && !errors.has(one.reason)) errors.set(one.reason, places[index] ?? "");
  if (errors.size === 0) return null;
  const [accounts] = gathered;
  return {
    exit: accounts?.status === "rejected" ? exitCodeOf(accounts.reason) : EXIT.stopped,
    failures: [...errors].map(([error, where]) => ({ where, reasons: reasonsOf(error) })),
  };
}
