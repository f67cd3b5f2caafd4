import * as v from "valibot";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { type ExitCode, exitCodeOf, worstOf } from "../../lib/errors.ts";
import {
  COMMON_INPUTS,
  expectRun,
  instance,
  LIMIT_INPUTS,
  rateShare,
  snapshot,
  WRITING_INPUTS,
} from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import { endingOf } from "../../lib/pipeline/run-ending.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { openSession, type Session, todayWarning } from "../../lib/pipeline/session.ts";
import type { Needs } from "../../lib/pipeline/stage.ts";
import { afterwards } from "../../lib/reasons/capture-failure.ts";
import { failureJson, reasonJson, reportJson } from "../../lib/reasons/reason-json.ts";
import { reasonsOf } from "../../lib/reasons/reason-of-error.ts";
import { reasonsText } from "../../lib/reasons/reason-text.ts";
import { writeIndexPage } from "../../lib/report/index-page.ts";
import { mattersOf } from "../../lib/report/matters.ts";
import { type RenderOptions, renderText } from "../../lib/report/render-report.ts";
import { closingLine } from "../../lib/report/terminal/closing-line.ts";
import { renderComparisons } from "../../lib/report/terminal/summary.ts";
import { configWarnings } from "../../lib/settings/files/config-warnings.ts";
import { historyOf } from "../../lib/storage/history.ts";
import { RunRecordReader } from "../../lib/storage/runs/read-run-records.ts";
import { NO_OUTCOME, RunRecorder } from "../../lib/storage/runs/run-recorder.ts";
import { starterFromEnvironment } from "../../lib/storage/runs/started-by.ts";
import { refuseUsedRunId } from "../../lib/storage/runs/used-run-id.ts";
import { keepHistory } from "./keep-history.ts";
import { beginningOf, recordNotStarted } from "./run-beginning.ts";
import { type Extent, type RunEnd, runStages } from "./run-stages.ts";
import { writeRunReport } from "./write-report.ts";

/** Inputs of `run` and `preview`: the same as for the stages, but for both instances unless one is named. */
export const runInputs = v.object({
  ...COMMON_INPUTS,
  instance: v.optional(instance),
  ...WRITING_INPUTS,
  expect: expectRun,
  snapshot,
});
export const previewInputs = v.object({
  ...COMMON_INPUTS,
  instance: v.optional(instance),
  ...LIMIT_INPUTS,
  "rate-share": rateShare,
  snapshot,
});

/** A preview is some five screens, with what matters on top; who reads it otherwise gets all of it. */
const ON_A_TERMINAL: RenderOptions = { largest: 8_000 };

/** Summary of an ended run, as printed by `--json`. */
export interface RunSummary extends RunEnd {
  run_id: string;
  today: string;
  /** The hosts worked on, in one line. */
  hosts: string;
  seconds: number;
  /** True if nothing was to be written: a preview, or `--dry-run`. */
  dry_run: boolean;
  /** The cause of a request to stop, e.g. `SIGINT`; null if there was none. */
  stopped: string | null;
  /** The command that writes exactly what was shown; null where there is nothing to write, or it was written. */
  apply: string | null;
  /** Path of `report.md`; null where it could not be written. */
  report: string | null;
  /** Path of `report.html`, which says the same in a browser. */
  page: string | null;
}

/**
 * Runs all stages, or everything up to the first write, and tells people what came of it. Never throws. `namesOwnPage`: the page that the
 * next run leaves alone is named, where one follows at once.
 */
export async function runCommand(
  extent: Extent,
  given: Readonly<Record<string, string | undefined>>,
  shell: Shell & { json: boolean; namesOwnPage?: boolean },
): Promise<ExitCode> {
  const { output, env, clock, timing, namesOwnPage = false } = shell;
  try {
    const inputs = parseInputs(runInputs, given, env);
    const instances: readonly InstanceName[] = inputs.instance ? [inputs.instance] : INSTANCES;
    const dryRun = extent === "preview" || inputs["dry-run"];
    await refuseUsedRunId(inputs["data-dir"], inputs["run-id"], extent);
    const session = await openSession({
      command: inputs["dry-run"] ? `${extent} --dry-run` : extent,
      dataDir: inputs["data-dir"],
      runId: inputs["run-id"],
      today: inputs.today,
      needs: needsOf(instances),
      dryRun,
      writes: !dryRun,
      deadlineMs: inputs.deadline,
      rateShare: inputs["rate-share"],
      // Whatever a cache of GitLab's keeps may be another job's making (decision 54).
      snapshots: inputs.snapshot === "on" && env.GITLAB_CI !== "true",
      env,
      output,
      clock,
      timing,
    }).catch(async (error: unknown) => {
      await recordNotStarted(extent, instances, inputs, error, { ...shell, given });
      throw error;
    });
    try {
      const { summary, report } = await recordedRun(extent, instances, inputs, session, { ...shell, given });
      if (inputs.today) session.context.warn(todayWarning(inputs.today));
      if (shell.json) output.out(JSON.stringify(summaryJson(summary)));
      else {
        const page = namesOwnPage ? historyOf(inputs["data-dir"], summary.run_id).path("report.html") : summary.page;
        output.out(render(extent, { ...summary, page }, report, instances));
      }
      return summary.exit;
    } finally {
      await session.close();
    }
  } catch (error) {
    return reportError(error, shell);
  }
}

/** Needs of a run of these instances; credentials of the other instance are not requested. */
function needsOf(instances: readonly InstanceName[]): Needs {
  const notices = instances.includes("global") ? { slack: true as const } : {};
  return { salesforce: true, zendesk: instances, overrides: true, plans: true, ...notices };
}

/** Runs the stages with a record of them that others can follow; the report comes as text, too. */
async function recordedRun(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: v.InferOutput<typeof runInputs>,
  { context, hosts, stop }: Session,
  {
    clock,
    env,
    output,
    given,
  }: Pick<Shell, "clock" | "env" | "output"> & { given: Readonly<Record<string, string | undefined>> },
): Promise<{ summary: RunSummary; report: string }> {
  const begun = clock();
  const startedBy = starterFromEnvironment(env);
  const { store, config, runId: run_id, today } = context;
  const warnings = configWarnings(config);
  const beginning = {
    ...beginningOf(extent, instances, inputs, run_id, begun),
    ...(startedBy === null ? {} : { started_by: startedBy }),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  const recorder = new RunRecorder(store.directory, beginning, { clock, warn: context.warn });
  const records = new RunRecordReader(store.directory);
  await recorder.begin();
  try {
    const dryRun = inputs["dry-run"];
    const writesNothing = extent === "preview" || dryRun;
    const { end, written } = await reported(
      await runStages(extent, instances, inputs, { ...context, runIsGiven: true }, recorder),
      (ended) =>
        writeRunReport(
          { extent, dryRun, given, instances, run_id, today, startedAt: begun, endedAt: clock(), end: ended },
          { store, config, env, records },
        ),
    );
    await keepHistory(
      context,
      env,
      end.failures.flatMap(({ reasons }) => reasons),
    );
    const matters = written ? { matters: mattersOf(written.model) } : {};
    await recorder.end({ ...(await endingOf(end, store)), ...matters });
    await afterwards(
      () => writeIndexPage(store, records),
      ({ message }) => context.warn(`the list of runs could not be written: ${message}`),
    );
    const seconds = (clock().getTime() - begun.getTime()) / 1000;
    const apply = written?.model.head.apply ?? null;
    const { markdown: report = null, page = null } = written?.files ?? {};
    return {
      summary: {
        ...end,
        run_id,
        today,
        hosts,
        seconds,
        dry_run: writesNothing,
        stopped: stop.reason,
        report,
        page,
        apply,
      },
      report: written && extent === "preview" ? renderText(written.model, output.terminal ? ON_A_TERMINAL : {}) : "",
    };
  } catch (error) {
    const failures = [{ where: extent, reasons: [...reasonsOf(error)] }];
    await recorder.end({ ...NO_OUTCOME, exit: exitCodeOf(error), failures });
    throw error;
  }
}

/** If the report cannot be written (a full disk), the run has failed, but people still hear what it did. */
async function reported<Written>(
  end: RunEnd,
  write: (end: RunEnd) => Promise<Written>,
): Promise<{ end: RunEnd; written: Written | null }> {
  let failed = end;
  const written = await afterwards(
    () => write(end),
    ({ reasons, exit }) => {
      const failures = [...end.failures, { where: "the report", reasons }];
      failed = { ...end, exit: worstOf([end.exit, exit]), failures };
    },
  );
  return { end: failed, written: written ?? null };
}

/** Shape of the JSON that `--json` prints for a run. */
export type RunJson = ReturnType<typeof summaryJson>;

/** A run as `--json` tells it: as the summary, with reasons as code, parameters and text, and by kind what went wrong. */
function summaryJson({ reports, failures, ...summary }: RunSummary) {
  const refused = reports.flatMap(({ comparison }) => comparison?.refused ?? []);
  return {
    ...summary,
    reports: reports.map(reportJson),
    failures: failures.map(({ where, reasons }) => ({
      where,
      message: reasonsText(reasons),
      reasons: reasons.map((one) => reasonJson(one)),
    })),
    ...failureJson([...refused, ...failures.flatMap(({ reasons }) => reasons)]),
  };
}

function render(extent: Extent, summary: RunSummary, report: string, instances: readonly InstanceName[]): string {
  const comparisons = summary.reports.flatMap((one) => one.comparison ?? []);
  const failures = summary.failures.map(({ where, reasons }) => `\n${where} ended early: ${reasonsText(reasons)}`);
  const changes = extent === "preview" ? [report, ""] : [];
  return [
    ...changes,
    comparisons.length > 0
      ? renderComparisons(comparisons, extent === "run" && summary.dry_run)
      : "Nothing was compared.",
    ...failures,
    "",
    closingLine({
      title: extent === "run" && summary.dry_run ? "dry run" : extent,
      writes: extent === "run" && !summary.dry_run,
      runId: summary.run_id,
      exit: summary.exit,
      seconds: summary.seconds,
      stopped: summary.stopped,
      comparisons,
      instances,
      report: summary.page,
    }),
    ...(summary.apply === null ? [] : [`Apply exactly this: ${summary.apply}`]),
  ].join("\n");
}
