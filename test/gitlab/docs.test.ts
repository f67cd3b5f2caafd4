import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { readRunRecordFile } from "../../lib/storage/runs/read-run-records.ts";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { snippetsOf } from "./lint.ts";
import { type LocalGitLab, LocalProject, localGitLab, type PipelineEnded } from "./local-gitlab.ts";
import { ROOT, sandboxFor } from "./programs.ts";

/** The snippets of docs/gitlab.md as they stand there, each as the `.gitlab-ci.yml` of a project. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const SCHEDULE = { source: "schedule" };
const BOTH = ["global", "us-government"];
const JOBS = [
  "zdsync-gather-accounts",
  ...BOTH.map((instance) => `zdsync-gather-orgs-${instance}`),
  ...BOTH.map((instance) => `zdsync-process-${instance}`),
  ...BOTH.map((instance) => `zdsync-compare-${instance}`),
  ...BOTH.map((instance) => `zdsync-sync-${instance}`),
  "zdsync-partner-sync",
  "zdsync-user-sync",
  "zdsync-summary",
];
const snippets = snippetsOf(await readFile(join(ROOT, "docs/gitlab.md"), "utf8"));
let folder = "";
let gitlab: LocalGitLab;
let there: Awaited<ReturnType<typeof sandboxFor>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-docs-"));
  gitlab = await localGitLab(folder);
  there = await sandboxFor(folder);
}, RUN_TIMEOUT);
afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function projectOf(name: string): Promise<LocalProject> {
  return LocalProject.create(gitlab, `support/${name}`, { ".gitlab-ci.yml": snippets.get(name) ?? "" }, there.env);
}

describe("ten minutes: a sync every hour", () => {
  let project: LocalProject;
  let ended: PipelineEnded;
  const left = (job: string, file: string) => join(project.artifacts(job), file);
  beforeAll(async () => {
    project = await projectOf("dry-run");
    ended = await project.run({ ...SCHEDULE, exits: "any" });
  }, RUN_TIMEOUT);

  test("the dry run writes nothing and leaves the report", async () => {
    expect(there.sandbox.writes()).toEqual([]);
    const report = await readFile(left("zdsync-summary", "data/report.md"), "utf8");
    expect(report).toContain("Customers, us-government");
  });

  test("A1: every job of the dry run ends green", () => {
    expect(ended.jobs).toEqual(Object.fromEntries(JOBS.map((name) => [name, 0])));
  });

  test("A1: name, JUnit and run.json of the dry run say what would be done", async () => {
    const record = await readRunRecordFile(left("zdsync-summary", "data/run.json"));
    expect(record).toMatchObject({ dry_run: true, exit: 0, failures: [] });
    const planned = (effect: "creates" | "updates" | "marks" | "contacts") =>
      (record?.comparisons ?? []).reduce((sum, comparison) => sum + comparison.planned[effect], 0);
    expect(planned("creates")).toBeGreaterThan(10);
    const [name] = /zdsync dry run: .*/.exec(ended.printed) ?? [];
    expect(name).toBe(
      `zdsync dry run: ${planned("creates")} to create, ${planned("updates")} to update, ${planned("marks")} to mark, ${planned("contacts")} contacts to add`,
    );
    for (const { name: comparison, planned: counts, results } of record?.comparisons ?? []) {
      const { create } = results ?? {};
      expect({ comparison, creates: (create?.applied ?? 0) + (create?.skipped ?? 0) }).toEqual({
        comparison,
        creates: counts.creates,
      });
    }
    const junit = await readFile(
      join(project.folder, ".gitlab-ci-local/builds/zdsync-sync-global/.zdsync/junit.xml"),
      "utf8",
    );
    const creates = record?.comparisons.find(({ name: one }) => one === "global")?.results?.create.applied;
    expect(junit).toContain(`name="create would be applied (${creates})"><skipped`);
    expect(junit).not.toMatch(/"(?:create|update|mark) applied/);
  });

  test("A1: the jobs of a dry run say in their logs that it was one", () => {
    for (const job of ["sync-global", "sync-us-government", "partner-sync", "user-sync"])
      expect(ended.printed).toMatch(new RegExp(`^zdsync-${job} .*dry run`, "m"));
  });

  test("the schedule syncs, as zdsync run does", async () => {
    await using whole = await startWorld();
    await whole.run();
    const { jobs } = await (await projectOf("single-pipeline")).run(SCHEDULE);
    expect(jobs).toEqual(Object.fromEntries(JOBS.map((name) => [name, 0])));
    expect(stateOf(there.sandbox)).toEqual(stateOf(whole.sandbox));
  });
});

describe("the other snippets merge into what GitLab's schema takes", () => {
  test.each([
    ["run-form", SCHEDULE, JOBS],
    ["whole-pipeline-lock", SCHEDULE, ["sync"]],
    ["chain-start", SCHEDULE, ["zdsync-chain"]],
    [
      "chain-compare",
      { source: "pipeline" },
      [
        "zdsync-compare-global",
        "zdsync-compare-us-government",
        "zdsync-start-sync-global",
        "zdsync-start-sync-us-government",
      ],
    ],
    ["components", SCHEDULE, ["zdsync-gather-accounts", "zdsync-process-both"]],
  ])("%s", async (name, start, jobs) => {
    const merged = parse(await (await projectOf(name)).preview(start));
    expect(new Set(Object.keys(merged).filter((key) => key !== "stages"))).toEqual(new Set(jobs));
  });
});
