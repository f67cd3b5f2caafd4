import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { InstanceName } from "../../../lib/domain/instance.ts";
import { type StageJob, stageJobs } from "../../../lib/pipeline/stage-graph.ts";
import type { Computer } from "../kernel/simulation.ts";
import type { Disturbances, WatchedRuns } from "./run-watched.ts";
import type { RunSeen } from "./seen.ts";

const ROOT = join(import.meta.dir, "../../..");

/** The jobs of all instances, and of one, in an order in which each has what it needs (.gitlab/ci/pipeline.yml). */
const COMMON = stageJobs([]);
const branchOf = (instance: InstanceName) => stageJobs([instance]).filter((job) => job.instance === instance);

/** What a pipeline is run with. */
export interface PipelineDeps {
  computer: Computer;
  runs: WatchedRuns;
  /** Unique in the story. */
  number: number;
  instances: readonly InstanceName[];
  given: Readonly<Record<string, string>>;
  disturbances: Disturbances & { faults: boolean };
  /** 0 to 1: which job is disturbed. */
  which: number;
}

/**
 * Runs the nine stages as GitLab does: each in a folder of its own, which holds what the jobs it needs have as artifacts; the branches
 * side by side. A job is run where all it needs ended with 0, or 3.
 */
export async function runPipeline(deps: PipelineDeps): Promise<RunSeen[]> {
  const ends = new Map<string, RunSeen>();
  const branches = deps.instances.map(branchOf);
  const all = [...COMMON, ...branches.flat()];
  const disturbed = all[Math.floor(deps.which * all.length)];
  const perform = async (job: StageJob) => {
    if (!job.needs.every((name) => [0, 3].includes(Number(ends.get(name)?.exit ?? -1)))) return;
    ends.set(job.name, await runJob(job, deps, { isDisturbed: job === disturbed, beside: branches.length > 1 }));
  };
  for (const job of COMMON) await perform(job);
  await Promise.all(
    branches.map(async (jobs) => {
      for (const job of jobs) await perform(job);
    }),
  );
  return all.flatMap(({ name }) => ends.get(name) ?? []);
}

async function runJob(
  { name, stage, instance, isTold, needs }: StageJob,
  { computer, runs, number, given, disturbances }: PipelineDeps,
  { isDisturbed, beside }: { isDisturbed: boolean; beside: boolean },
): Promise<RunSeen> {
  const folder = (job: string) => `/builds/${number}/${job}/data`;
  for (const needed of needs) {
    const stageOf = stageJobs().find((one) => one.name === needed)?.stage ?? needed;
    for (const [path, content] of computer.disk.files(folder(needed))) {
      const file = path.slice(folder(needed).length + 1);
      if (isArtifactOf(stageOf, file)) computer.disk.write(join(folder(name), file), content);
    }
  }
  const flags = {
    "data-dir": folder(name),
    "run-id": `pipeline-${number}`,
    ...(isTold && instance ? { instance } : {}),
    ...accepted(stage, given),
  };
  const { faults, ...others } = disturbances;
  return runs.run(computer, stage, flags, { faults, beside, ...(isDisturbed ? others : {}) });
}

/** Of the flags of a run, those that the stage knows. */
function accepted(stage: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const known =
    stage === "compare"
      ? ["allow"]
      : ["sync", "partner-sync", "user-sync"].includes(stage)
        ? ["allow", "dry-run", "deadline"]
        : [];
  return Object.fromEntries(Object.entries(given).filter(([name]) => known.includes(name)));
}

const artifacts = new Map<string, RegExp[]>();

/** Whether the stage's component keeps a file of the data directory for the jobs after it. */
function isArtifactOf(stage: string, file: string): boolean {
  const known = artifacts.get(stage) ?? patternsOf(stage);
  artifacts.set(stage, known);
  return known.some((pattern) => pattern.test(file));
}

function patternsOf(stage: string): RegExp[] {
  const text = readFileSync(join(ROOT, "templates", stage, "template.yml"), "utf8");
  const [, jobs] = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
  const [job] = Object.values(jobs ?? {}) as { artifacts?: { paths?: string[] } }[];
  return (job?.artifacts?.paths ?? []).map((path) => {
    const inFolder = path.replace("$[[ inputs.data-dir ]]/", "").replace(/[.+]/g, "\\$&").replaceAll("*", "[^/]*");
    return new RegExp(inFolder.endsWith("/") ? `^${inFolder}` : `^${inFolder}$`);
  });
}
