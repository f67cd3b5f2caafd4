import type { Reason } from "../../lib/domain/reason.ts";
import type { ExitCode } from "../../lib/errors.ts";
import { commandText } from "../../lib/report/command-text.ts";
import { undoneRowExplainer } from "../../lib/report/explain-rows.ts";
import { hostNames } from "../../lib/report/host-names.ts";
import { readCustomers } from "../../lib/report/read-customers.ts";
import { type ReportFiles, writeReportFiles } from "../../lib/report/report-files.ts";
import { reportModel } from "../../lib/report/report-model.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import { startedBy } from "../../lib/runs/started-by.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { configWarnings } from "../../lib/stage/config-warnings.ts";
import type { Session } from "../../lib/stage/session.ts";
import { afterwards } from "../../lib/stage/until-ended.ts";
import { runOfResults, undoResultsName } from "../../lib/undo/results-to-undo.ts";
import { reportedUndo } from "../../lib/undo/undo-report.ts";
import { type Back, digestOf } from "./undo-summary.ts";

/** An undo that has ended, and what it was started with. */
export interface EndedUndo {
  backs: readonly Back[];
  /** Those whose results were written. */
  written: ReadonlySet<Back>;
  given: Readonly<Record<string, string | undefined>>;
  writes: boolean;
  exit: ExitCode;
  reasons: readonly Reason[];
  startedAt: Date;
  /** The run that was named; empty where one file was. */
  undoesRun: string;
}

/** Writes what people are told of an undo, beside the artifacts and into the history. Null where that fails, which is said. */
export async function writeUndoReport(
  undo: EndedUndo,
  { context }: Pick<Session, "context">,
  env: Environment,
): Promise<ReportFiles | null> {
  const files = await afterwards(
    async () => {
      const plain = await modelOf(undo, context, env);
      const explain = await explainerOf(undo, context, env);
      return writeReportFiles(context.store, shownModel(plain, "names", { explain, audit: null }));
    },
    ({ message }) => context.warn(`the report was not written: ${message}`),
  );
  return files ?? null;
}

/** What is explained is why the run did what is taken back; a run whose evidence is gone leaves the rows to the command. */
async function explainerOf(
  { undoesRun, backs: [first], startedAt }: EndedUndo,
  { store, runId }: Session["context"],
  env: Environment,
) {
  const undoes = undoesRun !== "" ? undoesRun : first ? await runOfResults(first.source) : null;
  if (undoes === null) return undefined;
  return undoneRowExplainer({ store, env, runId: undoes }, { run_id: runId, at: startedAt.toISOString() });
}

async function modelOf(undo: EndedUndo, { store, config, runId, today, clock }: Session["context"], env: Environment) {
  const { backs, written, given, writes, exit, reasons, startedAt } = undo;
  const comparisons = [];
  for (const back of backs) {
    const name = undoResultsName(back.plan.comparison);
    const results = written.has(back) ? (await store.readIfThere(name))?.records : null;
    comparisons.push(reportedUndo(back.plan, results ?? null));
  }
  return reportModel({
    about: {
      kind: "undo",
      command: commandText("undo", given),
      run_id: runId,
      today,
      hosts: { ...hostNames(env, config), salesforce: null },
      started_at: startedAt.toISOString(),
      seconds: (clock().getTime() - startedAt.getTime()) / 1000,
      started_by: startedBy(env),
      exit,
      failures: reasons.map((reason) => ({ where: "undo", reason })),
      warnings: configWarnings(config),
      apply: writes ? null : applyUndoCommand(given, digestOf(backs)),
      writes,
    },
    comparisons,
    notes: [],
    customers: await readCustomers(store, { comparisons, notes: [] }),
    trend: [],
  });
}

function applyUndoCommand(given: EndedUndo["given"], digest: string): string {
  const { "dry-run": _, yes: __, "run-id": ___, ...kept } = given;
  return commandText("undo", { ...kept, expect: digest });
}
