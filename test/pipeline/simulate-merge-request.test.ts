import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepRunInPipeline } from "./rules-project.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* As the job of a protected pipeline: it has tokens of two GitLab projects, and none of Salesforce, Zendesk or Slack. */

const ROOT = join(import.meta.dir, "../..");
const BASE = "a".repeat(40);
const HEAD = "b".repeat(40);
const BAD = "c".repeat(40);
let world: TestWorld;
let folder: string;
let plans: string;

beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  plans = await readFile(join(ROOT, "plans.yml"), "utf8");
  await keepRunInPipeline(world);
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-test-"));
  const { rules } = world.sandbox;
  const renamed = plans.replace("- SaaS - Ultimate - 1 Year\n", "- SaaS - Ultimate - 1 Yaer\n");
  rules.files.clear();
  rules.files.set(BASE, new Map([["plans.yml", plans]]));
  rules.files.set(HEAD, new Map([["plans.yml", renamed]]));
  rules.files.set(
    BAD,
    new Map([["plans.yml", "subscriptions: { '@all `x` [a](http://evil.example) #1\n/merge': 1 }\n"]]),
  );
  rules.mergeRequests = [{ iid: 12, state: "opened", base: BASE, head: HEAD }];
  rules.notes = [];
});

async function simulated(words: Record<string, string>, env: Record<string, string> = {}) {
  const flags = Object.entries(words).flatMap(([name, value]) => [`--${name}`, ...(value === "" ? [] : [value])]);
  const child = Bun.spawn([process.execPath, join(ROOT, "bin/zdsync.ts"), "simulate-merge-request", ...flags], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      ...world.sandbox.rulesEnv,
      CI_PROJECT_URL: "https://gitlab.example/g/sync",
      CI_JOB_ID: "77",
      ...env,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, out, err };
}

test("one note with counts and ids, updated in place; names stay in the report; neither Salesforce nor Zendesk is asked", async () => {
  const { rules, requests } = world.sandbox;
  const before = requests.length;
  // Somebody else writes the marker: that note is theirs.
  rules.notes.push({
    id: 1,
    iid: 12,
    body: "<!-- zdsync simulate -->\nmine",
    system: false,
    author: { id: 3, username: "eve" },
  });
  const first = await simulated({ "merge-request": "12", commit: HEAD });
  expect({ exit: first.exit, err: first.err }).toEqual({ exit: 4, err: "" });
  expect(rules.notes.map(({ author }) => author.id)).toEqual([3, 50]);
  const note = rules.notes[1]?.body ?? "";
  expect(note).toContain("**zdsync simulate: over the limits** (rules of bbbbbbbb, data of run ");
  expect(note).toMatch(/\| (?:downgraded|loses support) \| \d+ \| `0014M/);
  expect(note).toContain("(https://gitlab.example/g/sync/-/jobs/77/artifacts/file/data/simulation/report.html)");
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => String(name));
  expect(names.filter((name) => name.length > 3 && `${note}${first.out}${first.err}`.includes(name))).toEqual([]);
  expect(await readFile(join(folder, "data/simulation/junit.xml"), "utf8")).toContain("<failure");
  expect(await readFile(join(folder, "data/simulation/report.html"), "utf8")).toContain("Content-Security-Policy");
  rules.files.set(HEAD, new Map([["plans.yml", `${plans}# a comment\n`]]));
  const second = await simulated({ "merge-request": "12", commit: HEAD });
  expect({ exit: second.exit, notes: rules.notes.length }).toEqual({ exit: 0, notes: 2 });
  expect(rules.notes[1]?.body).toContain("changes nothing for any customer");
  expect(rules.notes[0]?.body).toBe("<!-- zdsync simulate -->\nmine");
  expect(new Set(requests.slice(before).map(({ service }) => String(service)))).toEqual(new Set(["gitlab"]));
  await rm(folder, { recursive: true });
});

test("B5: report and page leave the customers of us-government out, counts and the note's ids do not; an input names them", async () => {
  const governments = world.sandbox.zendesk("us-government").organizations.map(({ name }) => String(name));
  const global = new Set(world.sandbox.zendesk("global").organizations.map(({ name }) => String(name)));
  const theirs = governments.filter((name) => !global.has(name) && name.length > 8);
  const { rules } = world.sandbox;
  const told = async (words: Record<string, string>) => {
    expect((await simulated({ "merge-request": "12", commit: HEAD, ...words })).exit).toBe(4);
    const report = await readFile(join(folder, "data/simulation/report.md"), "utf8");
    return { report, named: theirs.filter((name) => report.includes(name)) };
  };
  const without = await told({});
  expect(without.named).toEqual([]);
  expect(without.report).toContain("us-government");
  const note = rules.notes[0]?.body;
  expect((await told({ "report-us-government": "" })).named.length).toBeGreaterThan(0);
  // Users were compared, too, from the artifacts of user-sync.
  expect(without.report).toContain("Users, us-government");
  expect(rules.notes[0]?.body).toBe(note ?? "");
  await rm(folder, { recursive: true });
});

test("rules that cannot be read: the note says where, as text that GitLab obeys nowhere; nothing is downloaded", async () => {
  const { rules } = world.sandbox;
  rules.mergeRequests = [{ iid: 12, state: "opened", base: BASE, head: BAD }];
  const { exit } = await simulated({ "merge-request": "12", commit: BAD });
  expect(exit).toBe(2);
  const [note] = rules.notes;
  expect(note?.body).toContain("the rules of cccccccc cannot be read");
  // Every line from outside is one piece of code.
  const lines = (note?.body ?? "").split("\n").slice(3);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/^- `[^`]*`$|^- and \d+ more$/);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

test("another commit than the head, a closed request, one for another branch: refused, and nothing is said", async () => {
  const { rules } = world.sandbox;
  const cases = [
    { iid: 12, state: "opened", base: BASE, head: BASE },
    { iid: 12, state: "merged", base: BASE, head: HEAD },
    { iid: 12, state: "opened", base: BASE, head: HEAD, target: "attacker" },
  ] as const;
  for (const one of cases) {
    rules.mergeRequests = [one];
    expect((await simulated({ "merge-request": "12", commit: HEAD })).exit).toBe(2);
  }
  expect((await simulated({ "merge-request": "13", commit: HEAD })).err).toContain("RULES_PROJECT");
  expect(rules.notes).toEqual([]);
  await rm(folder, { recursive: true });
});

test("inputs and settings that are none: exit 2 before anything is asked", async () => {
  const { requests } = world.sandbox;
  const before = requests.length;
  for (const commit of ["main", "../../x", `${HEAD}?x=1`, "$(id)"]) {
    const { exit, err } = await simulated({ "merge-request": "12/notes", commit });
    expect(exit).toBe(2);
    expect(err).toContain("merge-request");
  }
  const { err } = await simulated({ "merge-request": "12", commit: HEAD }, { RULES_TOKEN: "", RULES_PROJECT: "../x" });
  expect(err).toContain("RULES_TOKEN");
  expect(err).toContain("RULES_PROJECT");
  expect(requests.length).toBe(before);
  await rm(folder, { recursive: true });
});

test("no run whose data is kept: said, and no note", async () => {
  const { exit, err } = await simulated({ "merge-request": "12", commit: HEAD }, { GITLAB_REF: "other-branch" });
  expect(exit).toBe(1);
  expect(err).toContain("has a run's gathered data");
  expect(world.sandbox.rules.notes).toEqual([]);
  await rm(folder, { recursive: true });
});
