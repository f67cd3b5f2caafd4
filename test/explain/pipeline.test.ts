import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainCommand } from "../../bin/commands/explain-command.ts";
import { QUICK, RUN_TIMEOUT } from "../pipeline/world.ts";
import { explainIn, linesText } from "./ask.ts";
import { type PipelineWorld, startPipelineWorld } from "./pipeline-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* `zdsync explain --pipeline` over the sandbox's GitLab, whose pipelines have the files that every stage alone really left. */

let started: PipelineWorld;
let folder: string;
beforeAll(async () => {
  started = await startPipelineWorld();
  folder = await mkdtemp(join(tmpdir(), "zdsync-explain-"));
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function explainFrom(pipeline: number, what: string, env: Record<string, string | undefined> = {}) {
  let out = "";
  const errors: string[] = [];
  const { GITLAB_URL, GITLAB_PROJECT, GITLAB_READ_TOKEN } = started.world.sandbox.gitlabEnv;
  const shell = {
    env: { GITLAB_URL, GITLAB_PROJECT, GITLAB_READ_TOKEN, ...env },
    output: {
      out: (text: string) => {
        out = text;
      },
      err: (text: string) => void errors.push(text),
      live: false as const,
    },
    clock: () => new Date(),
    timing: QUICK,
  };
  const given = { "data-dir": folder, pipeline: String(pipeline), what };
  const exit = await explainCommand({ given, json: true, shell });
  const told = JSON.parse(out);
  const answer = told.document ? linesText(told.document.answer) : (told.problems?.[0]?.message ?? told.message);
  return { exit, told, answer: String(answer), errors: errors.join("\n"), printed: out };
}

function oddity(name: string): string {
  return started.world.sandbox.world.oddities.find((one) => one.name.startsWith(name))?.salesforce_id ?? "";
}

describe("a pipeline whose jobs are there", () => {
  test("with a job for each instance, it tells of every account what its own files tell, and what it did", async () => {
    const pipeline = started.start();
    for (const name of [
      "E3 E11",
      "E4 account in both",
      "E2 unknown charge name beside nothing",
      "C7 create whose name",
    ]) {
      const { exit, told, answer } = await explainFrom(pipeline, oddity(name));
      expect([exit, answer]).toEqual([0, (await explainIn(started.world, oddity(name))).answer]);
      expect(told.explanation.run).toMatchObject({ run_id: "pipeline-1", missing: [], dry_run: false });
    }
    const { told } = await explainFrom(pipeline, oddity("E3 E11"));
    expect(told.explanation.instances[0].did).toMatchObject([{ effect: "update", outcome: "applied" }]);
  });

  test("its files are fetched once, readable by their owner only, and those of the newest five pipelines are kept", async () => {
    const pipelines = Array.from({ length: 6 }, () => started.start());
    for (const pipeline of pipelines) await explainFrom(pipeline, oddity("E3 E11"));
    const kept = await readdir(join(folder, "pipelines"));
    expect(kept).toHaveLength(5);
    for (const name of kept) expect((await stat(join(folder, "pipelines", name))).mode & 0o777).toBe(0o700);
    const { sandbox } = started.world;
    sandbox.clearRequests();
    expect((await explainFrom(pipelines.at(-1) ?? 0, oddity("E3 E11"))).exit).toBe(0);
    expect(sandbox.requests.filter(({ path }) => path.includes("/artifacts/"))).toEqual([]);
  });
});

describe("a pipeline of which something is not there", () => {
  test("a job whose artifacts answered 404 is asked again, and it alone", async () => {
    const pipeline = started.start((job, files) => (job === "gather-accounts" ? {} : files));
    const id = oddity("E3 E11");
    expect((await explainFrom(pipeline, id)).answer).toContain("salesforce_accounts.json");
    started.fill(pipeline, "gather-accounts");
    const { sandbox } = started.world;
    sandbox.clearRequests();
    expect((await explainFrom(pipeline, id)).answer).toBe((await explainIn(started.world, id)).answer);
    const asked = sandbox.requests.flatMap(({ path }) => /\/jobs\/(\d+)\/artifacts\//.exec(path)?.[1] ?? []);
    expect(new Set(asked).size).toBe(1);
    sandbox.clearRequests();
    await explainFrom(pipeline, id);
    expect(sandbox.requests.filter(({ path }) => path.includes("/artifacts/"))).toEqual([]);
  });

  test("still running: what is there is told, and said to be so; once it has ended its files are fetched again", async () => {
    const writing = /^(?:sync|partner|user|summary)/;
    const pipeline = started.start((job, files) => (writing.test(job) ? null : files));
    const id = oddity("E3 E11");
    const early = await explainFrom(pipeline, id);
    expect(early.exit).toBe(0);
    expect(early.errors).toContain(`Pipeline ${pipeline} has not ended`);
    expect(early.told.explanation.instances[0].did).toMatchObject([{ effect: "update", outcome: "not written" }]);
    const jobs = [...started.kept].filter(([job]) => writing.test(job));
    started.world.sandbox.pipelines.advance(pipeline, {
      jobs: Object.fromEntries(jobs.map(([job, artifacts]) => [`zdsync-${job}`, { status: "success", artifacts }])),
    });
    const late = await explainFrom(pipeline, id);
    expect(late.errors).toBe("");
    expect(late.told.explanation.instances[0].did).toMatchObject([{ effect: "update", outcome: "applied" }]);
  });

  test("organizations: nothing is said of what Zendesk has, or of what comes next", async () => {
    const pipeline = started.start((job, files) => (job === "gather-orgs-global" ? {} : files));
    const { exit, told, answer } = await explainFrom(pipeline, oddity("E3 E11"));
    expect([exit, told.explanation.run.missing]).toEqual([0, ["zendesk_global.json"]]);
    expect(answer).toContain("zendesk_global.json of this run is missing");
    expect(answer).not.toMatch(/no organization|next run will/);
  });

  test("accounts: nobody is told that they are no customer", async () => {
    const pipeline = started.start((job, files) => (job === "gather-accounts" ? {} : files));
    const { exit, answer } = await explainFrom(pipeline, oddity("E3 E11"));
    expect([exit, answer]).toEqual([0, expect.stringContaining("salesforce_accounts.json of this run is missing")]);
  });

  test("rules, as with a version that kept none: exit 2, and where the plans should be", async () => {
    const without = (files: Record<string, Uint8Array>) =>
      Object.fromEntries(Object.entries(files).filter(([name]) => !name.includes("/inputs/")));
    const pipeline = started.start((job, files) => (job.startsWith("process") ? without(files) : files));
    const { exit, errors } = await explainFrom(pipeline, oddity("E3 E11"));
    expect(exit).toBe(2);
    expect(errors).toContain(`pipeline ${pipeline} kept no plans`);
    expect(errors).not.toContain("Run zdsync again");
  });

  test("everything: the artifacts have expired, or the pipeline was none of zdsync", async () => {
    const pipeline = started.start(() => ({}));
    const { exit, errors } = await explainFrom(pipeline, oddity("E3 E11"));
    expect(exit).toBe(2);
    expect(errors).toContain(`pipeline ${pipeline} left no artifacts, or they have expired in GitLab`);
    expect(await readdir(join(folder, "pipelines"))).not.toContainEqual(expect.stringContaining(`${pipeline}-`));
  });
});

describe("GitLab says no", () => {
  test("a token that is wrong, or may not read: exit 2, which setting, and never the token", async () => {
    const pipeline = started.start();
    const wrong = await explainFrom(pipeline, "x", { GITLAB_READ_TOKEN: "glpat-wrong-0123456789" });
    expect([wrong.exit, wrong.errors]).toEqual([2, expect.stringContaining("GITLAB_READ_TOKEN")]);
    expect(wrong.errors + wrong.printed).not.toContain("glpat-wrong");
  });

  test("no token, no project, a pipeline that is not there: exit 2, and what to set", async () => {
    const none = await explainFrom(started.start(), "x", { GITLAB_READ_TOKEN: undefined });
    expect([none.exit, none.errors]).toEqual([2, expect.stringContaining("GITLAB_READ_TOKEN")]);
    const project = await explainFrom(1, "x", { GITLAB_PROJECT: undefined });
    expect([project.exit, project.errors]).toEqual([2, expect.stringContaining("GITLAB_PROJECT")]);
    const gone = await explainFrom(4_711_000, "x");
    expect(gone.errors).toContain("pipeline 4711000 does not exist");
  });

  test("for a while: it is asked again, and half a file is never used", async () => {
    const pipeline = started.start();
    const { sandbox } = started.world;
    sandbox.addFault({ kind: "503-html", service: "gitlab", path: "artifacts", times: 2 });
    expect((await explainFrom(pipeline, oddity("E3 E11"))).exit).toBe(0);
    sandbox.clearFaults();
    const other = started.start();
    sandbox.addFault({ kind: "503-html", service: "gitlab", path: "artifacts", times: 1000 });
    const down = await explainFrom(other, oddity("E3 E11"));
    sandbox.clearFaults();
    expect(down.exit).toBe(1);
    expect(await readdir(join(folder, "pipelines"))).not.toContainEqual(expect.stringMatching(`^${other}-\\d+$`));
    expect((await explainFrom(other, oddity("E3 E11"))).exit).toBe(0);
  });
});
