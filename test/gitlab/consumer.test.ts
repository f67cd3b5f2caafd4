import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import type { InstanceName } from "../../lib/domain/instance.ts";
import packageJson from "../../package.json";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { parseIncluded } from "./lint.ts";
import { type LocalGitLab, LocalProject, localGitLab, type PipelineEnded } from "./local-gitlab.ts";
import { customersByInstance, filesTelling, instanceOfJob, type OwnCustomers } from "./other-customers.ts";
import { ROOT, sandboxFor } from "./programs.ts";
import { expectLeastNeeds, expectSummaryOfBoth, expectSummaryOfGlobal } from "./summary-pages.ts";

/** Another project includes the components and runs them: gitlab-ci-local plays GitLab, the sandbox plays the remotes. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const SCHEDULE = { source: "schedule" };
const INCLUDE = { project: "zdsync/zdsync", ref: packageJson.version, file: ".gitlab/ci/pipeline.yml" };

/** The ready-made pipeline as somebody writes it who includes each component by its reference. */
async function byComponents(): Promise<string> {
  const [header, body] = parseAllDocuments(await readFile(join(ROOT, ".gitlab/ci/pipeline.yml"), "utf8"));
  const inputs: Record<string, { default: unknown }> = header?.toJS().spec.inputs;
  const text = JSON.stringify(body?.toJS()).replaceAll(/"\$\[\[ inputs\.([a-z-]+) \]\]"/g, (_, name: string) =>
    JSON.stringify(inputs[name]?.default),
  );
  const pipeline = JSON.parse(
    text.replaceAll(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name: string) => String(inputs[name]?.default)),
  );
  for (const include of pipeline.include) {
    const [, stage = ""] = /^\/templates\/([a-z-]+)\/template\.yml$/.exec(include.local) ?? [];
    delete include.local;
    include.component = `$CI_SERVER_FQDN/zdsync/zdsync/${stage}@${packageJson.version}`;
  }
  return stringify(pipeline);
}

let folder = "";
let gitlab: LocalGitLab;
let there: Awaited<ReturnType<typeof sandboxFor>>;
let project: LocalProject;
let ended: PipelineEnded;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-consumer-"));
  gitlab = await localGitLab(folder);
  there = await sandboxFor(folder);
  project = await LocalProject.create(gitlab, "support/sync", { ".gitlab-ci.yml": await byComponents() }, there.env);
  ended = await project.run(SCHEDULE);
}, RUN_TIMEOUT * 2);
afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe("a project that includes every stage by its component reference", () => {
  test("runs from gathering to the end, every job green", async () => {
    expect(Object.keys(ended.jobs).sort()).toEqual([
      "zdsync-compare-global",
      "zdsync-compare-us-government",
      "zdsync-gather-accounts",
      "zdsync-gather-orgs-global",
      "zdsync-gather-orgs-us-government",
      "zdsync-partner-sync",
      "zdsync-process-global",
      "zdsync-process-us-government",
      "zdsync-summary",
      "zdsync-sync-global",
      "zdsync-sync-us-government",
      "zdsync-user-sync",
    ]);
    expect(new Set(Object.values(ended.jobs))).toEqual(new Set([0]));
  });

  test("leaves all remotes in the state that zdsync run leaves", async () => {
    await using whole = await startWorld();
    await whole.run();
    expect(there.sandbox.writes().length).toBeGreaterThan(20);
    expect(stateOf(there.sandbox)).toEqual(stateOf(whole.sandbox));
    expect(there.sandbox.slackMessages().length).toBe(whole.sandbox.slackMessages().length);
  });

  test("hands files on by artifacts alone, and shows people report and counts", async () => {
    const report = await readFile(join(project.artifacts("zdsync-summary"), "data/report.md"), "utf8");
    expect(report).toContain("Customers, global");
    expect(ended.printed).toMatch(/zdsync: \d+ created, \d+ updated, \d+ marked, \d+ contacts added, 0 failed/);
    for (const job of Object.keys(ended.jobs)) expect(await project.dotenv(job)).toEqual({});
  });

  test("B5: hands on only what is of the instance, and of accounts only ids", async () => {
    const left = async (job: string) => (await readdir(join(project.artifacts(job), "data"))).filter(isRecords).sort();
    const isRecords = (name: string) => !/manifest|history|inputs/.test(name);
    expect(await left("zdsync-process-global")).toEqual([
      "customer_ids.json",
      "global_accounts.json",
      "global_moved.json",
      "merged_accounts.json",
      "partner_accounts.json",
      "partner_ids.json",
      "process_global_notes.json",
    ]);
    expect(await left("zdsync-process-us-government")).toEqual([
      "customer_ids.json",
      "merged_accounts.json",
      "partner_ids.json",
      "process_usgov_notes.json",
      "usgov_accounts.json",
      "usgov_moved.json",
    ]);
    for (const job of ["compare", "sync"].flatMap((stage) => [`${stage}-global`, `${stage}-us-government`])) {
      const other = job.endsWith("-global") ? /usgov/ : /global|partner_accounts/;
      const foreign = (name: string) => other.test(name) || name.startsWith("salesforce_");
      expect({ job, foreign: (await left(`zdsync-${job}`)).filter(foreign) }).toEqual({ job, foreign: [] });
    }
    const { body } = parseIncluded(await readFile(join(ROOT, ".gitlab/ci/pipeline.yml"), "utf8"));
    const includes = body.include as { local: string; inputs: { needs: string[] } }[];
    const readers = includes.filter(({ inputs }) => inputs.needs.some((need) => need.endsWith("gather-accounts")));
    expect(new Set(readers.map(({ local }) => local))).toEqual(new Set(["/templates/process/template.yml"]));
    expectLeastNeeds(body);
  });

  /** Everything that the jobs of a pipeline left, by the name of the file. */
  async function customersOf(one: LocalProject, jobs: readonly string[]): Promise<Record<InstanceName, OwnCustomers>> {
    return customersByInstance(async (name) => {
      for (const job of jobs) {
        const text = await readFile(join(one.artifacts(job), "data", name), "utf8").catch(() => null);
        if (text !== null) return JSON.parse(text);
      }
      return [];
    }, there.sandbox.world.overrides);
  }

  test("B5: no artifact of a job tells of a customer who is the other instance's alone", async () => {
    const jobs = Object.keys(ended.jobs);
    const customers = await customersOf(project, jobs);
    const told: Record<string, string[]> = {};
    for (const job of jobs) {
      const instance = instanceOfJob(job);
      if (job === "zdsync-gather-accounts") continue;
      const own = instance ?? "global";
      const other = own === "global" ? "us-government" : "global";
      told[job] = await filesTelling(project.artifacts(job), customers[other]);
      // What is sought would be found.
      const its = await filesTelling(project.artifacts(job), customers[own]);
      expect({ job, found: its.length > 0 }).toEqual({ job, found: true });
    }
    expect(told).toEqual(Object.fromEntries(Object.keys(told).map((job) => [job, []])));
    for (const { ids, names, addresses } of Object.values(customers))
      for (const all of [ids, names, addresses]) expect(all.length).toBeGreaterThan(5);
    const report = await readFile(join(project.artifacts("zdsync-summary"), "data/report.md"), "utf8");
    expect(report).toContain("Customers of us-government are not listed here");
    expect(report).toContain("Customers, us-government");
  });

  test("B5: the summary's page explains the rows that matter and has the audit, of global alone", () =>
    expectSummaryOfGlobal(project));

  test("prints no secret", () => {
    expect(there.sandbox.secrets.filter((secret) => ended.printed.includes(secret)).length).toBe(0);
  });

  test("B5: report-us-government: the report has the customers of both; the counts and run.json are the same", async () => {
    const inputs = { "report-us-government": true };
    const files = { ".gitlab-ci.yml": stringify({ include: [{ ...INCLUDE, inputs }] }) };
    const whole = await LocalProject.create(gitlab, "support/both-reported", files, there.env);
    await cp(join(project.folder, ".gitlab-ci-local/artifacts"), join(whole.folder, ".gitlab-ci-local/artifacts"), {
      recursive: true,
    });
    await rm(whole.artifacts("zdsync-summary"), { recursive: true });
    await whole.run(SCHEDULE, "zdsync-summary");
    const { "us-government": own } = await customersOf(project, Object.keys(ended.jobs));
    const told = await filesTelling(whole.artifacts("zdsync-summary"), own);
    expect(told.map((one) => one.replace(/:.*/, ""))).toEqual(["report.html", "report.md"]);
    await expectSummaryOfBoth(whole);
    const [one, other] = await Promise.all(
      [project, whole].map(async (of) =>
        JSON.parse(await readFile(join(of.artifacts("zdsync-summary"), "data/run.json"), "utf8")),
      ),
    );
    expect(other).toEqual({ ...one, started_at: other.started_at, ended_at: other.ended_at });
  });

  test("the next run, with the component full-pipeline of docs/gitlab.md, finds nothing to do", async () => {
    const component = `$CI_SERVER_FQDN/zdsync/zdsync/full-pipeline@${packageJson.version}`;
    const files = { ".gitlab-ci.yml": stringify({ include: [{ component }] }) };
    const other = await LocalProject.create(gitlab, "support/ready-made", files, there.env);
    there.sandbox.clearRequests();
    const { exit, printed } = await other.run(SCHEDULE);
    expect(exit).toBe(0);
    expect(printed).toContain("zdsync: 0 created, 0 updated, 0 marked, 0 failed");
    expect(there.sandbox.requests.length).toBeGreaterThan(20);
    expect(there.sandbox.writes()).toEqual([]);
  });

  test("a push runs none of the ready-made jobs", async () => {
    const files = { ".gitlab-ci.yml": stringify({ include: [INCLUDE], build: { script: ["true"] } }) };
    const other = await LocalProject.create(gitlab, "support/pushed", files, there.env);
    there.sandbox.clearRequests();
    const { exit, printed } = await other.run({ source: "push" });
    expect(exit).toBe(0);
    expect(printed).toContain("PASS  build");
    expect(printed).not.toContain("zdsync-");
    expect(there.sandbox.requests).toEqual([]);
  });
});

describe("a stage whose upstream artifact is", () => {
  /** Runs one job again after something happened to the artifacts it needs; nothing may be written. */
  async function again(name: string, job: string, exit: number, happens: (copy: LocalProject) => Promise<unknown>) {
    const copy = await project.copy(`support/${name}`);
    await happens(copy);
    there.sandbox.clearRequests();
    const { out } = await copy.run({ ...SCHEDULE, exits: { [job]: exit } }, job);
    expect(there.sandbox.writes()).toEqual([]);
    const sentences = out.split("\n").flatMap((line) => /^ {2}> error: (.*)$/.exec(line)?.[1] ?? []);
    expect(sentences).toHaveLength(1);
    return sentences[0] ?? "";
  }
  const artifact = (one: LocalProject, job: string, file: string) => join(one.artifacts(job), "data", file);

  test("missing: says which, and who makes it", async () => {
    const sentence = await again("missing", "zdsync-sync-global", 1, (copy) =>
      rm(artifact(copy, "zdsync-compare-global", "global_updates.json")),
    );
    expect(sentence).toContain("global_updates.json is missing. Run the stage that writes it");
  });

  test("altered: refused", async () => {
    const sentence = await again("altered", "zdsync-sync-global", 4, async (copy) => {
      const file = artifact(copy, "zdsync-compare-global", "global_updates.json");
      await Bun.write(file, (await readFile(file, "utf8")).replace("[\n", "[\n\n"));
    });
    expect(sentence).toContain("The global change files were altered after compare wrote them");
  });

  test("stale: refused, with its age", async () => {
    const sentence = await again("stale", "zdsync-sync-global", 4, async (copy) => {
      const file = join(copy.folder, ".gitlab-ci.yml");
      const text = await readFile(file, "utf8");
      await Bun.write(file, text.replaceAll('max-age: ""', "max-age: 0s"));
    });
    expect(sentence).toMatch(/was gathered \d+ minutes? ago; --max-age allows 0 minutes/);
  });

  test("of another run: refused, naming both runs", async () => {
    const sentence = await again("another-run", "zdsync-compare-global", 4, async (copy) => {
      const other = await copy.copy("support/another-run-itself");
      const job = "zdsync-gather-orgs-global";
      expect((await other.run({ ...SCHEDULE, variables: { CI_PIPELINE_ID: "7777" } }, job)).exit).toBe(0);
      await cp(other.artifacts(job), copy.artifacts(job), { recursive: true });
    });
    expect(sentence).toMatch(
      /is from run pipeline-\d+, but \S+ is from run pipeline-\d+\. .*Run the earlier stages again/,
    );
  });
});
