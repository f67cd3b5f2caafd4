import type { InstanceName } from "../../lib/domain/instance.ts";
import { edges } from "../../lib/edges/edges.ts";
import { type ExitCode, exitCodeOf } from "../../lib/errors.ts";
import { recordedComparison } from "../../lib/pipeline/run-ending.ts";
import type { Session } from "../../lib/pipeline/session.ts";
import { afterwards } from "../../lib/reasons/capture-failure.ts";
import { reasonsOf } from "../../lib/reasons/reason-of-error.ts";
import { writeIndexPage } from "../../lib/report/index-page.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { configWarnings } from "../../lib/settings/files/config-warnings.ts";
import { NO_OUTCOME, RunRecorder } from "../../lib/storage/runs/run-recorder.ts";
import { starterFromEnvironment } from "../../lib/storage/runs/started-by.ts";
import { comparisonsOf, type EndedUndo } from "./undo-report.ts";

/** Returns the name of an undo in its record. */
export function undoName({ run }: { run: string }): string {
  return run === "" ? "undo" : `undo ${run}`;
}

/** Keeps the record of an undo as `run` does of itself: when, for whom, how it ended, and what it wrote. Throws what `work` throws. */
export async function recordedUndo(
  asked: { run: string; "dry-run": boolean; instances: readonly InstanceName[] },
  { context }: Pick<Session, "context">,
  env: Environment,
  work: () => Promise<EndedUndo>,
): Promise<ExitCode> {
  const { store, clock, warn, config, runId } = context;
  const { pid, hostname } = edges().process;
  const startedBy = starterFromEnvironment(env);
  const warnings = configWarnings(config);
  const beginning = {
    run_id: runId,
    command: undoName(asked),
    dry_run: asked["dry-run"],
    instances: [...asked.instances],
    host: hostname(),
    pid,
    started_at: clock().toISOString(),
    ...(startedBy === null ? {} : { started_by: startedBy }),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  const recorder = new RunRecorder(store.directory, beginning, { clock, warn });
  await recorder.begin();
  try {
    const ended = await work();
    const comparisons = await comparisonsOf(ended, store);
    const failures = ended.reasons.length > 0 ? [{ where: "undo", reasons: [...ended.reasons] }] : [];
    await recorder.end({
      ...NO_OUTCOME,
      exit: ended.exit,
      failures,
      comparisons: comparisons.map(({ comparison }) => recordedComparison(comparison)),
    });
    return ended.exit;
  } catch (error) {
    await recorder.end({
      ...NO_OUTCOME,
      exit: exitCodeOf(error),
      failures: [{ where: "undo", reasons: [...reasonsOf(error)] }],
    });
    throw error;
  } finally {
    await afterwards(
      () => writeIndexPage(store),
      ({ message }) => warn(`the list of runs could not be written: ${message}`),
    );
  }
}
