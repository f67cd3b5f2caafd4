import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { openDatabase } from "../../bot/database.ts";
import { createGitlabRunner, type GitlabRunner } from "../../bot/runs/gitlab-runner.ts";
import { type RunState, StartUnknown } from "../../bot/runs/runner.ts";
import { countsToConfirm } from "../../lib/domain/confirmed-counts.ts";
import { pipelineSettings } from "../../lib/remotes/gitlab/pipeline-settings.ts";
import { runPipelines } from "../../sandbox/gitlab/pipeline-child.ts";
import type { DeclaredInput } from "../../sandbox/gitlab/pipeline-inputs.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { RUN_TIMEOUT, TODAY } from "../pipeline/world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const ROOT = join(import.meta.dir, "../..");
const JOBS = ["gather-accounts", "process", "compare-global", "sync-global", "partner-sync", "summary"];

let sandbox: RunningSandbox;
let runs: GitlabRunner;
let folder: string;
let endRunning: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-bot-pipeline-"));
  sandbox = await startSandbox({ today: TODAY, timeFactor: 1000 });
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const [header] = parseAllDocuments(await readFile(join(ROOT, ".gitlab/ci/pipeline.yml"), "utf8"));
  const { spec } = (header?.toJS() ?? {}) as { spec: { inputs: Record<string, DeclaredInput> } };
  sandbox.pipelines.define({ inputs: spec.inputs, jobs: () => JOBS.map((name) => ({ name: `zdsync-${name}` })) });
  endRunning = runPipelines(sandbox.pipelines, {
    argv: [process.execPath, join(ROOT, "bin/zdsync.ts")],
    env: { PATH: process.env.PATH, ...sandbox.env, ZDSYNC_CONFIG: config, PLANS_FILE: join(ROOT, "plans.yml") },
    cwd: folder,
    folder: join(folder, "jobs"),
  });
  const settings = pipelineSettings(sandbox.gitlabEnv, []);
  if (!settings) throw new Error("no settings");
  const database = openDatabase(join(folder, "bot.sqlite"));
  runs = createGitlabRunner(settings, { database, clock: () => new Date(), cache: join(folder, "cache") });
}, RUN_TIMEOUT);
afterAll(async () => {
  await endRunning();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Follows a run by the sandbox's own word that it has changed, as webhooks would. */
async function toItsEnd(id: string): Promise<RunState> {
  for (;;) {
    const state = await runs.look(id);
    if (state.status === "ended") return state;
    await Bun.sleep(50);
  }
}

describe("a run in GitLab, with real children in the place of its jobs", () => {
  test("dry, confirmed, done as confirmed, and then nothing is left to do", async () => {
    const dry = await toItsEnd((await runs.start({ instance: "global", dryRun: true, atMost: null })).id);
    expect(dry).toMatchObject({ exit: 0, dryRun: true, record: { dry_run: true, instances: ["global"] } });
    expect(sandbox.writes()).toEqual([]);
    const atMost = countsToConfirm(dry.record?.comparisons ?? []);
    expect(atMost.global?.creates).toBeGreaterThan(0);

    const unconfirmed = { ...atMost, global: { ...atMost.global, creates: 0 } };
    const refused = await toItsEnd((await runs.start({ instance: "global", dryRun: false, atMost: unconfirmed })).id);
    expect(refused.exit).toBe(4);
    expect(refused.parts).toContainEqual({ name: "sync global", state: "refused" });
    expect(sandbox.writes()).toEqual([]);

    const done = await toItsEnd((await runs.start({ instance: "global", dryRun: false, atMost })).id);
    expect([0, 3]).toContain(done.exit ?? -1);
    expect(sandbox.writes().length).toBeGreaterThan(0);
    const store = await runs.artifacts(done.id);
    const accounts = await store?.readRecords("salesforce_accounts.json");
    expect(accounts?.records.length).toBeGreaterThan(100);
    expect(Object.keys((await store?.readChangesetManifest("global"))?.counts ?? {})).toEqual([
      "creates",
      "updates",
      "marks",
      "contacts",
    ]);
    expect((await runs.ended(new Date(0))).map(({ id }) => id)).toEqual([done.id, refused.id]);
  });

  test("whose start got no answer is known by the run id in its own files", async () => {
    sandbox.addFault({ kind: "lost-answer", service: "gitlab", method: "POST" });
    const start = runs.start({ instance: "global", dryRun: true, atMost: null });
    expect(await start.catch((error: unknown) => error)).toBeInstanceOf(StartUnknown);
    const [created] = sandbox.pipelines.all();
    const found = await toItsEnd(String(created?.id));
    expect(found).toMatchObject({ origin: "bot", dryRun: true, record: { run_id: created?.inputs["run-id"] } });
    const manifest = await (await runs.artifacts(found.id))?.readManifest("salesforce_accounts.json");
    expect(manifest?.run_id).toBe(String(created?.inputs["run-id"]));
  });

  test("that is canceled stops its child", async () => {
    const { id } = await runs.start({ instance: "global", dryRun: true, atMost: null });
    await runs.cancel(id);
    expect(await toItsEnd(id)).toMatchObject({ exit: 5 });
  });
});
