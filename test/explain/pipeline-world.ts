import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipelineSummary } from "../../bin/commands/pipeline-summary.ts";
import { type StageName, stageJobs } from "../../lib/pipeline/stage-graph.ts";
import type { JobStep } from "../../sandbox/gitlab/pipeline-store.ts";
import { startWorld, type TestWorld } from "../pipeline/world.ts";

/** The jobs of the ready-made pipeline in an order that their `needs` allow: each has one instance only, as B5 wants it. */
const JOBS = stageJobs().map(({ name, stage, instance, isTold }): [string, StageName, Record<string, string>] => [
  name,
  stage,
  isTold && instance ? { instance } : {},
]);

/** A pipeline of the sandbox's GitLab, whose jobs keep what the stages really left. */
export interface PipelineWorld extends AsyncDisposable {
  world: TestWorld;
  /** What each job keeps, by its name without the prefix. */
  kept: ReadonlyMap<string, Record<string, Uint8Array>>;
  /** What a job of an ended pipeline kept is there now, and was not before. */
  fill(pipeline: number, job: string): void;
  /** A pipeline whose jobs keep that; `change` says what one of them keeps instead, null for a job that is still running. */
  start(change?: (job: string, files: Record<string, Uint8Array>) => Record<string, Uint8Array> | null): number;
}

/** Runs every stage alone, as jobs do, in a world of 150 accounts. */
export async function startPipelineWorld(): Promise<PipelineWorld> {
  const world = await startWorld({ accounts: 150 });
  const kept = new Map<string, Record<string, Uint8Array>>();
  let before = new Map<string, Buffer>();
  const keep = async (job: string) => {
    const after = await filesIn(world.dataDir);
    const written = [...after].filter(([name, bytes]) => !before.get(name)?.equals(bytes));
    kept.set(job, Object.fromEntries(written.map(([name, bytes]) => [`data/${name}`, new Uint8Array(bytes)])));
    before = after;
  };
  for (const [job, stage, given] of JOBS) {
    const end = await world.stage(stage, { ...given, "run-id": "pipeline-1" });
    if (end.exit !== 0 && end.exit !== 3) throw new Error(`${job} ended with ${end.exit}: ${world.printed()}`);
    await keep(job);
  }
  const output = { out: () => {}, err: () => {}, live: false as const };
  const shell = { env: world.sandbox.env, output, clock: () => new Date() };
  await pipelineSummary.run({
    name: "pipeline-summary",
    given: { "data-dir": world.dataDir, "run-id": "pipeline-1" },
    json: false,
    shell,
  });
  await keep("summary");
  const { pipelines } = world.sandbox;
  const names = [...kept.keys()];
  pipelines.define({ inputs: {}, jobs: () => names.map((name) => ({ name: `zdsync-${name}` })) });
  return {
    world,
    kept,
    start(change = (_, files) => files) {
      const { id } = pipelines.start({ source: "schedule" });
      const steps = names.map((name): [string, JobStep] => {
        const artifacts = change(name, kept.get(name) ?? {});
        return [`zdsync-${name}`, artifacts ? { status: "success", artifacts } : { status: "running" }];
      });
      pipelines.advance(id, { jobs: Object.fromEntries(steps) });
      return id;
    },
    fill(id, job) {
      pipelines.advance(id, { jobs: { [`zdsync-${job}`]: { status: "success", artifacts: kept.get(job) ?? {} } } });
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** What a job's `artifacts: paths` can take: no history and no folder that begins with a dot. */
async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const one of found) {
    const name = join(one.parentPath, one.name).slice(folder.length + 1);
    if (one.isFile() && !/^(?:history|\.)/.test(name)) files.set(name, await readFile(join(folder, name)));
  }
  return files;
}
