import { auditOfRun } from "../../lib/audit/audit-of-run.ts";
import { wholeDigest } from "../../lib/changesets/changes-digest.ts";
import type { Config } from "../../lib/domain/config.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import { rowExplainer } from "../../lib/report/explain-rows.ts";
import type { ReportHead, ReportModel } from "../../lib/report/model.ts";
import { notesOfRun, type ReportFiles, readReportModel, writeReportFiles } from "../../lib/report/report-files.ts";
import { mattersEnough } from "../../lib/report/report-model.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import { writeSlackPage } from "../../lib/report/slack-page.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { configWarnings } from "../../lib/settings/files/config-warnings.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import type { RunRecordReader } from "../../lib/storage/runs/read-run-records.ts";
import { startedBy } from "../../lib/storage/runs/started-by.ts";
import { applyCommand, commandText } from "../../lib/text/command-text.ts";
import type { Extent, RunEnd } from "./run-stages.ts";

/** A run that has ended, and what it was started with. */
export interface EndedRun {
  extent: Extent;
  dryRun: boolean;
  given: Readonly<Record<string, string | undefined>>;
  instances: readonly InstanceName[];
  run_id: string;
  today: string;
  startedAt: Date;
  endedAt: Date;
  end: RunEnd;
}

/** Writes what people are told of a run beside its artifacts and into the history; answers it, too. */
export async function writeRunReport(
  run: EndedRun,
  { store, config, env, records }: { store: ArtifactStore; config: Config; env: Environment; records: RunRecordReader },
): Promise<{ model: ReportModel; files: ReportFiles }> {
  const { extent, dryRun, given, instances, end, startedAt, endedAt } = run;
  const comparisons = comparisonsOf(end.reports);
  const writes = extent === "run" && !dryRun;
  const plain = await readReportModel(store, {
    about: {
      kind: extent === "preview" ? extent : writes ? "run" : "dry run",
      command: commandText(extent, given),
      run_id: run.run_id,
      today: run.today,
      hosts: hostsOf(instances, hostNames(env, config)),
      started_at: startedAt.toISOString(),
      seconds: (endedAt.getTime() - startedAt.getTime()) / 1000,
      started_by: startedBy(env),
      exit: end.exit,
      failures: end.failures.flatMap(({ where, reasons }) => reasons.map((reason) => ({ where, reason }))),
      warnings: configWarnings(config),
      apply: writes ? null : applyOf(run, comparisons),
      writes,
    },
    comparisons,
    results: writes ? store : null,
    notes: notesOfRun(instances),
    records,
  });
  const parts = {
    explain: await rowExplainer(
      { store, env, runId: run.run_id, writesNothing: !writes },
      plain.rows.filter(mattersEnough),
    ),
    audit: await auditOfRun(store, { ...run, instances: INSTANCES }),
  };
  const model = shownModel(plain, "names", parts);
  const files = await writeReportFiles(store, model);
  await writeSlackPage(store, plain, parts, config.slack);
  return { model, files };
}

function comparisonsOf(reports: readonly StageReport[]) {
  return reports.flatMap(({ comparison }) => comparison ?? []);
}

function hostsOf(instances: readonly InstanceName[], hosts: ReportHead["hosts"]): ReportHead["hosts"] {
  const used = (instance: InstanceName) => (instances.includes(instance) ? hosts[instance] : null);
  return { salesforce: hosts.salesforce, global: used("global"), "us-government": used("us-government") };
}

/** Nothing can be applied that was refused, that did not come to its end, or that changes nothing. */
function applyOf({ given, end }: EndedRun, comparisons: ReturnType<typeof comparisonsOf>): string | null {
  const changes = comparisons.some(({ planned }) => Object.values(planned).some((count) => count > 0));
  if (!changes || end.failures.length > 0 || comparisons.some(({ refused }) => refused)) return null;
  return applyCommand(given, wholeDigest(comparisons.map(({ digest }) => digest)));
}
