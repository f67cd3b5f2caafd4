import { undoResultsName } from "../changesets/results-to-undo.ts";
import { COMPARISON } from "../domain/comparisons.ts";
import { expectedHost } from "../domain/config.ts";
import type { StageReport, WritingContext } from "../pipeline/stage.ts";
import { captureFailure } from "../reasons/capture-failure.ts";
import { proveUnlessStopped } from "../remotes/zendesk/prove-instance.ts";
import { countResults, type ResultCounts } from "../storage/artifacts/results.ts";
import { applyInOrder, jobsOf, type Recorder } from "../sync/apply-in-jobs.ts";
import type { RowKind } from "../sync/apply-rows.ts";
import { changeRows } from "../sync/organization-rows.ts";
import { userChangeRows } from "../sync/user-rows.ts";
import type { UndoPlan } from "./plan-undo.ts";

/**
 * Takes the way back, the same way `sync` writes: each record read again right before (S4), every row accounted for (S6), stopped
 * safely (S7). Answers the counts, and why it ended early where it did; every record is in `<comparison>_undo_results.json` and in
 * the history. Throws only before anything was written.
 */
export async function applyUndo(
  plan: UndoPlan,
  context: WritingContext,
): Promise<{ counts: ResultCounts } & Pick<StageReport, "ended">> {
  const { config, remotes, runId } = context;
  const { instance } = COMPARISON[plan.comparison];
  const connection = await remotes.zendesk(instance);
  await proveUnlessStopped(connection, expectedHost(config, instance));
  const results = context.openResults(undoResultsName(plan.comparison), runId);
  const errors: unknown[] = [];
  const apply = async <Row extends object>(what: string, rows: readonly Row[], kind: RowKind<Row>) => {
    if (rows.length === 0) return;
    const line = context.progress.begin(`${instance} undo: ${what}`, rows.length);
    const recorder: Recorder = { stop: context.stop, errors, line, record: (added) => results.add(added) };
    await applyInOrder([jobsOf(rows, kind, recorder)]);
  };
  const { ended } = await captureFailure(async () => {
    await results.add(plan.left);
    await apply("organizations", plan.organizations, changeRows(connection, instance));
    await apply(
      "users",
      plan.users,
      userChangeRows(connection, ({ organization_id }) => organization_id !== undefined),
    );
    await results.close();
    if (errors.length > 0) throw errors[0];
  });
  return { counts: countResults(results.results), ...ended };
}
