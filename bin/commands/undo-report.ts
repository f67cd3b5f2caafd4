import { runOfResults, undoResultsName } from "../../lib/changesets/results-to-undo.ts";
import { toDay } from "../../lib/domain/dates.ts";
import type { Reason } from "../../lib/domain/reason.ts";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { mintRunId, type Session } from "../../lib/pipeline/session.ts";
import { afterwards } from "../../lib/reasons/capture-failure.ts";
import { undoneRowExplainer } from "../../lib/report/explain-rows.ts";
import { readCustomers } from "../../lib/report/read-customers.ts";
import { type ReportFiles, writeReportFiles } from "../../lib/report/report-files.ts";
import { countByHarm, reportModel } from "../../lib/report/report-model.ts";
import { reportNotStarted } from "../../lib/report/report-not-started.ts";
import type { ReportedComparison } from "../../lib/report/report-source.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { configWarnings } from "../../lib/settings/files/config-warnings.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { startedBy } from "../../lib/storage/runs/started-by.ts";
import { commandText } from "../../lib/text/command-text.ts";
import { recordKey, type UndoHarm } from "../../lib/undo/render-undo.ts";
import { reportedUndo } from "../../lib/undo/undo-report.ts";
import { digestOf, type FileUndo } from "./undo-summary.ts";

/** An undo that has ended, and what it was started with. */
export interface EndedUndo {
  backs: readonly FileUndo[];
  /** Those whose results were written. */
  written: ReadonlySet<FileUndo>;
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
    ({ message }) => context.warn(`the report could not be written: ${message}`),
  );
  return files ?? null;
}

/** The page of an undo that wrong settings kept from beginning; says where it is. */
export async function recordUndoNotStarted(
  asked: { "data-dir": string; "run-id": string; today: string },
  error: unknown,
  { env, output, clock, given }: Pick<Shell, "env" | "output" | "clock"> & Pick<EndedUndo, "given">,
): Promise<void> {
  const files = await reportNotStarted(
    {
      kind: "undo",
      command: commandText("undo", given, "run"),
      where: "undo",
      runId: asked["run-id"] || mintRunId(clock()),
      today: asked.today || toDay(clock()),
    },
    error,
    { dataDir: asked["data-dir"], env, clock },
  );
  if (files) output.err(`Report: ${files.page}`);
}

/** Explains why the run made the changes being undone; undefined if that run's evidence is gone: then the rows show only the command. */
async function explainerOf(
  { undoesRun, backs: [first], startedAt }: EndedUndo,
  { store, runId }: Session["context"],
  env: Environment,
) {
  const undoes = undoesRun !== "" ? undoesRun : first ? await runOfResults(first.source) : null;
  if (undoes === null) return undefined;
  return undoneRowExplainer({ store, env, runId: undoes }, { run_id: runId, at: startedAt.toISOString() });
}

/** The way back as comparisons, with what became of those that were written. */
export async function comparisonsOf(
  { backs, written }: Pick<EndedUndo, "backs" | "written">,
  store: ArtifactStore,
): Promise<ReportedComparison[]> {
  const comparisons = [];
  for (const back of backs) {
    const name = undoResultsName(back.plan.comparison);
    const results = written.has(back) ? (await store.readIfThere(name))?.records : null;
    comparisons.push(reportedUndo(back.plan, results ?? null));
  }
  return comparisons;
}

/** Returns the undo's effect on customers before anything is written, in the same terms as its report. */
export async function harmOfUndo(
  undo: Pick<EndedUndo, "backs" | "given" | "startedAt" | "undoesRun">,
  { context }: Pick<Session, "context">,
  env: Environment,
): Promise<UndoHarm> {
  const model = await modelOf(
    { ...undo, written: new Set(), writes: false, exit: EXIT.done, reasons: [] },
    context,
    env,
  );
  const records = model.rows.map(({ comparison, id, harm }) => [recordKey(comparison, id), harm] as const);
  return { counts: countByHarm(model), records: new Map(records.toReversed()) };
}

async function modelOf(undo: EndedUndo, { store, config, runId, today, clock }: Session["context"], env: Environment) {
  const { given, writes, exit, reasons, startedAt, backs } = undo;
  const comparisons = await comparisonsOf(undo, store);
  return reportModel({
    about: {
      kind: "undo",
      command: commandText("undo", given, "run"),
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

/** The command that takes exactly the way back that was shown, or nothing. */
export function applyUndoCommand(given: EndedUndo["given"], digest: string): string {
  const { "dry-run": _, yes: __, "run-id": ___, ...kept } = given;
  return commandText("undo", { ...kept, expect: digest }, "run");
}
