import { join } from "node:path";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { edges } from "../../lib/edges/edges.ts";
import { existsSync } from "../../lib/edges/files.ts";
import { ConfigurationError, exitCodeOf } from "../../lib/errors.ts";
import { reasonsOf } from "../../lib/explain/reason-of-error.ts";
import { RUN_RECORD } from "../../lib/runs/run-record.ts";
import { NOTHING_CAME, type RunBeginning, RunRecorder } from "../../lib/runs/run-recorder.ts";
import { mintRunId } from "../../lib/stage/session.ts";
import type { Extent } from "./run-stages.ts";

/** What of a run's inputs its record tells. */
interface GivenRun {
  "data-dir": string;
  "run-id": string;
  "dry-run": boolean;
}

/** What is known of a run before it does anything. */
export function beginningOf(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: GivenRun,
  runId: string,
  begun: Date,
): RunBeginning {
  return {
    run_id: runId,
    command: extent,
    dry_run: extent === "preview" || inputs["dry-run"],
    instances: [...instances],
    host: edges().process.hostname(),
    pid: edges().process.pid,
    started_at: begun.toISOString(),
  };
}

/**
 * A run that wrong settings kept from beginning is seen, too, where runs were before: it is how a schedule fails most often. Not one
 * that another run's lock refused: the directory is that one's.
 */
export async function recordNotBegun(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: GivenRun,
  error: unknown,
  clock: () => Date,
): Promise<void> {
  const folder = inputs["data-dir"];
  const runId = inputs["run-id"] || mintRunId(clock());
  if (!(error instanceof ConfigurationError) || !existsSync(join(folder, "history"))) return;
  if (existsSync(join(folder, "history", runId, RUN_RECORD))) return;
  const recorder = new RunRecorder(folder, beginningOf(extent, instances, inputs, runId, clock()), {
    clock,
    warn: () => {},
  });
  const failures = [{ where: extent, reasons: [...reasonsOf(error)] }];
  await recorder.end({ ...NOTHING_CAME, exit: exitCodeOf(error), failures });
}
