import { EXIT, type ExitCode } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { Output } from "../terminal/output.ts";
import type { Person } from "../terminal/person.ts";
import { parseInputs } from "./parse-inputs.ts";
import type { RemoteTiming } from "./remotes.ts";
import { reportError } from "./report-error.ts";
import { openSession, todayWarning } from "./session.ts";
import type { InputsSchema, Stage, StageReport } from "./stage.ts";

/** Where a stage runs. */
export interface Shell {
  env: Environment;
  output: Output;
  clock: () => Date;
  /** Whether a dry run keeps what it would have done (in `DRY_RUN_FOLDER`): for the later jobs of a pipeline. */
  keepsDryRun?: boolean;
  /** Who may sit at the terminal; absent: nobody. */
  person?: Person;
  /** Whether standard output is for a program: then it gets errors, too. */
  json?: boolean;
  /** For tests of many runs only. */
  timing?: RemoteTiming;
}

/** How a stage ended. */
export interface StageEnd {
  exit: ExitCode;
  /** Null where the stage failed before it had anything to report. */
  report: StageReport | null;
  /** Whether it was a dry run. */
  dryRun: boolean;
}

/** Runs one stage from inputs given as text, prints what a person needs, and answers how it ended. Never throws. */
export async function runStage<Inputs extends InputsSchema>(
  stage: Stage<Inputs>,
  given: Readonly<Record<string, string | undefined>>,
  shell: Shell,
): Promise<StageEnd> {
  let dryRun = false;
  try {
    const inputs = parseInputs(stage.inputs, given, shell.env);
    const shared = inputs as Partial<Record<"data-dir" | "run-id" | "today", string>> & {
      "dry-run"?: boolean;
      deadline?: number | null;
    };
    dryRun = shared["dry-run"] ?? false;
    const session = await openSession({
      command: shared["dry-run"] ? `${stage.name} --dry-run` : stage.name,
      dataDir: shared["data-dir"] ?? "data",
      runId: shared["run-id"] ?? "",
      today: shared.today ?? "",
      needs: stage.needs(inputs),
      dryRun,
      deadlineMs: shared.deadline ?? null,
      ...shell,
    });
    try {
      const report = await stage.run(inputs, session.context);
      const exit = exitOf([report], session.stop.reason);
      if (shared.today) session.context.warn(todayWarning(shared.today));
      return { exit, report, dryRun };
    } finally {
      await session.close();
    }
  } catch (error) {
    return { exit: reportError(error, { ...shell, json: shell.json ?? false }), report: null, dryRun };
  }
}

/** The exit code of finished stages: refused, stopped, some records failed, or done (interface.md). */
export function exitOf(reports: readonly StageReport[], stopped: string | null): ExitCode {
  const ended = reports.flatMap((report) => report.ended?.exit ?? []);
  if (ended.length > 0) return worstOf(ended);
  if (reports.some((report) => report.comparison?.refused)) return EXIT.refused;
  if (stopped !== null) return EXIT.stopped;
  const failed = reports.some((report) =>
    Object.values(report.comparison?.results ?? {}).some((counts) => counts.failed > 0),
  );
  return failed ? EXIT.someFailed : EXIT.done;
}

/** The worst of several exit codes: 1, 4, 5, 3, 0 (interface.md); 2 outranks them all. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order = [EXIT.usage, EXIT.failed, EXIT.refused, EXIT.stopped, EXIT.someFailed, EXIT.done];
  return order.find((code) => codes.includes(code)) ?? EXIT.done;
}
