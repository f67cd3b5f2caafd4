import { expect } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import { openDatabase } from "../../../bot/database.ts";
import { createGitlabRunner } from "../../../bot/runs/gitlab-runner.ts";
import { RunnerError } from "../../../bot/runs/runner.ts";
import { type PipelineSettings, pipelineSettings } from "../../../lib/remotes/gitlab/pipeline-settings.ts";
import { type RunRecord, runRecordText } from "../../../lib/storage/runs/run-record.ts";
import type { DeclaredInput } from "../../../sandbox/gitlab/pipeline-inputs.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import type { RequestHook } from "../../../sandbox/types.ts";

const open: (() => Promise<unknown>)[] = [];

/** Ends what a test has opened. */
export async function closeWorlds(): Promise<void> {
  for (const close of open.splice(0).toReversed()) await close();
}

/** A confirmed run of both instances. */
export const ORDER = { instance: null, dryRun: false, atMost: { global: { creates: 2 } } } as const;
export const JOBS = ["gather-accounts", "compare-global", "sync-global", "summary"].map((name) => `zdsync-${name}`);

/** A sandbox whose sync project has zdsync's own pipeline, inputs as its YAML declares them. */
export async function world(
  change: (settings: PipelineSettings) => Partial<PipelineSettings> = () => ({}),
  onRequest?: RequestHook,
) {
  const sandbox = await startSandbox({ accounts: 1, today: "2026-11-23", ...(onRequest ? { onRequest } : {}) });
  open.push(() => sandbox.stop());
  const [header] = parseAllDocuments(await readFile(join(import.meta.dir, "../../../.gitlab/ci/pipeline.yml"), "utf8"));
  const { spec } = (header?.toJS() ?? { spec: { inputs: {} } }) as { spec: { inputs: Record<string, DeclaredInput> } };
  sandbox.pipelines.define({ inputs: spec.inputs, jobs: () => JOBS.map((name) => ({ name })) });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-runner-"));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const given = pipelineSettings(sandbox.gitlabEnv, []);
  if (!given) throw new Error("no settings");
  const settings = { ...given, ...change(given) };
  const runner = (more: { timeoutMs?: number } = {}) =>
    createGitlabRunner(settings, {
      database: openDatabase(join(folder, "bot.sqlite")),
      clock: () => new Date(),
      cache: join(folder, "cache"),
      sleep: async () => {},
      timeoutMs: 5_000,
      ...more,
    });
  return { sandbox, settings, folder, runner };
}

/** A record of a run, with what matters in a test. */
export function record(of: Partial<RunRecord>): RunRecord {
  return {
    schema: 1,
    run_id: "pipeline-1001",
    command: "run",
    dry_run: false,
    instances: ["global", "us-government"],
    host: "runner",
    pid: null,
    started_at: "2026-11-24T10:00:00.000Z",
    ended_at: "2026-11-24T10:20:00.000Z",
    exit: null,
    steps: [],
    comparisons: [],
    failures: [],
    unknown_charges: [],
    conflicts: [],
    merged: [],
    moved: [],
    ...of,
  };
}

/** Every job to its end; the last one leaves the run record. */
export function end(sandbox: RunningSandbox, id: string, left: RunRecord, failed: string[] = []) {
  const jobs = JOBS.map((name) => [name, { status: failed.includes(name) ? "failed" : "success" }] as const);
  const summary = { status: "success", artifacts: { "data/run.json": runRecordText(left) } } as const;
  sandbox.pipelines.advance(Number(id), { jobs: { ...Object.fromEntries(jobs), "zdsync-summary": summary } });
}

/** What the runner says went wrong. */
export const messageOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(RunnerError);
  return (error as Error).message;
};
