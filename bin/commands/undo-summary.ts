import { resolve } from "node:path";
import { type ResultsToUndo, undoResultsName } from "../../lib/changesets/results-to-undo.ts";
import type { Reason } from "../../lib/domain/reason.ts";
import type { ExitCode } from "../../lib/errors.ts";
import type { Session } from "../../lib/pipeline/session.ts";
import { failureJson } from "../../lib/reasons/reason-json.ts";
import type { ReportFiles } from "../../lib/report/report-files.ts";
import { encodeReason } from "../../lib/storage/artifacts/reason-record.ts";
import type { ResultCounts } from "../../lib/storage/artifacts/results.ts";
import { digestOfAll, type UndoPlan } from "../../lib/undo/plan-undo.ts";
import { AGAIN, countUndo } from "../../lib/undo/render-undo.ts";

/** One results file and its way back. */
export interface FileUndo {
  source: ResultsToUndo;
  plan: UndoPlan;
}

/** Returns the path of the file in which the undo of a file records the outcome of each record. */
export function fileOf({ plan }: FileUndo, { store }: Pick<Session["context"], "store">): string {
  return resolve(store.path(undoResultsName(plan.comparison)));
}

/** The summary for machines: of one file as ever, of a run with one entry for each comparison. */
export function summaryText(
  backs: readonly FileUndo[],
  exit: ExitCode,
  run: string,
  context: Pick<Session["context"], "store" | "runId">,
  done: ReadonlyMap<FileUndo, ResultCounts> = new Map(),
  ended: readonly Reason[] = [],
  files: ReportFiles | null = null,
): string {
  const parts = backs.map((back) => ({
    undoes: back.source.path,
    comparison: back.plan.comparison,
    digest: back.plan.digest,
    planned: countUndo(back.plan),
    left_alone: back.plan.left.map(({ id, salesforce_id, reason }) => ({
      id,
      salesforce_id,
      ...(reason ? encodeReason(reason) : {}),
    })),
    ...(done.has(back) ? { results: done.get(back), file: fileOf(back, context) } : {}),
  }));
  const { markdown: report = null, page = null } = files ?? {};
  const about = { exit, run_id: context.runId, warning: AGAIN, report, page, ...failureJson(ended) };
  if (run === "") return JSON.stringify({ ...about, ...parts[0] });
  return JSON.stringify({ ...about, undoes: run, digest: digestOf(backs), comparisons: parts });
}

/** Returns the digest to pass to `--expect` for this undo. */
export function digestOf(backs: readonly FileUndo[]): string {
  return digestOfAll(backs.map(({ plan }) => plan));
}
