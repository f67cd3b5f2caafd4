import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { STAGES } from "../../bin/stages.ts";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { ActionJob, evaluate, type Step } from "./action-driver.ts";
import { copyOfRepository, machineEnvironment, PATH_WITHOUT_BUN } from "./action-machine.ts";
import { MACHINE_PATH, ROOT, runProgram, sandboxFor } from "./programs.ts";

setDefaultTimeout(RUN_TIMEOUT * 2);

/** The workflow that docs/github.md shows. */
const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(await readFile(join(ROOT, "docs/github.md"), "utf8")) ?? [];
const workflow = parse(example) as { jobs: { sync: { env: Record<string, string>; steps: Step[] } } };
const { env: workflowEnv, steps } = workflow.jobs.sync;
const stageSteps = steps.filter(({ uses }) => uses?.startsWith("example/zdsync/actions/"));

/** Files that Bun and npm read where they are started; `pwned.js` says so where one of them speaks to Bun. */
const HOSTILE_CHECKOUT = {
  "bunfig.toml": 'preload = ["./pwned.js"]\n',
  ".env": "PLANS_FILE=pwned.yml\nZDSYNC_TODAY=1999-01-01\n",
  ".npmrc": "registry=http://pwned.invalid/\n",
  "tsconfig.json": JSON.stringify({ compilerOptions: { baseUrl: ".", paths: { "*": ["./pwned.js"] } } }),
  "pwned.js": 'console.log("PWNED");\nexport default {};\n',
};

let folder = "";
let repository = "";
let machine: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-actions-"));
  repository = await copyOfRepository(folder);
  machine = await machineEnvironment(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function jobFor(name: string, env: Record<string, string>, names = {}): Promise<ActionJob> {
  return new ActionJob(join(folder, name), repository, { ...machine, ...env }, names);
}

describe("the workflow of docs/github.md, in an empty workspace", () => {
  test("B4: secrets stand at the steps that use them; what only reads has no client that writes", () => {
    expect(Object.values(workflowEnv).filter((text) => text.includes("secrets."))).toEqual([]);
    for (const { uses = "", env = {} } of steps) {
      const secrets = Object.values(env).join(" ");
      const stage = /actions\/([a-z-]+)@/.exec(uses)?.[1] ?? "";
      expect({ stage, writes: /_WRITE_/.test(secrets) }).toEqual({ stage, writes: stage.endsWith("sync") });
      expect({ stage, reads: /_READ_/.test(secrets) }).toEqual({ stage, reads: stage === "gather-orgs" });
      expect({ stage, both: /GLOBAL_/.test(secrets) && /USGOV_/.test(secrets) }).toEqual({ stage, both: false });
    }
  });

  test("runs every step of every action, also without Bun on the machine, and does what zdsync run does", async () => {
    await using whole = await startWorld();
    await using there = await sandboxFor(folder);
    await whole.run();
    const values = Object.fromEntries(
      Object.entries(there.env).flatMap(([name, value]) => [
        ...["vars", "secrets"].map((kind) => [`${kind}.${name}`, value]),
        // The sandbox's one client stands for the one that reads and the one that writes.
        ...["READ", "WRITE"].map((client) => [`secrets.${name.replace("_CLIENT_", `_${client}_`)}`, value]),
      ]),
    );
    const env = Object.fromEntries(Object.entries(workflowEnv).map(([name, text]) => [name, evaluate(text, values)]));
    // What the sandbox needs besides: its Slack and the day of its world.
    const { SLACK_API_URL = "", ZDSYNC_TODAY = "" } = there.env;
    const job = await jobFor("whole", { ...env, SLACK_API_URL, ZDSYNC_TODAY, PATH: PATH_WITHOUT_BUN }, values);
    const ended = [];
    for (const step of stageSteps) ended.push(await job.uses(step));
    expect(ended.map(({ exit, printed }) => (exit === 0 ? "" : printed)).join("")).toBe("");
    expect(stateOf(there.sandbox)).toEqual(stateOf(whole.sandbox));
    expect(new Set(ended.map(({ outputs }) => outputs["run-id"])).size).toBe(1);
    const digests = ended.map(({ outputs }) => outputs.digest ?? "");
    expect(digests.map((digest) => /^[0-9a-f]{64}$/.test(digest))).toEqual(
      stageSteps.map(({ uses }) => /compare|sync@/.test(uses ?? "")),
    );
    for (const secret of there.sandbox.secrets)
      expect(ended.some(({ printed }) => printed.includes(secret))).toBeFalse();
    expect(await readdir(job.workspace)).toEqual(["data"]);
  });

  test("names every stage, and only inputs and settings that exist", async () => {
    const used = new Set(stageSteps.map(({ uses }) => /actions\/([a-z-]+)@/.exec(uses ?? "")?.[1] ?? ""));
    expect([...used].sort()).toEqual(Object.keys(STAGES).sort());
  });
});

describe("an action", () => {
  test("installs nothing that only development needs", async () => {
    const job = await jobFor("production", {});
    await job.uses({ uses: "example/zdsync/actions/process@v1" });
    expect((await stat(join(repository, "node_modules/valibot"))).isDirectory()).toBeTrue();
    const installed = await readdir(join(repository, "node_modules"));
    for (const one of ["@biomejs", "@stryker-mutator", "gitlab-ci-local", "msw"]) expect(installed).not.toContain(one);
  });

  test("that fails fails its step, with zdsync's exit code and one sentence, and has no outputs", async () => {
    const job = await jobFor("failing", {});
    const { exit, printed, outputs } = await job.uses({
      uses: "example/zdsync/actions/compare@v1",
      with: { instance: "global" },
    });
    expect(exit).toBe(1);
    expect(printed).toContain("global_accounts.json is missing. Run the stage that writes it");
    expect(outputs).toEqual({ "run-id": "", digest: "" });
  });

  test("S9: a hostile input is data: it fails validation, and nothing of it runs", async () => {
    const job = await jobFor("hostile", {});
    for (const hostile of ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'\ntouch pwned\n'"]) {
      const { exit, printed } = await job.uses({
        uses: "example/zdsync/actions/compare@v1",
        with: { instance: hostile },
      });
      expect({ hostile, exit }).toEqual({ hostile, exit: 2 });
      expect(printed).toContain("expected one of global, us-government");
    }
    expect(await readdir(job.workspace)).not.toContain("pwned");
  });

  test("B4: files of the workspace and variables do not speak to Bun or npm", async () => {
    const job = await jobFor("checkout", { BUN_OPTIONS: "--preload=./pwned.js", BUN_INSPECT_PRELOAD: "./pwned.js" });
    await mkdir(job.workspace, { recursive: true });
    for (const [name, text] of Object.entries(HOSTILE_CHECKOUT)) await writeFile(join(job.workspace, name), text);
    // The canary: Bun started there does obey them.
    const bare = [join(machine.PATH?.split(":")[0] ?? "", "bun"), join(repository, "bin/zdsync.ts"), "--version"];
    const obeyed = await runProgram(bare, { cwd: job.workspace, env: { PATH: MACHINE_PATH } });
    expect(obeyed.printed).toContain("PWNED");
    const { exit, printed } = await job.uses({ uses: "example/zdsync/actions/process@v1" });
    expect(printed).not.toMatch(/PWNED|pwned|1999/);
    expect({ exit, printed }).toEqual({ exit: 2, printed: expect.stringContaining("OVERRIDES_PROJECT") });
  });

  test("works in the workspace, wherever Bun is started, with the workspace's plans before its own", async () => {
    const job = await jobFor("plans", { OVERRIDES_FILE: "overrides.yml" });
    await mkdir(job.workspace, { recursive: true });
    await writeFile(join(job.workspace, "overrides.yml"), "[]");
    const step = { uses: "example/zdsync/actions/process@v1" };
    expect((await job.uses(step)).printed).toContain("salesforce_accounts.json is missing");
    await writeFile(join(job.workspace, "plans.yml"), "- {\n");
    expect((await job.uses(step)).printed).toContain("plans.yml");
  });
});
