import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { snippetsOf } from "./lint.ts";
import { type LocalGitLab, LocalProject, localGitLab } from "./local-gitlab.ts";
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
  test("the dry run writes nothing and leaves the report", async () => {
    const project = await projectOf("dry-run");
    const { exit } = await project.run(SCHEDULE);
    expect(exit).toBe(0);
    expect(there.sandbox.writes()).toEqual([]);
    const report = await readFile(join(project.artifacts("zdsync-summary"), "data/report.md"), "utf8");
    expect(report).toContain("Customers, us-government");
  });

  test("the schedule syncs, as zdsync run does", async () => {
    await using whole = await startWorld();
    await whole.run();
    const { exit } = await (await projectOf("single-pipeline")).run(SCHEDULE);
    expect(exit).toBe(0);
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
    expect(Object.keys(merged).filter((key) => key !== "stages")).toEqual(jobs);
  });
});
