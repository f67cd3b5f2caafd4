import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { folderWithBun, MACHINE_PATH, ROOT, runProgram, sandboxFor } from "./programs.ts";

setDefaultTimeout(RUN_TIMEOUT);

const TOKEN = "j0b-t0ken-123";
let folder = "";
let path = "";
let there: Awaited<ReturnType<typeof sandboxFor>>;
let gitlab: ReturnType<typeof Bun.serve>;
/** Names that pipelines were given. */
const names: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-jobs-"));
  path = `${await folderWithBun(join(folder, "bin"))}:${MACHINE_PATH}`;
  there = await sandboxFor(folder);
  gitlab = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
});
afterAll(async () => {
  await gitlab.stop(true);
  await there[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** GitLab, as far as jobs ask it: artifacts of a job are what lies in the folder of that job. */
async function answer(request: Request): Promise<Response> {
  if (request.headers.get("job-token") !== TOKEN) return new Response("", { status: 401 });
  const { pathname } = new URL(request.url);
  if (request.method === "PUT" && pathname.endsWith("/metadata")) {
    names.push(((await request.json()) as { name: string }).name);
    return Response.json({});
  }
  const [, job = "", file = ""] = /^\/api\/v4\/projects\/3\/jobs\/(\d+)\/artifacts\/(.+)$/.exec(pathname) ?? [];
  const content = Bun.file(join(folder, `job-${job}`, file));
  return (await content.exists()) ? new Response(content) : new Response("", { status: 404 });
}

/** Runs a stage as the component's job does, in a workspace of its own. */
async function job(id: number, command: string, env: Record<string, string> = {}) {
  const cwd = join(folder, `job-${id}`);
  await mkdir(cwd, { recursive: true });
  const ended = await runProgram(["bun", join(ROOT, "bin/zdsync.ts"), command], {
    cwd,
    env: {
      ...there.env,
      PLANS_FILE: join(ROOT, "plans.yml"),
      PATH: path,
      ZDSYNC_GITLAB_JOB: "true",
      ZDSYNC_ORDERS: "chain",
      CI_JOB_ID: String(id),
      CI_PROJECT_ID: "3",
      CI_PIPELINE_ID: "5",
      CI_API_V4_URL: `http://127.0.0.1:${gitlab.port}/api/v4`,
      CI_JOB_URL: `https://gitlab.example/a/b/-/jobs/${id}`,
      CI_JOB_TOKEN: TOKEN,
      ...env,
    },
  });
  const read = (name: string) => readFile(join(cwd, name), "utf8");
  const dotenv = await read(".zdsync/handoff.env").catch(() => "");
  return { ...ended, cwd, read, variables: Object.fromEntries(dotenv.split("\n").map((line) => line.split("=", 2))) };
}

describe("stages as jobs of different projects, hand in hand", () => {
  test("each takes over what the ones before it made; what people see is there", async () => {
    const accounts = await job(1, "gather-accounts");
    expect(Object.keys(accounts.variables)).toEqual(["GATHER_ACCOUNTS_HANDOVER", ""]);
    expect(accounts.variables.GATHER_ACCOUNTS_HANDOVER).toMatch(/^3:1:[0-9a-f]{64}$/);
    const organizations = await job(2, "gather-orgs", {
      INPUT_INSTANCE: "us-government",
      ZDSYNC_HANDOVER_GATHER_ACCOUNTS: accounts.variables.GATHER_ACCOUNTS_HANDOVER ?? "",
    });
    // Whom global's accounts want is none of its business.
    expect(await readdir(join(organizations.cwd, "data"))).toContain("salesforce_accounts.manifest.json");
    expect(await readdir(join(organizations.cwd, "data"))).not.toContain("salesforce_accounts.json");
    const handOvers: Record<string, string> = {
      ZDSYNC_HANDOVER_GATHER_ACCOUNTS: accounts.variables.GATHER_ACCOUNTS_HANDOVER ?? "",
      ZDSYNC_HANDOVER_GATHER_ORGS_USGOV: organizations.variables.GATHER_ORGS_USGOV_HANDOVER ?? "",
    };
    const processed = await job(3, "process", handOvers);
    handOvers.ZDSYNC_HANDOVER_PROCESS = processed.variables.PROCESS_HANDOVER ?? "";
    const compared = await job(4, "compare", { ...handOvers, INPUT_INSTANCE: "us-government" });
    handOvers.ZDSYNC_HANDOVER_COMPARE_USGOV = compared.variables.COMPARE_USGOV_HANDOVER ?? "";
    const synced = await job(5, "sync", { ...handOvers, INPUT_INSTANCE: "us-government" });
    expect([accounts, organizations, processed, compared, synced].map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
    expect(there.sandbox.writes().length).toBeGreaterThan(0);
    expect(await synced.read(".zdsync/junit.xml")).toContain('name="create applied (');
    const links = JSON.parse(await synced.read(".zdsync/annotations.json")).zdsync as {
      external_link: { url: string };
    }[];
    expect(links.map(({ external_link: { url } }) => url)).toEqual(
      ["html", "md"].map((kind) => `https://gitlab.example/a/b/-/jobs/5/artifacts/file/data/usgov_report.${kind}`),
    );
    expect(await synced.read("data/usgov_report.html")).toStartWith("<!doctype html>");
    expect(await synced.read("data/usgov_report.md")).toContain("Customers, us-government");
    // Artifacts hold names and addresses, whoever fetched them.
    expect((await stat(join(synced.cwd, "data/usgov_accounts.json"))).mode & 0o777).toBe(0o600);

    const summary = await job(5, "pipeline-summary");
    expect(summary.exit).toBe(0);
    expect(names.at(-1)).toMatch(/^zdsync: \d+ created, \d+ updated, \d+ marked, 0 failed$/);
    expect(await summary.read("data/report.md")).toContain("Customers, us-government");

    const again = await job(6, "compare", { ...handOvers, INPUT_INSTANCE: "us-government" });
    expect(again.exit).toBe(0);

    await writeFile(join(compared.cwd, "data/usgov_updates.json"), "[]\n");
    there.sandbox.clearRequests();
    const altered = await job(7, "sync", { ...handOvers, INPUT_INSTANCE: "us-government" });
    expect(altered.exit).toBe(4);
    expect(altered.printed).toContain("usgov_updates.json of job 4 of project 3 was altered in transit");
    await rm(join(processed.cwd, "data/usgov_accounts.json"));
    await mkdir(join(folder, "job-8/.zdsync"), { recursive: true });
    await writeFile(join(folder, "job-8/.zdsync/handoff.env"), "COMPARE_USGOV_JOB_ID=4\n");
    const missing = await job(8, "compare", { ...handOvers, INPUT_INSTANCE: "us-government" });
    expect(missing.exit).toBe(1);
    expect(missing.printed).toContain("usgov_accounts.json of job 3 of project 3 is missing: GitLab answered 404");
    expect(there.sandbox.writes()).toEqual([]);
    // A job that failed before its stage hands nothing on, also not what an earlier job left there.
    expect(await readdir(join(missing.cwd, ".zdsync"))).toEqual([]);
  });

  test("of another run: one sentence, nothing begun", async () => {
    const one = await job(11, "gather-accounts");
    const other = await job(12, "gather-orgs", { INPUT_INSTANCE: "global", ZDSYNC_ORDER_RUN_ID: "pipeline-6" });
    const ended = await job(13, "compare", {
      INPUT_INSTANCE: "global",
      ZDSYNC_HANDOVER_GATHER_ACCOUNTS: one.variables.GATHER_ACCOUNTS_HANDOVER ?? "",
      ZDSYNC_HANDOVER_GATHER_ORGS_GLOBAL: other.variables.GATHER_ORGS_GLOBAL_HANDOVER ?? "",
    });
    expect(ended.exit).toBe(4);
    expect(ended.printed).toContain("passes on files from run pipeline-");
  });

  test("a pipeline without a comparison is called so; without a token its name stays", async () => {
    const count = names.length;
    expect((await job(21, "pipeline-summary", { CI_JOB_TOKEN: "" })).out).toContain("zdsync: nothing was compared");
    expect(names).toHaveLength(count);
    const refused = await job(22, "pipeline-summary", { CI_JOB_TOKEN: "wr0ng-t0ken" });
    expect(refused.exit).toBe(0);
    expect(refused.printed).toContain("warning: GitLab answered 401: the pipeline keeps its name.");
  });
});
