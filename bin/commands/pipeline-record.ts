import { COMPARISON, COMPARISONS } from "../../lib/domain/comparisons.ts";
import { unknownChargesIn } from "../../lib/domain/process-notes.ts";
import { reason } from "../../lib/domain/reason.ts";
import { EXIT, type ExitCode, worstOf } from "../../lib/errors.ts";
import { endingOf } from "../../lib/pipeline/run-ending.ts";
import { exitOfComparisons } from "../../lib/pipeline/run-stage.ts";
import type { ComparisonReport, StageReport } from "../../lib/pipeline/stage.ts";
import { readProcessNotes } from "../../lib/storage/artifacts/process-notes.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { RUN_RECORD, type RunRecord, runRecordText } from "../../lib/storage/runs/run-record.ts";

/** Facts about a pipeline that its last job knows in addition to the files. */
export interface PipelineFacts
  extends Pick<RunRecord, "run_id" | "dry_run" | "instances" | "host" | "matters" | "warnings"> {
  startedAt: Date;
  now: Date;
}

/**
 * Leaves `run.json` of a pipeline beside its report: what its stages left behind, as a run in one process tells it. There are no
 * steps in it: how jobs went GitLab knows. Why a job ended early only its log says.
 */
export async function writePipelineRecord(
  store: ArtifactStore,
  reports: readonly StageReport[],
  { startedAt, now, ...facts }: PipelineFacts,
): Promise<void> {
  const { exit, failures } = pipelineEnd(reports, facts);
  const { instances } = facts;
  const notes = await readProcessNotes(store, { instances, runId: null }).catch(() => []);
  const record: RunRecord = {
    schema: 1,
    command: "pipeline",
    ...facts,
    pid: null,
    started_at: startedAt.toISOString(),
    ended_at: now.toISOString(),
    steps: [],
    ...(await endingOf({ exit, reports, failures }, store)),
    unknown_charges: unknownChargesIn(notes),
  };
  await store.writeText(RUN_RECORD, runRecordText(record));
}

/** Returns how a pipeline ended, as far as its files show. Pure. */
export function pipelineEnd(
  reports: readonly StageReport[],
  facts: Pick<PipelineFacts, "instances" | "dry_run">,
): Pick<RunRecord, "failures"> & { exit: ExitCode } {
  const comparisons = reports.flatMap(({ comparison }) => comparison ?? []);
  const failures = unfinished(comparisons, facts);
  // As `zdsync run` would have ended, as far as files tell.
  const exit = worstOf([exitOfComparisons(comparisons), failures.length > 0 ? EXIT.failed : EXIT.done]);
  return { exit, failures };
}

/** Comparisons that should have been made or written and were not; after a refusal in the same instance that is no failure. */
function unfinished(
  comparisons: readonly ComparisonReport[],
  { instances, dry_run }: Pick<RunRecord, "instances" | "dry_run">,
): RunRecord["failures"] {
  const refused = new Set(comparisons.flatMap((one) => (one.refused ? [COMPARISON[one.name].instance] : [])));
  return COMPARISONS.flatMap((name) => {
    const { instance } = COMPARISON[name];
    const made = comparisons.find((one) => one.name === name);
    if (!instances.includes(instance) || refused.has(instance)) return [];
    if (made?.results) return [];
    const lacks = made ? (dry_run ? "try" : "write") : "comparison";
    return [{ where: instance, reasons: [reason("stage.not_done", { comparison: name, lacks })] }];
  });
}
