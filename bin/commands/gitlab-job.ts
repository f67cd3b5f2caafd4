import { join } from "node:path";
import { resultsName } from "../../lib/changesets/result-files.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { mkdir, rm } from "../../lib/edges/files.ts";
import { ConfigurationError, type Problem, worstOf } from "../../lib/errors.ts";
import { resultsOfJob } from "../../lib/pipeline/dry-run-results.ts";
import { describeInputs, inputVariable, parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import type { Shell, StageEnd } from "../../lib/pipeline/run-stage.ts";
import type { InputsSchema, Stage, StageReport } from "../../lib/pipeline/stage.ts";
import { afterwards } from "../../lib/reasons/capture-failure.ts";
import { annotations } from "../../lib/remotes/gitlab/annotations.ts";
import { CI_FOLDER, type CiJob, ciJob, orderVariable } from "../../lib/remotes/gitlab/ci-job.ts";
import {
  formatReference,
  HANDOFF_FILE,
  HANDOVER_FILE,
  type HandOver,
  referencesIn,
  variablePrefix,
} from "../../lib/remotes/gitlab/hand-over.ts";
import { renderJunit } from "../../lib/report/junit.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { manifestName } from "../../lib/storage/artifacts/manifest.ts";
import { ArtifactStore, sha256Of } from "../../lib/storage/artifacts/store.ts";
import { readOwnFile } from "../../lib/storage/files/own-files.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";

/**
 * Runs a stage as a job of GitLab, where the component asks for it (`ZDSYNC_GITLAB_JOB=true`): fetches what earlier projects of
 * a chain hand over, runs the stage, and writes what GitLab shows and what the next project needs. Anywhere else: just `run`.
 */
export async function asGitlabJob(
  stage: Stage<InputsSchema>,
  given: Readonly<Record<string, string | undefined>>,
  shell: Shell,
  run: (given: Readonly<Record<string, string | undefined>>, shell: Shell) => Promise<StageEnd>,
): Promise<StageEnd> {
  if (shell.env.ZDSYNC_GITLAB_JOB !== "true") return run(given, shell);
  const problems: Problem[] = [];
  const job = ciJob(shell.env, problems);
  // Outside of a chain nobody hands anything over: such a variable would be some other job's word.
  const references = job?.inChain ? referencesIn(shell.env, problems) : [];
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (!job) return run(given, shell);
  const typed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const orders = { ...ordersOf(stage, job, shell.env), ...typed };
  const inputs = parseInputs(stage.inputs, orders, shell.env) as { "data-dir"?: string; instance?: string };
  const folder = inputs["data-dir"] ?? "data";
  // Files of an earlier job of this pipeline may lie here; they must not pass for this one's.
  await rm(CI_FOLDER, { recursive: true, force: true });
  await mkdir(CI_FOLDER, { recursive: true });
  if (references.length > 0) {
    await mkdir(folder, { recursive: true });
    // Only here: it loads the HTTP client, which `--help` has no use for.
    const { takeOver } = await import("../../lib/remotes/gitlab/job-files.ts");
    await takeOver(job, references, {
      isRead: filesRead(stage, inputs.instance),
      keep: (name, bytes) => writeWholeFile(join(folder, name), bytes),
    });
  }
  const end = await run(orders, { ...shell, keepsDryRun: true });
  const { report } = end;
  if (!report) return end;
  let { exit } = end;
  // What the stage wrote to a remote is told, also where nothing more can be written here.
  await afterwards(
    () => writeJobFiles(stage, { ...end, report }, new ArtifactStore(folder), job),
    (problem) => {
      shell.output.err(`error: ${problem.message}`);
      exit = worstOf([exit, problem.exit]);
    },
  );
  return { ...end, exit };
}

/** Inputs that a project may set by a variable instead, as it may at a terminal: no value of theirs makes a job write what it should not. */
const MAY_BE_VARIABLES: ReadonlySet<string> = new Set(["today", "rate-share"]);

/** The inputs of a job, each as text: those of its component and, in a chain, what its first project hands down. */
function ordersOf(stage: Stage<InputsSchema>, job: CiJob, env: Environment): Record<string, string> {
  const text = (variable: string) => env[variable]?.trim() ?? "";
  return Object.fromEntries(
    describeInputs(stage.inputs).flatMap(({ name, flag, required, default: byDefault = "" }) => {
      const own = text(inputVariable(name));
      const handedDown = job.inChain ? text(orderVariable(name)) : "";
      // A dry run that either of them wants is one.
      const value =
        (flag && own === "true" ? own : handedDown || own) ||
        (name === "run-id" ? `pipeline-${job.pipelineId}` : byDefault);
      return value === "" && (required || MAY_BE_VARIABLES.has(name)) ? [] : [[name, value]];
    }),
  );
}

/** Which files of earlier projects a stage is given: those that it reads or passes on, of its instance, and what reports tell. */
function filesRead(stage: Stage, instance: string | undefined): (name: string) => boolean {
  const { reads, notRead, handsOn = [] } = stage;
  const one = instanceOf(stage, instance);
  const prefixes = one ? [FILE_PREFIX[one]] : Object.values(FILE_PREFIX);
  const listed = [...reads, ...handsOn.map(({ file }) => file), "process_<i>_notes.json", "<i>_notes.json"]
    .flatMap((names) => names.match(/[\w<>-]+(?:\.manifest)?\.json/g) ?? [])
    .flatMap((name) => prefixes.map((prefix) => name.replace("<i>", prefix)));
  const names = new Set([...listed, ...listed.map(manifestName)]);
  const kept = new Set(one ? notRead?.[one] : []);
  return (name) => names.has(name) && !kept.has(name) && !(one && isOfAnother(name, one));
}

/** The instance that a job works on: the one named, else the only one that its stage talks to; undefined for both or neither. */
function instanceOf(stage: Stage, named: string | undefined): InstanceName | undefined {
  if ("instance" in stage.inputs.entries) return INSTANCES.find((name) => name === named);
  return stage.needs({} as never).zendesk?.[0];
}

/** True if the file's name says it belongs to another instance: some stages read more in one instance than in the other. */
function isOfAnother(name: string, instance: InstanceName): boolean {
  const words = name.split(/[_.]/);
  return INSTANCES.some((other) => other !== instance && words.includes(FILE_PREFIX[other]));
}

async function writeJobFiles(
  stage: Stage,
  { report, dryRun, files }: { report: StageReport } & Pick<StageEnd, "dryRun" | "files">,
  store: ArtifactStore,
  job: CiJob,
): Promise<void> {
  const prefix = "instance" in stage.inputs.entries && report.instance ? FILE_PREFIX[report.instance] : null;
  const passedOn = filesPassedOn(stage, report.instance);
  await store.remove(...passedOn.kept);
  const bytes = await writeHandOver([...filesMade(stage, prefix), ...passedOn.files], stage, report, store, job);
  if (job.inChain)
    await writeWholeFile(join(CI_FOLDER, HANDOFF_FILE), dotenv(variablePrefix(stage.name, prefix), job, bytes));
  const { comparison } = report;
  if (!comparison) return;
  const kept = resultsOfJob(store, dryRun);
  const results = comparison.results ? (await kept.readRecords(resultsName(comparison.name))).records : [];
  await writeWholeFile(join(CI_FOLDER, "junit.xml"), renderJunit(comparison, results, { dryRun, place: "gitlab" }));
  if (files) await writeWholeFile(join(CI_FOLDER, "annotations.json"), annotations(job, store.directory, files));
}

/** File names the stage makes: for one instance or, if it works on both, for each. */
function filesMade({ makes }: Stage, prefix: string | null): string[] {
  const prefixes = prefix === null ? Object.values(FILE_PREFIX) : [prefix];
  return makes.flatMap((name) => (name.includes("<i>") ? prefixes.map((one) => name.replace("<i>", one)) : [name]));
}

/** Files read and handed on unchanged, and those only the other instance's job hands on, which must not be among the artifacts. */
function filesPassedOn({ handsOn = [] }: Stage, instance: InstanceName | undefined) {
  const isOurs = ({ instances }: (typeof handsOn)[number]) => instance === undefined || instances.includes(instance);
  const { files = [], kept = [] } = Object.groupBy(handsOn, (one) => (isOurs(one) ? "files" : "kept"));
  return { files: files.map(({ file }) => file), kept: kept.map(({ file }) => file) };
}

/** Writes the list of files that the next job takes over, and with `packages` puts them into the registry. */
async function writeHandOver(
  made: readonly string[],
  stage: Stage,
  report: StageReport,
  store: ArtifactStore,
  job: CiJob,
): Promise<Buffer> {
  const files: { name: string; sha256: string; bytes: Buffer }[] = [];
  for (const name of new Set(
    made.flatMap((one) => [one, ...(one.includes(".manifest.") ? [] : [manifestName(one)])]),
  )) {
    const bytes = await readOwnFile(store.path(name));
    if (bytes) files.push({ name, sha256: sha256Of(bytes), bytes });
  }
  const handOver: HandOver = {
    schema: 1,
    stage: stage.name,
    run_id: report.run_id,
    folder: store.directory,
    files: files.map(({ name, sha256 }) => ({ name, sha256 })),
  };
  const list = Buffer.from(`${JSON.stringify(handOver, null, 2)}\n`);
  await writeWholeFile(join(CI_FOLDER, HANDOVER_FILE), list);
  if (job.transport === "packages") {
    const { publish } = await import("../../lib/remotes/gitlab/job-files.ts");
    await publish(job, [...files, { name: HANDOVER_FILE, bytes: list }]);
  }
  return list;
}

/** The one variable for the job that starts the next project: which exact job hands over what. */
function dotenv(prefix: string, job: CiJob, list: Buffer): string {
  return `${prefix}_HANDOVER=${formatReference({ ...job, sha256: sha256Of(list) })}\n`;
}
