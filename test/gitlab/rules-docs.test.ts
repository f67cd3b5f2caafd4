import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepRunInPipeline } from "../pipeline/rules-project.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { snippetsOf } from "./lint.ts";
import { type LocalGitLab, LocalProject, localGitLab } from "./local-gitlab.ts";
import { ROOT } from "./programs.ts";

/** The pipelines of docs/rules.md as they stand there, each as the `.gitlab-ci.yml` of its project. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const snippets = snippetsOf(await readFile(join(ROOT, "docs/rules.md"), "utf8"));
const [BASE, HEAD] = ["a".repeat(40), "b".repeat(40)];

let folder: string;
let gitlab: LocalGitLab;
let world: TestWorld;
let plans: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-rules-docs-"));
  gitlab = await localGitLab(folder);
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  plans = await readFile(join(ROOT, "plans.yml"), "utf8");
}, RUN_TIMEOUT);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("the rules' project: its cases are tested, and the trigger names the merge request and its head", async () => {
  const { sandbox } = world;
  const inputs = { "merge-request": { type: "string", default: "" }, commit: { type: "string", default: "" } } as const;
  sandbox.pipelines.define({ inputs, jobs: () => [{ name: "zdsync-simulate" }] });
  // The sandbox's project of runs stands for that of the simulation.
  const ci = (snippets.get("rules-project") ?? "").replace("projects/1234/", "projects/4712/");
  const { GITLAB_TRIGGER_TOKEN = "" } = sandbox.gitlabEnv;
  const files = {
    ".gitlab-ci.yml": ci,
    "plans.yml": plans,
    "plans.test.yml": await readFile(join(ROOT, "plans.test.yml"), "utf8"),
  };
  const project = await LocalProject.create(gitlab, "support/zdsync-rules", files, {
    SIMULATE_TRIGGER_TOKEN: GITLAB_TRIGGER_TOKEN,
    CI_API_V4_URL: `${sandbox.urls.gitlab}/api/v4`,
    CI_MERGE_REQUEST_IID: "12",
    CI_COMMIT_SHA: HEAD ?? "",
  });
  expect(await project.list({ source: "push" })).toEqual(["test"]);
  const ended = await project.run({ source: "merge_request_event" });
  expect(ended.jobs).toEqual({ test: 0, simulate: 0 });
  expect(ended.printed).not.toContain(GITLAB_TRIGGER_TOKEN);
  const asked = sandbox.requests.filter(({ path }) => path.includes("/trigger/pipeline"));
  expect(asked.map(({ status }) => status)).toEqual([201]);
  expect(sandbox.pipelines.all()[0]).toMatchObject({
    source: "trigger",
    inputs: { "merge-request": "12", commit: HEAD },
  });
});

test("the simulation's project: the inputs of the trigger reach the component, and the note is written", async () => {
  const { rules } = world.sandbox;
  await keepRunInPipeline(world);
  rules.files.set(BASE ?? "", new Map([["plans.yml", plans]]));
  rules.files.set(HEAD ?? "", new Map([["plans.yml", plans.replace("SaaS - Ultimate - 1 Year\n", "SaaS - Other\n")]]));
  rules.mergeRequests = [{ iid: 12, state: "opened", base: BASE ?? "", head: HEAD ?? "" }];
  const files = { ".gitlab-ci.yml": snippets.get("simulation-project") ?? "" };
  const project = await LocalProject.create(gitlab, "support/zdsync-simulation", files, world.sandbox.rulesEnv);
  expect(await project.list({ source: "trigger" })).toEqual([]);
  const inputs = { "merge-request": "12", commit: HEAD ?? "" };
  const ended = await project.run({ source: "trigger", inputs, exits: { "zdsync-simulate": 4 } });
  expect(ended.jobs).toEqual({ "zdsync-simulate": 4 });
  expect(rules.notes.map(({ iid }) => iid)).toEqual([12]);
});
