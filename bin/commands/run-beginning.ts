import { join } from "node:path";
import { toDay } from "../../lib/domain/dates.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { edges } from "../../lib/edges/edges.ts";
import { existsSync } from "../../lib/edges/files.ts";
import { ConfigurationError, exitCodeOf } from "../../lib/errors.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { mintRunId } from "../../lib/pipeline/session.ts";
import { reasonsOf } from "../../lib/reasons/reason-of-error.ts";
import { reportNotStarted } from "../../lib/report/report-not-started.ts";
import { RUN_RECORD } from "../../lib/storage/runs/run-record.ts";
import { NO_OUTCOME, type RunBeginning, RunRecorder } from "../../lib/storage/runs/run-recorder.ts";
import { commandText } from "../../lib/text/command-text.ts";
import type { Extent } from "./run-stages.ts";

/** The inputs of a run that go into its record. */
interface RunInputs {
  today: string;
  "data-dir": string;
  "run-id": string;
  "dry-run": boolean;
}

/** Returns the facts known about a run before it does anything. */
export function beginningOf(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: RunInputs,
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
 * A run that wrong settings kept from beginning leaves its page, and is seen where runs were before: it is how a schedule fails most
 * often. Not one that another run's lock refused: the directory is that one's.
 */
export async function recordNotStarted(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: RunInputs,
  error: unknown,
  { env, output, clock, given }: Pick<Shell, "env" | "output" | "clock"> & { given: Parameters<typeof commandText>[1] },
): Promise<void> {
  const runId = inputs["run-id"] || mintRunId(clock());
  await recordNotBegun(beginningOf(extent, instances, inputs, runId, clock()), inputs["data-dir"], error, clock);
  const files = await reportNotStarted(
    {
      kind: extent === "preview" ? extent : inputs["dry-run"] ? "dry run" : "run",
      command: commandText(extent, given),
      where: extent,
      runId,
      today: inputs.today || toDay(clock()),
    },
    error,
    { dataDir: inputs["data-dir"], env, clock },
  );
  if (files) output.err(`Report: ${files.page}`);
}

async function recordNotBegun(
  beginning: RunBeginning,
  folder: string,
  error: unknown,
  clock: () => Date,
): Promise<void> {
  if (!(error instanceof ConfigurationError) || !existsSync(join(folder, "history"))) return;
  if (existsSync(join(folder, "history", beginning.run_id, RUN_RECORD))) return;
  const recorder = new RunRecorder(folder, beginning, { clock, warn: () => {} });
  const failures = [{ where: beginning.command, reasons: [...reasonsOf(error)] }];
  await recorder.end({ ...NO_OUTCOME, exit: exitCodeOf(error), failures });
}
