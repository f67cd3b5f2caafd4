import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { InputValues } from "./pipeline-inputs.ts";
import type { Status } from "./pipeline-store.ts";
import type { CreatedPipeline, Pipelines } from "./pipelines.ts";

export interface ReallyRun {
  /** The program and its first words; `run` and its flags are put behind. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Every pipeline works in a folder of its own in there. */
  folder: string;
}

/** Exit codes after which a job counts as done: 0, and 3, which the jobs allow. */
const DONE = [0, 3];
/** A child whose pipeline was canceled is asked to stop, looked for so often. */
const LOOK_MS = 200;

/**
 * Really runs every pipeline that is created from now on, as one child process: inputs become its flags, and when it has ended its
 * files are the jobs' artifacts. Cancel asks it to stop. Answers how to end it: waits for the children that go on.
 */
export function runPipelines(pipelines: Pipelines, how: ReallyRun): () => Promise<void> {
  const going = new Set<Promise<void>>();
  const end = pipelines.onCreated((pipeline) => {
    const run = runOne(pipeline, pipelines, how).finally(() => going.delete(run));
    going.add(run);
  });
  return async () => {
    end();
    await Promise.all([...going]);
  };
}

async function runOne(pipeline: CreatedPipeline, pipelines: Pipelines, how: ReallyRun): Promise<void> {
  const names = (pipelines.all().find(({ id }) => id === pipeline.id)?.jobs ?? []).map(({ name }) => name);
  const dataDir = join(how.folder, String(pipeline.id), "data");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [summary, ...others] = names.toReversed();
  pipeline.advance({ jobs: all(others, "running") });
  const child = Bun.spawn([...how.argv, ...flags(pipeline, dataDir)], {
    env: { ...how.env },
    ...(how.cwd === undefined ? {} : { cwd: how.cwd }),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const watch = setInterval(() => {
    if (pipeline.ended()) child.kill("SIGTERM");
  }, LOOK_MS);
  const code = await child.exited;
  clearInterval(watch);
  const artifacts = await filesIn(dataDir, runIdOf(pipeline));
  const status: Status = DONE.includes(code) ? "success" : "failed";
  const record = artifacts["data/run.json"];
  pipeline.advance({
    jobs: {
      ...Object.fromEntries(others.map((name) => [name, { status, artifacts }])),
      ...(summary ? { [summary]: { status: "success", artifacts: record ? { "data/run.json": record } : {} } } : {}),
    },
  });
}

function all(names: readonly string[], status: Status) {
  return Object.fromEntries(names.map((name) => [name, { status }]));
}

/** As the jobs do: the input, and else their own. */
function runIdOf({ id, inputs }: CreatedPipeline): string {
  const given = inputs["run-id"];
  return typeof given === "string" && given !== "" ? given : `pipeline-${id}`;
}

/** What the components hand on in variables, a child gets as flags; an empty text is an input that is not set. */
function flags(pipeline: CreatedPipeline, dataDir: string): string[] {
  const { inputs } = pipeline;
  const text = (name: string, values: InputValues = inputs) => {
    const value = values[name];
    return typeof value === "string" && value !== "" ? [`--${name}`, value] : [];
  };
  const { instances } = inputs;
  return [
    "run",
    "--json",
    "--run-id",
    runIdOf(pipeline),
    "--data-dir",
    dataDir,
    ...(inputs["dry-run"] === true ? ["--dry-run"] : []),
    ...(instances === "global" || instances === "us-government" ? ["--instance", instances] : []),
    ...["allow", "at-most", "expect", "max-age", "deadline", "rate-share", "today"].flatMap((name) => text(name)),
  ];
}

/** The files of a data directory, and of its `inputs/`, by their paths as artifacts; the run's own record lies in its history. */
async function filesIn(dataDir: string, runId: string): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  for (const folder of ["", "inputs/"])
    for (const name of await readdir(join(dataDir, folder)).catch((): string[] => [])) {
      const path = join(dataDir, folder, name);
      if ((await stat(path)).isFile()) found[`data/${folder}${name}`] = await readFile(path);
    }
  const record = await readFile(join(dataDir, "history", runId, "run.json")).catch(() => null);
  if (record) found["data/run.json"] = record;
  return found;
}
