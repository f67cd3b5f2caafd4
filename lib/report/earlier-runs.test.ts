import { afterEach, expect, test } from "bun:test";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { type RunRecord, runRecordText } from "../storage/runs/run-record.ts";
import { earlierRuns } from "./earlier-runs.ts";

const SUMMARY = "zdsync-summary";
const COUNTS = { applied: 0, failed: 0, skipped: 0 };
let sandbox: RunningSandbox | null = null;
afterEach(() => sandbox?.stop());

function record(id: number, dryRun = false): RunRecord {
  return {
    schema: 1,
    run_id: `pipeline-${id}`,
    command: "pipeline",
    dry_run: dryRun,
    instances: ["global", "us-government"],
    host: "gitlab",
    pid: null,
    started_at: `2026-11-24T10:00:${String(id % 60).padStart(2, "0")}.000Z`,
    ended_at: "2026-11-24T10:20:00.000Z",
    exit: 0,
    steps: [],
    comparisons: [
      {
        name: "global",
        existing: 100,
        planned: { creates: 2, updates: 0, marks: 0, contacts: 0 },
        measures: [],
        further_measures: [],
        refusals: [],
        refused: [],
        unconfirmed: [],
        results: { create: { ...COUNTS, applied: 2 }, update: COUNTS, mark: COUNTS, contact: { ...COUNTS, failed: 1 } },
      } as RunRecord["comparisons"][number],
    ],
    failures: [],
    unknown_charges: [],
    conflicts: [],
    merged: [],
    moved: [],
  };
}

/** A project with pipelines whose last jobs left these. */
async function project(lefts: ((id: number) => string | null)[]) {
  const started = await startSandbox({ accounts: 1, today: "2026-11-23" });
  sandbox = started;
  started.pipelines.define({ inputs: {}, jobs: () => [{ name: SUMMARY }] });
  const ids: number[] = [];
  for (const left of lefts) {
    const answer = await fetch(
      `${started.urls.gitlab}/api/v4/projects/${encodeURIComponent(started.gitlabEnv.GITLAB_PROJECT ?? "")}/pipeline`,
      {
        method: "POST",
        headers: { "PRIVATE-TOKEN": started.gitlabEnv.GITLAB_API_TOKEN ?? "", "content-type": "application/json" },
        body: JSON.stringify({ ref: started.gitlabEnv.GITLAB_REF ?? "main" }),
      },
    );
    const { id } = (await answer.json()) as { id: number };
    const text = left(id);
    const artifacts = text === null ? {} : { "data/run.json": text };
    started.pipelines.advance(id, { jobs: { [SUMMARY]: { status: "success", artifacts } } });
    ids.push(id);
  }
  const env = {
    CI_API_V4_URL: `${started.urls.gitlab}/api/v4`,
    CI_PROJECT_ID: started.gitlabEnv.GITLAB_PROJECT,
    CI_PIPELINE_ID: String(ids.at(-1)),
    CI_JOB_ID: "1",
    CI_JOB_NAME: SUMMARY,
    CI_COMMIT_REF_NAME: started.gitlabEnv.GITLAB_REF ?? "main",
    GITLAB_READ_TOKEN: started.gitlabEnv.GITLAB_READ_TOKEN ?? started.gitlabEnv.GITLAB_API_TOKEN,
  };
  return { started, ids, env };
}

test("the last runs, oldest first, each with its counts and a link to its page; not this one, no dry run, nothing damaged", async () => {
  const run = (id: number) => runRecordText(record(id));
  const { ids, env } = await project([run, (id) => runRecordText(record(id, true)), () => null, () => "{", run, run]);
  const trend = await earlierRuns(env, { dataDir: "data" });
  expect(trend.map(({ run_id }) => run_id)).toEqual([ids[0], ids[4]].map((id) => `pipeline-${id}`));
  expect(trend[0]).toMatchObject({ created: 2, updated: 0, marked: 0, failed: 1, exit: 0 });
  expect(trend[0]?.href).toMatch(/^http.*\/-\/jobs\/\d+\/artifacts\/file\/data\/report\.html$/);
});

test("at most so many, and no more is asked than that needs", async () => {
  const { started, env } = await project(Array.from({ length: 14 }, () => (id) => runRecordText(record(id))));
  started.clearRequests();
  expect(await earlierRuns(env, { dataDir: "data", most: 4 })).toHaveLength(4);
  expect(started.requests.filter(({ path }) => path.includes("/artifacts/")).length).toBeLessThanOrEqual(6);
});

test("without a token, or where GitLab refuses it, there is none, and nothing fails", async () => {
  const { started, env } = await project([(id) => runRecordText(record(id)), () => null]);
  started.clearRequests();
  expect(await earlierRuns({ ...env, GITLAB_READ_TOKEN: "" }, { dataDir: "data" })).toEqual([]);
  expect(started.requests).toEqual([]);
  expect(await earlierRuns({ ...env, GITLAB_READ_TOKEN: "glpat-wrong" }, { dataDir: "data" })).toEqual([]);
});
