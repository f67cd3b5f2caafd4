import { toDay } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Reason } from "../domain/reason.ts";
import { EXIT, type ExitCode, exitCodeOf, worstOf } from "../errors.ts";
import { afterwards } from "../reasons/capture-failure.ts";
import { reasonsOf } from "../reasons/reason-of-error.ts";
import type { ReportFiles } from "../report/report-files.ts";
import type { EndedStage } from "../report/stage-report.ts";
import type { Output } from "../report/terminal/output.ts";
import type { Person } from "../report/terminal/person.ts";
import type { Environment } from "../settings/environment.ts";
import { resultsKept } from "./dry-run-results.ts";
import { parseInputs } from "./parse-inputs.ts";
import type { RemoteTiming } from "./remotes.ts";
import { reportError } from "./report-error.ts";
import { mintRunId, openSession, type Session, todayWarning } from "./session.ts";
import type { ComparisonReport, InputsSchema, Stage, StageReport } from "./stage.ts";

/** Surroundings of a stage: environment, output, clock and the person at the terminal. */
export interface Shell {
  env: Environment;
  output: Output;
  clock: () => Date;
  /** True if a dry run keeps its results (in `DRY_RUN_FOLDER`) for the later jobs of a pipeline. */
  keepsDryRun?: boolean;
  /** The person who may be at the terminal; absent: nobody. */
  person?: Person;
  /** True if standard output is for a program: then it gets errors, too. */
  json?: boolean;
  /** For tests of many runs only. */
  timing?: RemoteTiming;
}

/** Outcome of a stage: exit code, report and report files. */
export interface StageEnd {
  exit: ExitCode;
  /** Null where the stage failed before it had anything to report. */
  report: StageReport | null;
  dryRun: boolean;
  /** Report files for people; null if the stage did not begin, or the files could not be written. */
  files: ReportFiles | null;
}

/** Runs one stage from inputs given as text, prints what a person needs, and answers how it ended. Never throws. */
export async function runStage<Inputs extends InputsSchema>(
  stage: Stage<Inputs>,
  given: Readonly<Record<string, string | undefined>>,
  shell: Shell,
): Promise<StageEnd> {
  let dryRun = false;
  let files: ReportFiles | null = null;
  try {
    const startedAt = shell.clock();
    const inputs = parseInputs(stage.inputs, given, shell.env);
    const shared = inputs as Partial<Record<"data-dir" | "run-id" | "today", string>> & {
      "dry-run"?: boolean;
      deadline?: number | null;
      "rate-share"?: number | null;
    };
    dryRun = shared["dry-run"] ?? false;
    const session = await openSession({
      command: shared["dry-run"] ? `${stage.name} --dry-run` : stage.name,
      dataDir: shared["data-dir"] ?? "data",
      runId: shared["run-id"] ?? "",
      today: shared.today ?? "",
      needs: stage.needs(inputs),
      dryRun,
      writes: stage.writes && !dryRun,
      deadlineMs: shared.deadline ?? null,
      rateShare: shared["rate-share"] ?? null,
      ...shell,
    }).catch(async (error: unknown) => {
      files = await recordNotStarted(stage.name, given, inputs, error, shell);
      throw error;
    });
    const tell = (exit: ExitCode, report: StageReport | null, failures: readonly Reason[]) =>
      tellStage({ stage, given, inputs, exit, report, failures, startedAt, dryRun }, session, shell);
    try {
      const report = await stage.run(inputs, session.context);
      const told = await tell(exitOf([report], session.stop.reason), report, []);
      if (shared.today) session.context.warn(todayWarning(shared.today));
      return { ...told, report, dryRun };
    } catch (error) {
      // Whatever is wrong with the report, why the stage failed is told.
      files = await tell(exitCodeOf(error), null, reasonsOf(error)).then(
        (told) => told.files,
        () => null,
      );
      throw error;
    } finally {
      await session.close();
    }
  } catch (error) {
    return { exit: reportError(error, { ...shell, json: shell.json ?? false }), report: null, dryRun, files };
  }
}

/** The page of a stage that wrong settings kept from beginning. */
async function recordNotStarted(
  name: string,
  given: Readonly<Record<string, string | undefined>>,
  inputs: Partial<Record<"data-dir" | "run-id" | "today", string>> & { instance?: InstanceName | "both" },
  error: unknown,
  { env, clock }: Shell,
): Promise<ReportFiles | null> {
  const { stageReportName } = await import("../report/stage-report.ts");
  const { reportNotStarted: reportNotBegun } = await import("../report/report-not-started.ts");
  const { commandText } = await import("../text/command-text.ts");
  const instance = inputs.instance === "both" ? null : (inputs.instance ?? null);
  const isJob = env.ZDSYNC_GITLAB_JOB === "true";
  const about = {
    kind: "stage" as const,
    command: commandText(name, given),
    where: name,
    runId: inputs["run-id"] || mintRunId(clock()),
    today: inputs.today || toDay(clock()),
    name: stageReportName({ name, instance, report: null }),
  };
  const place = isJob ? "gitlab" : "terminal";
  return reportNotBegun(about, error, { dataDir: inputs["data-dir"] ?? "data", env, clock, place });
}

/** Writes the report of a stage that ended, well or not. Where that fails, what the stage did is still told. */
async function tellStage(
  ended: Pick<EndedStage, "exit" | "report" | "failures" | "startedAt" | "given"> & {
    stage: Pick<Stage, "name" | "writes">;
    inputs: { instance?: InstanceName | "both" };
    dryRun: boolean;
  },
  { context }: Pick<Session, "context">,
  { clock, env, keepsDryRun = false }: Shell,
): Promise<Pick<StageEnd, "exit" | "files">> {
  const { stage, inputs, dryRun, report } = ended;
  const { store, config, runId, today } = context;
  let { exit } = ended;
  let isSaid = false;
  const files = await afterwards(
    async () => {
      const { writeStageReport } = await import("../report/stage-report.ts");
      const about = {
        ...ended,
        name: stage.name,
        writes: stage.writes && !dryRun,
        instance: inputs.instance === "both" ? null : (inputs.instance ?? report?.instance ?? null),
        run_id: report?.run_id ?? runId,
        today: report?.today ?? today,
        endedAt: clock(),
      };
      return writeStageReport(about, { store, config, env, results: resultsKept(store, { dryRun, keepsDryRun }) });
    },
    (problem) => {
      context.warn(`the report could not be written: ${problem.message}`);
      exit = worstOf([exit, problem.exit]);
      isSaid = problem.reasons.some(({ code }) => code === "machine.failed");
    },
  );
  // A disk that is full is said already.
  if (!isSaid && report?.comparison && env.ZDSYNC_GITLAB_JOB !== "true")
    await keepEvidenceOf(report.run_id, context, env);
  return { exit, files: files ?? null };
}

/** As at the end of a whole run; a job of GitLab has no history, there its artifacts are what is kept. It never fails a stage. */
async function keepEvidenceOf(runId: string, { store, warn }: Session["context"], env: Environment): Promise<void> {
  await afterwards(
    async () => (await import("../explain/keep-run-evidence.ts")).keepRunEvidence(store, runId, env),
    ({ message }) => warn(`zdsync explain --run ${runId} will have less evidence of this run: ${message}`),
  );
}

/** The exit code of finished stages: refused, stopped, some records failed, or done (interface.md). */
export function exitOf(reports: readonly StageReport[], stopped: string | null): ExitCode {
  const ended = reports.flatMap((report) => report.ended?.exit ?? []);
  if (ended.length > 0) return worstOf(ended);
  const ofComparisons = exitOfComparisons(reports.flatMap(({ comparison }) => comparison ?? []));
  return stopped === null ? ofComparisons : worstOf([ofComparisons, EXIT.stopped]);
}

/** The exit code that comparisons alone give. */
export function exitOfComparisons(comparisons: readonly ComparisonReport[]): ExitCode {
  if (comparisons.some(({ refused }) => refused)) return EXIT.refused;
  const failed = comparisons.some(({ results }) => Object.values(results ?? {}).some((counts) => counts.failed > 0));
  return failed ? EXIT.someFailed : EXIT.done;
}
