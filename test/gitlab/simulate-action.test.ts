import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { JOB_TOKEN, type RunningGitHub, startGitHub } from "../../sandbox/github/start.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { type ActionEnd, ActionJob, type Step } from "./action-driver.ts";
import { copyOfRepository, machineEnvironment } from "./action-machine.ts";
import { ROOT } from "./programs.ts";

/** `actions/simulate` as a job of the rules' repository uses it: the data of a run in the workspace, and the new rules. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const USES = "example/zdsync/actions/simulate@v1";

let folder: string;
let repository: string;
let world: TestWorld;
let plans: string;
let github: RunningGitHub;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-simulate-action-"));
  repository = await copyOfRepository(folder);
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  plans = await readFile(join(ROOT, "plans.yml"), "utf8");
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await github?.[Symbol.asyncDispose]();
  github = await startGitHub();
});
afterAll(() => github[Symbol.asyncDispose]());

/** A job with the run's data and new plans in its workspace. */
async function jobWith(name: string, newPlans: string, names: Record<string, string> = {}): Promise<ActionJob> {
  const { GITHUB_TOKEN: _, ...given } = github.env;
  const job = new ActionJob(join(folder, name), repository, { ...(await machineEnvironment(folder)), ...given }, names);
  await mkdir(join(job.workspace, "new"), { recursive: true });
  await cp(world.dataDir, join(job.workspace, "data"), { recursive: true });
  await writeFile(join(job.workspace, "new/plans.yml"), newPlans);
  return job;
}

const unmapped = () => plans.replace("- SaaS - Ultimate - 1 Year\n", "- SaaS - Ultimate - 1 Yaer\n");
const told = { plans: "new/plans.yml", "pull-request": "12", token: JOB_TOKEN.token };
const named = ({ printed }: ActionEnd, ...others: string[]) =>
  world.sandbox
    .zendesk("global")
    .organizations.map(({ name }) => String(name))
    .filter((name) => name.length > 8 && [printed, ...others].some((text) => text.includes(name)));

test("the workflow of docs/github.md: its step says it on the pull request that the workflow was started for", async () => {
  const page = await readFile(join(ROOT, "docs/github.md"), "utf8");
  const [, text = ""] = /```yaml\n(name: rules simulated\n[\s\S]*?)```/.exec(page) ?? [];
  const workflow = parse(text) as { on: object; permissions: object; jobs: { simulate: { steps: Step[] } } };
  // As the default branch has it, and with no more than it needs.
  expect(Object.keys(workflow.on)).toEqual(["workflow_run"]);
  expect(workflow.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  const [step, ...others] = workflow.jobs.simulate.steps.filter(({ uses }) => uses?.startsWith("example/zdsync/"));
  expect(others).toEqual([]);
  const job = await jobWith("documented", unmapped(), {
    "github.token": JOB_TOKEN.token,
    "github.event.workflow_run.pull_requests[0].number": "12",
  });
  const ended = await job.uses(step ?? {});
  expect({ exit: ended.exit, printed: ended.printed }).toEqual({
    exit: 4,
    printed: expect.stringContaining("Comment created on pull request 12."),
  });
  expect(await readdir(job.workspace)).toContain("junit.xml");
});

describe("actions/simulate", () => {
  test("over the limits: fails with exit 4; counts and ids in the output `note` and on the pull request, names in the report only", async () => {
    const job = await jobWith("over", unmapped());
    const ended = await job.uses({ uses: USES, with: { ...told, junit: "junit.xml" } });
    expect({ exit: ended.exit, printed: ended.printed }).toEqual({
      exit: 4,
      printed: expect.stringContaining("Comment created on pull request 12."),
    });
    const note = await readFile(join(job.workspace, ended.outputs.note ?? ""), "utf8");
    expect(note).toMatch(/\| loses support \| \d+ \| `0014M/);
    expect(github.state.comments).toEqual([{ id: 1001, number: 12, body: note.trimEnd(), user: JOB_TOKEN.user }]);
    expect(named(ended, note)).toEqual([]);
    expect(ended.printed).not.toContain(JOB_TOKEN.token);
    expect(await readFile(join(job.workspace, "junit.xml"), "utf8")).toContain("<failure");
    expect((await readdir(join(job.workspace, "data/simulation"))).sort()).toEqual([
      "note.md",
      "report.html",
      "report.md",
    ]);
    // The next commit changes nothing any more: the same comment says so.
    await writeFile(join(job.workspace, "new/plans.yml"), `${plans}# a comment\n`);
    const again = await job.uses({ uses: USES, with: told });
    expect({ exit: again.exit, comments: github.state.comments.length }).toEqual({ exit: 0, comments: 1 });
    expect(github.state.comments[0]?.body).toContain("changes nothing for any customer");
  });

  test("without a pull request nobody is asked anything, and no token is needed", async () => {
    const job = await jobWith("alone", unmapped());
    const ended = await job.uses({ uses: USES, with: { plans: "new/plans.yml", allow: "downgrades=1000 holds=1000" } });
    expect({ exit: ended.exit, printed: ended.printed }).toEqual({
      exit: 0,
      printed: expect.stringContaining("loses support"),
    });
    expect(github.requests).toEqual([]);
  });

  test("rules that cannot be read: exit 2, and the comment says where", async () => {
    const job = await jobWith("unreadable", "subscriptions: { '@all `x` #1': 1 }\n");
    const ended = await job.uses({ uses: USES, with: told });
    expect(ended.exit).toBe(2);
    const [comment] = github.state.comments;
    expect(comment?.body).toContain("the new rules cannot be read");
    const lines = (comment?.body ?? "").split("\n").slice(3);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^- `[^`]*`$|^- and \d+ more$/);
  });

  test("a token that may not comment, or none: said, with what to do; the report is there all the same", async () => {
    const job = await jobWith("refused", unmapped());
    const [token] = github.state.tokens;
    if (token) token.writes = false;
    const refused = await job.uses({ uses: USES, with: told });
    if (token) token.writes = true;
    expect(refused.exit).toBe(1);
    expect(refused.printed).toContain("permissions: pull-requests: write");
    expect(await readdir(join(job.workspace, "data/simulation"))).toContain("report.html");
    const none = await job.uses({ uses: USES, with: { plans: "new/plans.yml", "pull-request": "12" } });
    expect({ exit: none.exit, printed: none.printed }).toEqual({
      exit: 2,
      printed: expect.stringContaining("GITHUB_TOKEN"),
    });
    const hostile = await job.uses({ uses: USES, with: { ...told, "pull-request": "12/../13; touch pwned" } });
    expect(hostile.exit).toBe(2);
    expect(await readdir(job.workspace)).not.toContain("pwned");
  });
});
