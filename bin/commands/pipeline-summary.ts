import { join } from "node:path";
import * as v from "valibot";
import { priorRefusals } from "../../lib/changesets/check-limits.ts";
import { resultsName } from "../../lib/changesets/result-files.ts";
import { COMPARISONS, type Comparison } from "../../lib/domain/comparisons.ts";
import { toDay } from "../../lib/domain/dates.ts";
import { INSTANCES } from "../../lib/domain/instance.ts";
import type { Effect } from "../../lib/domain/limits.ts";
import { existsSync, mkdir } from "../../lib/edges/files.ts";
import { ConfigurationError, EXIT, type ExitCode, messageOf, type Problem } from "../../lib/errors.ts";
import { resultsOfJob } from "../../lib/pipeline/dry-run-results.ts";
import { dataDir, dryRun, instances, reportUsGovernment, runId } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import type { ComparisonReport, StageReport } from "../../lib/pipeline/stage.ts";
import { comparisonJson } from "../../lib/reasons/reason-json.ts";
import { annotations } from "../../lib/remotes/gitlab/annotations.ts";
import { CI_FOLDER, ciJob } from "../../lib/remotes/gitlab/ci-job.ts";
import { namePipeline } from "../../lib/remotes/gitlab/job-files.ts";
import { earlierRuns } from "../../lib/report/earlier-runs.ts";
import type { ReportFiles } from "../../lib/report/report-files.ts";
import { renderComparisons } from "../../lib/report/terminal/summary.ts";
import { RUN_ID } from "../../lib/storage/artifacts/manifest.ts";
import { countResults, countUnattempted } from "../../lib/storage/artifacts/results.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";
import { RUN_RECORD } from "../../lib/storage/runs/run-record.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { type PipelineFacts, writePipelineRecord } from "./pipeline-record.ts";
import { writePipelineReport } from "./pipeline-report.ts";

/** Inputs of a pipeline's last job. */
export const inputs = v.object({
  "data-dir": dataDir,
  "run-id": runId,
  "dry-run": dryRun,
  instances,
  "report-us-government": reportUsGovernment,
});

/** The last job of a pipeline: reads what all stages left in the data directory; changes nothing but the pipeline's name. */
export const pipelineSummary: LoadedCommand = {
  inputs,
  examples: ["zdsync pipeline-summary", "zdsync pipeline-summary --data-dir data --json"],
  run: summarize,
};

async function summarize({ given, json, shell }: Call): Promise<ExitCode> {
  const orders = parseInputs(inputs, given, shell.env);
  const store = new ArtifactStore(orders["data-dir"]);
  const reports: StageReport[] = [];
  for (const name of COMPARISONS) {
    const report = await reportOf(store, name, orders["dry-run"]);
    if (report) reports.push(report);
  }
  const comparisons = reports.flatMap((report) => report.comparison ?? []);
  const name = pipelineName(comparisons, orders["dry-run"]);
  const [first] = reports;
  const facts = factsOf(orders, first, shell);
  const today = first?.today ?? toDay(facts.now);
  const files = await writePipelineReport(store, reports, {
    ...facts,
    today,
    trend: await earlierRuns(shell.env, { dataDir: orders["data-dir"] }),
    env: shell.env,
    namesUsGovernment: orders["report-us-government"] || facts.instances.length === 1,
  });
  try {
    await writePipelineRecord(store, reports, { ...facts, ...files.told });
  } catch (error) {
    shell.output.err(`warning: ${RUN_RECORD} is missing: ${messageOf(error)}`);
  }
  if (json) shell.output.out(JSON.stringify({ exit: EXIT.done, name, comparisons: comparisons.map(comparisonJson) }));
  else
    shell.output.out(
      comparisons.length > 0 ? `${renderComparisons(comparisons, orders["dry-run"], "gitlab")}\n\n${name}` : name,
    );
  await showInJob(name, files, orders["data-dir"], shell);
  return EXIT.done;
}

/** GitLab tells when the pipeline was made; without it, it began when this job did. */
function factsOf(
  orders: v.InferOutput<typeof inputs>,
  first: StageReport | undefined,
  { env, clock }: Call["shell"],
): PipelineFacts {
  const now = clock();
  const created = Date.parse(env.CI_PIPELINE_CREATED_AT ?? "");
  const runIds = [first?.run_id, orders["run-id"], `pipeline-${env.CI_PIPELINE_ID}`, "pipeline"];
  return {
    run_id: runIds.find((id) => id !== undefined && RUN_ID.test(id)) ?? "pipeline",
    dry_run: orders["dry-run"],
    instances: orders.instances === "both" ? [...INSTANCES] : [orders.instances],
    host: env.CI_SERVER_HOST || "gitlab",
    startedAt: Number.isNaN(created) ? now : new Date(created),
    now,
  };
}

/** The pipeline's name, and the job's links. Neither is a reason to fail: everything of importance is done by then. */
async function showInJob(
  name: string,
  files: ReportFiles,
  folder: string,
  { env, output }: Pick<Call["shell"], "env" | "output">,
): Promise<void> {
  const problems: Problem[] = [];
  const job = ciJob(env, problems);
  if (!job) return;
  try {
    await mkdir(CI_FOLDER, { recursive: true });
    await writeWholeFile(join(CI_FOLDER, "annotations.json"), annotations(job, folder, files));
    if (!job.token) return;
    if (problems.length > 0) throw new ConfigurationError(problems);
    const status = await namePipeline(job, name);
    if (status >= 400) output.err(`warning: GitLab answered ${status}: the pipeline keeps its name.`);
  } catch (error) {
    output.err(`warning: the pipeline keeps its name: ${messageOf(error)}`);
  }
}

/**
 * `zdsync: 12 created, 40 updated, 3 marked, 0 failed`, and of a dry run `zdsync dry run: 12 to create, 40 to update, 3 to mark`; what
 * was refused or not written is said too.
 */
export function pipelineName(comparisons: readonly ComparisonReport[], dryRun = false): string {
  if (comparisons.length === 0) return `zdsync${dryRun ? " dry run" : ""}: nothing was compared`;
  const sum = (count: (comparison: ComparisonReport) => number) =>
    comparisons.reduce((total, comparison) => total + count(comparison), 0);
  const applied = (effect: "create" | "update" | "mark" | "contact") =>
    sum(({ results }) => results?.[effect].applied ?? 0);
  const failed = sum(({ results }) =>
    Object.values(results ?? {}).reduce((total, { failed: some }) => total + some, 0),
  );
  const refused = comparisons.filter((comparison) => comparison.refused).length;
  const unwritten = comparisons.filter((comparison) => !comparison.refused && !comparison.results).length;
  const planned = (effect: keyof ComparisonReport["planned"]) => sum((comparison) => comparison.planned[effect]);
  const counts = dryRun
    ? [
        `zdsync dry run: ${planned("creates")} to create`,
        `${planned("updates")} to update`,
        `${planned("marks")} to mark`,
        ...(planned("contacts") > 0 ? [`${planned("contacts")} contacts to add`] : []),
        ...(failed > 0 ? [`${failed} would fail`] : []),
      ]
    : [
        `zdsync: ${applied("create")} created`,
        `${applied("update")} updated`,
        `${applied("mark")} marked`,
        ...(applied("contact") > 0 ? [`${applied("contact")} contacts added`] : []),
        `${failed} failed`,
      ];
  return [
    ...counts,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(unwritten > 0 ? [`${unwritten} not ${dryRun ? "tried" : "written"}`] : []),
  ].join(", ");
}

/** Returns what the files say about one comparison; null if it was not made. */
async function reportOf(store: ArtifactStore, name: Comparison, dryRun: boolean): Promise<StageReport | null> {
  const manifest = await store.readChangesetManifest(name);
  if (!manifest) return null;
  const kept = resultsOfJob(store, dryRun);
  const written = existsSync(kept.path(resultsName(name)));
  const records = written ? (await kept.readRecords(resultsName(name))).records : [];
  const unattempted = countUnattempted(records);
  const count = (effect: "create" | "update" | "mark" | "contact") => countResults(records, effect);
  const measures = manifest.limits.map((one) => ({
    ...one,
    effect: one.effect as Effect,
    limitText: one.limit === null ? "none" : String(one.limit),
  }));
  const refused = priorRefusals(name, manifest, { allow: {}, "at-most": null });
  return {
    stage: "pipeline-summary",
    run_id: manifest.run_id,
    today: manifest.today,
    counts: {},
    notes: {},
    comparison: {
      name,
      digest: manifest.digest,
      existing: manifest.existing,
      planned: manifest.counts,
      measures,
      ...(manifest.unconfirmed.length > 0 ? { unconfirmed: manifest.unconfirmed } : {}),
      ...(refused.length > 0 && !written ? { refused } : {}),
      ...(unattempted ? { unattempted } : {}),
      ...(written
        ? {
            results: {
              create: count("create"),
              update: count("update"),
              mark: count("mark"),
              contact: count("contact"),
            },
          }
        : {}),
    },
  };
}
