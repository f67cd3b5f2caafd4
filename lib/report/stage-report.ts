import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import type { Config } from "../domain/config.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Reason } from "../domain/reason.ts";
import type { ExitCode } from "../errors.ts";
import type { StageReport } from "../pipeline/stage.ts";
import type { Environment } from "../settings/environment.ts";
import { configWarnings } from "../settings/files/config-warnings.ts";
import { hostNames } from "../settings/host-names.ts";
import { processNotesNames } from "../storage/artifacts/process-notes.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { startedBy } from "../storage/runs/started-by.ts";
import { commandText } from "../text/command-text.ts";
import { explainInPipeline } from "./explain-in-pipeline.ts";
import { rowExplainer } from "./explain-rows.ts";
import { type NotesName, type ReportFiles, readReportModel, writeReportFiles } from "./report-files.ts";
import { mattersEnough } from "./report-model.ts";
import { shownModel } from "./shown-model.ts";

/** A stage that has ended, and what it was started with. */
export interface EndedStage {
  name: string;
  /** True if the stage writes, and was not a dry run. */
  writes: boolean;
  given: Readonly<Record<string, string | undefined>>;
  instance: InstanceName | null;
  run_id: string;
  today: string;
  startedAt: Date;
  endedAt: Date;
  exit: ExitCode;
  /** Null where it failed. */
  report: StageReport | null;
  failures: readonly Reason[];
}

/** Surroundings of a stage: its store, config and environment. */
export interface StagePlace {
  store: ArtifactStore;
  config: Config;
  env: Environment;
  /** Store for its results: in a dry run separate from the others, or none (null). */
  results: ArtifactStore | null;
}

/** Comparisons by the stage that makes or writes them alone. */
const COMPARISON_OF: Readonly<Record<string, Comparison>> = { "partner-sync": "partner", "user-sync": "usgov_user" };
const COMPARES = /^(?:compare|sync)$/;

/** Returns the name of a stage's report, without its ending: `usgov_report` for stages that compare, `process_report`. Pure. */
export function stageReportName({ name, instance, report }: Pick<EndedStage, "name" | "instance" | "report">): string {
  const prefix = instance === null ? null : FILE_PREFIX[instance];
  const comparison = report?.comparison?.name ?? COMPARISON_OF[name] ?? (COMPARES.test(name) ? prefix : null);
  return comparison ? `${comparison}_report` : `${name}${prefix === null ? "" : `_${prefix}`}_report`;
}

/** Writes what people are told of a stage that was run alone, beside its artifacts and into the history. */
export async function writeStageReport(stage: EndedStage, place: StagePlace): Promise<ReportFiles> {
  const { store, config, env, results } = place;
  const { report } = stage;
  const isJob = env.ZDSYNC_GITLAB_JOB === "true";
  const plain = await readReportModel(store, {
    about: {
      kind: "stage",
      explain: isJob ? explainInPipeline(env) : null,
      command: commandText(stage.name, stage.given),
      run_id: stage.run_id,
      today: stage.today,
      hosts: hostsOf(stage.instance, hostNames(env, config)),
      started_at: stage.startedAt.toISOString(),
      seconds: (stage.endedAt.getTime() - stage.startedAt.getTime()) / 1000,
      started_by: startedBy(env),
      exit: stage.exit,
      failures: [...stage.failures, ...(report?.ended?.reasons ?? [])].map((reason) => ({ where: stage.name, reason })),
      warnings: configWarnings(config),
      apply: null,
      writes: stage.writes,
    },
    comparisons: report?.comparison ? [report.comparison] : [],
    results,
    notes: report ? notesOf(stage) : [],
    trend: [],
  });
  const explain = report?.comparison
    ? await rowExplainer({ store, env, runId: stage.run_id }, plain.rows.filter(mattersEnough))
    : undefined;
  const model = shownModel(plain, "names", { explain, audit: null });
  return writeReportFiles(store, model, {
    name: stageReportName(stage),
    place: isJob ? "gitlab" : "terminal",
  });
}

function hostsOf(instance: InstanceName | null, hosts: ReturnType<typeof hostNames>): ReturnType<typeof hostNames> {
  if (instance === null) return hosts;
  const other = instance === "global" ? "us-government" : "global";
  return { ...hosts, [other]: null };
}

/** A stage that only reads tells its own notes; one that compares, beside its own, those of `process` that concern its instance. */
function notesOf({ name, instance }: EndedStage): NotesName[] {
  if (name === "gather-accounts") return ["gather-accounts_notes.json"];
  if (name === "gather-orgs" && instance !== null) return [`gather-orgs_${FILE_PREFIX[instance]}_notes.json`];
  const only = instance ?? (COMPARISON_OF[name] ? COMPARISON[COMPARISON_OF[name]].instance : null);
  return [...processNotesNames(only === null ? INSTANCES : [only])];
}
