import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepRunInPipeline } from "../pipeline/rules-project.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { LocalProject, localGitLab } from "./local-gitlab.ts";
import { ROOT } from "./programs.ts";

/** The component `simulate` in the project of the simulation: gitlab-ci-local plays GitLab's runner, the sandbox its API. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const [BASE, HEAD] = ["a".repeat(40), "b".repeat(40)];

let folder: string;
let world: TestWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-simulate-"));
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  await keepRunInPipeline(world);
  const plans = await readFile(join(ROOT, "plans.yml"), "utf8");
  const { rules } = world.sandbox;
  rules.files.set(BASE ?? "", new Map([["plans.yml", plans]]));
  rules.files.set(HEAD ?? "", new Map([["plans.yml", plans.replace("SaaS - Ultimate - 1 Year\n", "SaaS - Other\n")]]));
  rules.mergeRequests = [{ iid: 12, state: "opened", base: BASE ?? "", head: HEAD ?? "" }];
}, RUN_TIMEOUT);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("a trigger with a merge request gets its note; over the limits is an answer, not a failed pipeline", async () => {
  const template = await readFile(join(ROOT, "templates/simulate/template.yml"), "utf8");
  const include = `include:
  - local: /templates/simulate/template.yml
    inputs: { merge-request: "12", commit: "${HEAD}" }
`;
  const files = { ".gitlab-ci.yml": include, "templates/simulate/template.yml": template };
  const project = await LocalProject.create(
    await localGitLab(folder),
    "support/simulate",
    files,
    world.sandbox.rulesEnv,
  );
  expect(await project.list({ source: "schedule" })).toEqual([]);
  const ended = await project.run({ source: "trigger", exits: { "zdsync-simulate": 4 } });
  expect(ended.jobs).toEqual({ "zdsync-simulate": 4 });
  expect(world.sandbox.rules.notes.map(({ iid, body }) => [iid, body.split("\n")[1]?.slice(0, 39)])).toEqual([
    [12, "**zdsync simulate: over the limits** (r"],
  ]);
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => String(name));
  expect(names.filter((name) => name.length > 8 && ended.printed.includes(name))).toEqual([]);
});
