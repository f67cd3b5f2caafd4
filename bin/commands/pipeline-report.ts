import { auditOfRun } from "../../lib/audit/audit-of-run.ts";
import { resultsOfJob } from "../../lib/pipeline/dry-run-results.ts";
import { readConfig } from "../../lib/pipeline/session.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import { explainInPipeline } from "../../lib/report/explain-in-pipeline.ts";
import { rowExplainer } from "../../lib/report/explain-rows.ts";
import { mattersOf } from "../../lib/report/matters.ts";
import type { RunTrend } from "../../lib/report/model.ts";
import { notesOfRun, type ReportFiles, readReportModel, writeReportFiles } from "../../lib/report/report-files.ts";
import { mattersEnough } from "../../lib/report/report-model.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import { writeSlackPage } from "../../lib/report/slack-page.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { configWarnings } from "../../lib/settings/files/config-warnings.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { startedBy } from "../../lib/storage/runs/started-by.ts";
import { commandText } from "../../lib/text/command-text.ts";
import { type PipelineFacts, pipelineEnd } from "./pipeline-record.ts";

/** Settings of a pipeline's report, in addition to the facts. */
export interface PipelineReportOrder {
  today: string;
  trend: readonly RunTrend[];
  env: Environment;
  /** True if it includes the customers of us-government; otherwise their names are not even read. */
  namesUsGovernment: boolean;
}

/** Writes the one report of a pipeline, from what its stages left in the data directory; answers what of it the record tells, too. */
export async function writePipelineReport(
  store: ArtifactStore,
  reports: readonly StageReport[],
  { today, trend, env, namesUsGovernment, ...facts }: PipelineFacts & PipelineReportOrder,
): Promise<ReportFiles & { told: Pick<RunRecord, "matters" | "warnings"> }> {
  const { dry_run: dryRun, instances, startedAt, now, run_id } = facts;
  const writes = !dryRun;
  const { exit, failures } = pipelineEnd(reports, facts);
  // What is wrong in it the stages said: here it only names hosts.
  const config = await readConfig(env, []);
  const plain = await readReportModel(store, {
    about: {
      kind: writes ? "run" : "dry run",
      explain: explainInPipeline(env),
      command: commandText("pipeline-summary", { "dry-run": String(dryRun) }),
      run_id,
      today,
      hosts: { ...hostNames(env, config), ...absent(instances) },
      started_at: startedAt.toISOString(),
      seconds: (now.getTime() - startedAt.getTime()) / 1000,
      started_by: startedBy(env),
      exit,
      failures: failures.flatMap(({ where, reasons }) => reasons.map((reason) => ({ where, reason }))),
      warnings: configWarnings(config),
      apply: null,
      writes,
    },
    comparisons: reports.flatMap(({ comparison }) => comparison ?? []),
    results: resultsOfJob(store, dryRun),
    notes: notesOfRun(instances),
    trend,
    ...(namesUsGovernment ? {} : { named: ["global"] }),
  });
  const read = namesUsGovernment ? instances : (["global"] as const);
  const parts = {
    explain: await rowExplainer(
      { store, env, runId: run_id, instances: read, writesNothing: dryRun },
      plain.rows.filter(mattersEnough),
    ),
    audit: await auditOfRun(store, { run_id, today, instances: read }),
  };
  const model = shownModel(plain, namesUsGovernment ? "names" : "ids_only", parts);
  const files = await writeReportFiles(store, model, { place: "gitlab" });
  await writeSlackPage(store, plain, parts, config.slack);
  const { warnings = [] } = plain.head;
  return { ...files, told: { matters: mattersOf(plain), ...(warnings.length > 0 ? { warnings } : {}) } };
}

function absent(instances: PipelineFacts["instances"]) {
  return {
    ...(instances.includes("global") ? {} : { global: null }),
    ...(instances.includes("us-government") ? {} : { "us-government": null }),
  };
}
