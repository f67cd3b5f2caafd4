import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import packageJson from "../../package.json";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { GitLabDriver } from "./gitlab-driver.ts";
import { type LocalGitLab, localGitLab } from "./local-gitlab.ts";
import { customersByInstance, filesTelling, instanceOfJob } from "./other-customers.ts";
import { sandboxFor } from "./programs.ts";

/** One project for each stage, each starting the next: gitlab-ci-local runs the jobs, a driver plays triggers and the API. */
setDefaultTimeout(RUN_TIMEOUT * 2);

/** Projects of the chain, and which ones each starts. */
const CHAIN: Record<string, readonly string[]> = {
  start: ["gather-accounts"],
  "gather-accounts": ["gather-orgs"],
  "gather-orgs": ["process"],
  process: ["compare"],
  compare: ["sync-global", "sync-us-government"],
  "sync-global": ["partner-sync"],
  "sync-us-government": ["user-sync"],
  "partner-sync": [],
  "user-sync": [],
};

let folder = "";
let gitlab: LocalGitLab;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-chain-"));
  gitlab = await localGitLab(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A driver with the projects of the chain, up to one of them; paths begin with `name/`. */
async function chain(name: string, env: Record<string, string>, { last = "", transport = "artifacts" } = {}) {
  const driver = GitLabDriver.start(gitlab);
  const names = Object.keys(CHAIN);
  for (const project of last ? names.slice(0, names.indexOf(last) + 1) : names)
    await driver.addProject(`${name}/${project}`, configurationOf(project, name, transport), env);
  if (last) for (const next of CHAIN[last] ?? []) await driver.addProject(`${name}/${next}`, NOTHING, {});
  return driver;
}

/** The `.gitlab-ci.yml` of one project of a chain, as docs/gitlab.md has it. */
function configurationOf(project: string, name: string, transport: string): string {
  const include = {
    project: "zdsync/zdsync",
    ref: packageJson.version,
    file: `.gitlab/ci/multi-project/${project}.yml`,
    inputs: {
      ...Object.fromEntries((CHAIN[project] ?? []).map((next) => [`${next}-project`, `${name}/${next}`])),
      ...(project === "start" ? {} : { transport }),
    },
  };
  return stringify({ include: [include] });
}

/** Where a chain is cut off: a project that does nothing. */
const NOTHING = stringify({ nothing: { script: ["true"] } });

test("the chain, artifacts by exact job id: every job green, and the state that zdsync run leaves", async () => {
  await using whole = await startWorld();
  await using there = await sandboxFor(folder);
  await using driver = await chain("whole", there.env);
  await whole.run();
  const end = await driver.run("whole/start", "schedule");
  const failed = driver.ended.flatMap(({ project, jobs, printed }) =>
    Object.values(jobs).every((code) => code === 0) ? [] : [`${project}: ${printed}`],
  );
  expect(failed.join()).toBe("");
  expect(end.jobs).toEqual({ "zdsync-chain": 0 });
  expect(driver.ended.map(({ project }) => project.slice("whole/".length)).sort()).toEqual(Object.keys(CHAIN).sort());
  expect(stateOf(there.sandbox)).toEqual(stateOf(whole.sandbox));
  const runs = new Set(
    driver.ended.flatMap(({ printed }) => printed.match(/zdsync [a-z-]+ (pipeline-\d+)/)?.[1] ?? []),
  );
  expect(runs.size).toBe(1);
  const secrets = there.sandbox.secrets.filter((secret) =>
    driver.ended.some(({ printed }) => printed.includes(secret)),
  );
  expect(secrets.length).toBe(0);
  await expectInstancesApart(driver, there.sandbox.world.overrides);
});

/** B5: no artifact of a job tells of a customer who is the other instance's alone, and no job fetches such a file. */
async function expectInstancesApart(driver: GitLabDriver, overrides: string): Promise<void> {
  const jobs = driver.ended.flatMap(({ project, jobs: ran }) =>
    Object.keys(ran).flatMap((job) => (/^zdsync-(?:start-|chain)/.test(job) ? [] : [{ project, job }])),
  );
  expect(jobs).toHaveLength(11);
  const customers = await customersByInstance(async (name) => {
    for (const { project, job } of jobs) {
      const text = await readFile(join(driver.artifacts(project, job), "data", name), "utf8").catch(() => null);
      if (text !== null) return JSON.parse(text);
    }
    return [];
  }, overrides);
  const told: Record<string, string[]> = {};
  for (const { project, job } of jobs) {
    const instance = instanceOfJob(job);
    if (instance === null) continue;
    const other = instance === "global" ? "us-government" : "global";
    told[job] = await filesTelling(driver.artifacts(project, job), customers[other]);
    expect((await filesTelling(driver.artifacts(project, job), customers[instance])).length).toBeGreaterThan(0);
  }
  expect(told).toEqual(Object.fromEntries(Object.keys(told).map((job) => [job, []])));
  const fetchedBy = (project: string) =>
    driver.store.fetched.flatMap(({ by, file }) => (by === driver.projectId(`whole/${project}`) ? [file] : []));
  const times = (project: string, name: string) => fetchedBy(project).filter((file) => file === `data/${name}`).length;
  // One of the two jobs of each project.
  expect(times("gather-orgs", "salesforce_accounts.json")).toBe(1);
  for (const name of ["global", "usgov"].map((prefix) => `process_${prefix}_notes.json`))
    expect(times("compare", name)).toBe(1);
  expect(times("compare", "zendesk_global_addresses.json")).toBe(1);
  for (const project of ["sync-us-government", "user-sync"])
    expect(fetchedBy(project).filter((file) => /global|salesforce_accounts\.json|partner_accounts/.test(file))).toEqual(
      [],
    );
  for (const project of ["sync-global", "partner-sync"])
    expect(fetchedBy(project).filter((file) => /usgov|salesforce_accounts\.json/.test(file))).toEqual([]);
}

test("the chain through the package registry (all tiers): process gets what two projects made", async () => {
  await using there = await sandboxFor(folder);
  await using driver = await chain("packages", there.env, { last: "process", transport: "packages" });
  driver.afterJob = async ({ folder: artifacts }) => rm(artifacts, { recursive: true });
  const end = await driver.run("packages/gather-accounts", "pipeline", { ZDSYNC_ORDER_RUN_ID: "packages" });
  expect(driver.ended.flatMap(({ printed }) => printed.match(/error: .*/g) ?? [])).toEqual([]);
  expect(end.jobs).toEqual({ "zdsync-gather-accounts": 0, "zdsync-start-gather-orgs": 0 });
  expect(driver.ended.find(({ project }) => project === "packages/process")?.jobs).toEqual({
    "zdsync-process-global": 0,
    "zdsync-process-us-government": 0,
    "zdsync-start-compare": 0,
  });
  expect([...driver.store.packages.keys()].some((path) => path.endsWith("/zendesk_usgov.json"))).toBeTrue();
});

describe("a stage ends with one sentence, and starts nothing more, where what it is handed is", () => {
  /** Runs the chain as far as gather-orgs, which takes over what gather-accounts made. */
  async function handedOver(name: string, happens: (driver: GitLabDriver) => void): Promise<string> {
    await using there = await sandboxFor(folder);
    await using driver = await chain(name, there.env, { last: "gather-orgs" });
    happens(driver);
    const end = await driver.run(`${name}/gather-accounts`, "pipeline");
    expect(end.jobs).toEqual({ "zdsync-gather-accounts": 0, "zdsync-start-gather-orgs": 1 });
    const last = driver.ended.find(({ project }) => project === `${name}/gather-orgs`);
    expect(driver.ended.map(({ project }) => project)).not.toContain(`${name}/process`);
    const global = (last?.printed ?? "").split("\n").filter((line) => /gather-orgs-global +> error: /.test(line));
    expect(global).toHaveLength(1);
    return global[0] ?? "";
  }

  test("altered on its way", async () => {
    const sentence = await handedOver("altered", (driver) => {
      driver.afterJob = async ({ folder: artifacts }) => {
        const file = join(artifacts, "data/salesforce_accounts.manifest.json");
        const text = await readFile(file, "utf8").catch(() => null);
        if (text) await Bun.write(file, `${text} `);
      };
    });
    expect(sentence).toContain("salesforce_accounts.manifest.json of job");
    expect(sentence).toContain("was altered in transit");
  });

  test("missing: expired, or no access", async () => {
    const sentence = await handedOver("missing", (driver) => {
      driver.store.refuses.add(driver.projectId("missing/gather-accounts"));
    });
    expect(sentence).toMatch(/handover\.json of job \d+ of project \d+ is missing: GitLab answered 404/);
    expect(sentence).toContain("job token allowlist");
  });

  test("of another run: two hand-overs that do not belong together", async () => {
    await using there = await sandboxFor(folder);
    await using driver = await chain("other", there.env, { last: "gather-accounts" });
    await driver.addProject("other/late", configurationOf("gather-orgs", "other", "artifacts"), there.env);
    const handOvers: string[] = [];
    for (const run of ["run-one", "run-two"]) {
      const { jobs } = await driver.run("other/gather-accounts", "pipeline", { ZDSYNC_ORDER_RUN_ID: run });
      expect(jobs["zdsync-gather-accounts"]).toBe(0);
      handOvers.push(await driver.handOverOf("other/gather-accounts", "zdsync-gather-accounts"));
    }
    const [one = "", two = ""] = handOvers;
    const end = await driver.run("other/late", "pipeline", {
      ZDSYNC_HANDOVER_GATHER_ACCOUNTS: one,
      ZDSYNC_HANDOVER_PROCESS: two,
    });
    expect(end.jobs["zdsync-gather-orgs-global"]).toBe(4);
    expect(end.printed).toMatch(/error: job \d+ of project \d+ passes on files from run run-(?:one|two), but job \d+/);
  });
});
