import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PipelineSettings } from "../../lib/remotes/gitlab/pipeline-settings.ts";
import { closeWorlds, end, JOBS, messageOf, ORDER, record, world } from "../../test/support/bot/pipeline-world.ts";
import { openDatabase } from "../database.ts";
import { createGitlabRunner, type GitlabRunner } from "./gitlab-runner.ts";
import { StartUnknown } from "./runner.ts";

setDefaultTimeout(30_000);
afterEach(closeWorlds);

describe("a pipeline", () => {
  test.each([
    ["trigger token", {}, "trigger"],
    ["API token", { triggerToken: null }, "api"],
  ])("is started by %s with typed inputs, followed to its end, and found by others", async (_by, change, source) => {
    const { sandbox, runner } = await world(() => change);
    const runs = runner();
    expect(await runs.current()).toBeNull();
    const begun = await runs.start({ ...ORDER, instance: "global" });
    expect(begun).toMatchObject({ origin: "bot", dryRun: false, status: "waiting", endedAt: null });
    const [created] = sandbox.pipelines.all();
    expect(created).toMatchObject({
      source,
      inputs: { "dry-run": false, instances: "global", "at-most": "global.creates=2" },
    });
    sandbox.pipelines.advance(Number(begun.id), { jobs: { "zdsync-gather-accounts": { status: "running" } } });
    expect(await runs.look(begun.id)).toMatchObject({
      status: "running",
      parts: [{ name: "gather-accounts", state: "running" }, { name: "compare global", state: "waiting" }, {}, {}],
    });
    expect((await runs.current())?.id).toBe(begun.id);
    end(sandbox, begun.id, record({ exit: 3 }));
    // Another bot process, the same memory.
    const later = runner();
    expect(await later.look(begun.id)).toMatchObject({ status: "ended", exit: 3, origin: "bot", record: { exit: 3 } });
    expect(await later.current()).toBeNull();
    expect((await later.ended(new Date(Date.now() - 60_000))).map(({ id }) => id)).toEqual([begun.id]);
    expect(await later.ended(new Date(Date.now() + 60_000))).toEqual([]);
  });

  test("of somebody else is the present one too, with who; pushes and dry runs are not", async () => {
    const { sandbox, runner } = await world();
    const runs = runner();
    sandbox.pipelines.start({ source: "push" });
    const dry = await runs.start({ instance: null, dryRun: true, atMost: null });
    expect(sandbox.pipelines.all()[0]?.inputs["dry-run"]).toBe(true);
    expect(dry.dryRun).toBe(true);
    expect(await runs.current()).toBeNull();
    const { id } = sandbox.pipelines.start({ source: "web" });
    expect(await runs.current()).toMatchObject({ id: String(id), origin: "person", startedBy: "@ann in GitLab" });
    sandbox.pipelines.advance(id, {
      jobs: Object.fromEntries(JOBS.map((name) => [name, { status: "success" as const }])),
    });
    const scheduled = sandbox.pipelines.start({ source: "schedule" });
    expect(await runs.current()).toMatchObject({ id: String(scheduled.id), origin: "schedule" });
  });

  test("that was refused says so in its parts and its exit code, whatever its jobs' statuses are", async () => {
    const { sandbox, runner } = await world();
    const runs = runner();
    const { id } = await runs.start(ORDER);
    const left = record({
      comparisons: [
        {
          name: "global",
          existing: 1,
          planned: { creates: 3, updates: 0, marks: 0, contacts: 0 },
          measures: [],
          refused: [],
          unconfirmed: [{ effect: "creates", count: 3, confirmed: 2 }],
          results: null,
        },
      ],
    });
    end(sandbox, id, left, ["zdsync-sync-global"]);
    const state = await runs.look(id);
    expect(state.exit).toBe(4);
    expect(state.parts).toContainEqual({ name: "sync global", state: "refused" });
  });

  test("is canceled with the API token; without one people are told where to press the button", async () => {
    const { sandbox, runner, settings, folder } = await world();
    const runs = runner();
    const { id, url } = await runs.start(ORDER);
    const unable = createGitlabRunner(
      { ...settings, apiToken: null },
      { database: openDatabase(join(folder, "bot.sqlite")), clock: () => new Date(), cache: folder },
    );
    expect(await messageOf(unable.cancel(id))).toContain(`Press Cancel at ${url}`);
    await runs.cancel(id);
    expect(sandbox.pipelines.all()[0]?.status).toBe("canceled");
    expect(await runs.look(id)).toMatchObject({ status: "ended", exit: 5 });
  });

  test("leaves its artifacts in a folder for the owner only, downloaded once; gone ones are nothing", async () => {
    const { sandbox, runner, folder } = await world();
    const runs = runner();
    const { id } = await runs.start(ORDER);
    expect(await runs.artifacts(id)).toBeNull();
    sandbox.pipelines.advance(Number(id), {
      jobs: {
        "zdsync-gather-accounts": { artifacts: { "data/salesforce_accounts.json": "[]", "data/other.json": "[]" } },
        "zdsync-compare-global": { artifacts: { "data/global_creates.json": "[]", "data/global_notes.json": "[]" } },
      },
    });
    end(sandbox, id, record({ exit: 0 }));
    const store = await runs.artifacts(id);
    expect((await readdir(store?.directory ?? "")).sort()).toEqual([
      ".gaps.json",
      "global_creates.json",
      "global_notes.json",
      "run.json",
      "salesforce_accounts.json",
    ]);
    expect((await stat(join(store?.directory ?? "", "global_notes.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(store?.directory ?? "")).mode & 0o777).toBe(0o700);
    sandbox.clearRequests();
    await runs.artifacts(id);
    const asked = sandbox.requests.flatMap(({ path }) => /\/artifacts\/(.*)$/.exec(path)?.[1] ?? []);
    // Of a job that left nothing, one file is asked for again; of the others none.
    expect(asked.filter((path) => /salesforce_accounts|global_creates|run\.json/.test(path))).toEqual([]);
    const jobs = sandbox.requests.flatMap(({ path }) => /\/jobs\/(\d+)\/artifacts\//.exec(path)?.[1] ?? []);
    expect(new Set(jobs).size).toBe(jobs.length);
    const empty = await runs.start(ORDER);
    end(sandbox, empty.id, record({ exit: 0 }));
    expect(await runs.artifacts(empty.id)).toBeNull();
    expect(await readdir(join(folder, "cache"))).toHaveLength(1);
  });

  test("artifacts of the five newest pipelines are kept", async () => {
    const { sandbox, runner, folder } = await world();
    const runs = runner();
    for (let count = 0; count < 7; count++) {
      const { id } = await runs.start(ORDER);
      sandbox.pipelines.advance(Number(id), {
        jobs: { "zdsync-gather-accounts": { artifacts: { "data/salesforce_accounts.json": "[]" } } },
      });
      end(sandbox, id, record({ exit: 0 }));
      expect(await runs.artifacts(id)).not.toBeNull();
    }
    expect(await readdir(join(folder, "cache"))).toHaveLength(5);
  });
});

describe("webhooks", () => {
  const heard = (runs: GitlabRunner) => {
    const ids: string[] = [];
    runs.onChange((id) => ids.push(id));
    return ids;
  };

  test("alone tell how a run goes, out of order and repeated, also to a bot that was restarted", async () => {
    const { sandbox, runner } = await world(() => ({ readToken: null, apiToken: null }));
    const runs = runner();
    const ids = heard(runs);
    const { id } = await runs.start(ORDER);
    const early = sandbox.pipelines.hook(Number(id));
    sandbox.pipelines.advance(Number(id), { jobs: { "zdsync-gather-accounts": { status: "running" } } });
    const running = sandbox.pipelines.hook(Number(id));
    runs.webhook(running);
    runs.webhook(early);
    runs.webhook(running);
    expect(ids).toEqual([id]);
    expect(await runs.look(id)).toMatchObject({ status: "running", origin: "bot" });
    expect((await runs.current())?.id).toBe(id);
    end(sandbox, id, record({ exit: 0 }));
    const later = runner();
    later.webhook(sandbox.pipelines.hook(Number(id)));
    later.webhook(running);
    expect(await later.look(id)).toMatchObject({ status: "ended", exit: 0, record: null });
    expect(await later.current()).toBeNull();
    expect(await later.ended(new Date(Date.now() - 60_000))).toHaveLength(1);
  });

  test("a pipeline of which no end was ever heard is lost after six hours, and in nobody's way", async () => {
    const { sandbox, settings, folder } = await world(() => ({ readToken: null, apiToken: null }));
    const late = new Date(Date.now() + 6.1 * 3_600_000);
    const runs = createGitlabRunner(settings, {
      database: openDatabase(join(folder, "late.sqlite")),
      clock: () => late,
      cache: folder,
    });
    const { id } = sandbox.pipelines.start({ source: "schedule" });
    runs.webhook(sandbox.pipelines.hook(id));
    expect(await runs.look(String(id))).toMatchObject({ status: "lost" });
    expect(await runs.current()).toBeNull();
  });

  test("of another project or branch, or of no shape at all, are passed over", async () => {
    const { sandbox, runner } = await world();
    const runs = runner();
    const ids = heard(runs);
    const { id } = sandbox.pipelines.start();
    const hook = sandbox.pipelines.hook(id);
    runs.webhook({ ...hook, project: { ...hook.project, id: 1, path_with_namespace: "other/project" } });
    runs.webhook({ ...hook, object_attributes: { ...hook.object_attributes, ref: "other-branch" } });
    for (const payload of [null, 7, "x", [], {}, { object_kind: "push" }]) runs.webhook(payload);
    expect(ids).toEqual([]);
    runs.webhook(hook);
    expect(ids).toEqual([String(id)]);
  });
});

describe("what goes wrong is said in words that name the setting", () => {
  test.each<[string, Partial<PipelineSettings>, string]>([
    ["wrong branch", { ref: "nope" }, "GITLAB_REF"],
    ["wrong project", { project: "support/nope" }, "GITLAB_PROJECT"],
    ["wrong trigger token", { triggerToken: "glptt-wrong", readToken: null, apiToken: null }, "GITLAB_TRIGGER_TOKEN"],
    ["wrong read token", { readToken: "glpat-wrong" }, "GITLAB_READ_TOKEN"],
    ["nobody there", { url: "http://127.0.0.1:1" }, "GITLAB_URL"],
    ["no token to start", { triggerToken: null, apiToken: null }, "GITLAB_TRIGGER_TOKEN"],
  ])("%s", async (_what, change, setting) => {
    const { runner, sandbox } = await world(() => change);
    expect(await messageOf(runner().start(ORDER))).toContain(setting);
    expect(sandbox.pipelines.all()).toEqual([]);
  });

  test("a token that may only read cannot start; a pipeline that does not know an input is named with it", async () => {
    const reading = await world(({ readToken }) => ({ triggerToken: null, apiToken: readToken }));
    expect(await messageOf(reading.runner().start(ORDER))).toMatch(/scope api and set it as GITLAB_API_TOKEN/);
    const { sandbox, runner } = await world();
    sandbox.pipelines.define({
      inputs: { "dry-run": { type: "boolean", default: false } },
      jobs: () => [{ name: "a" }],
    });
    expect(await messageOf(runner().start(ORDER))).toMatch(/unknown input arguments: run-id, at-most/);
  });

  test("a pipeline that was deleted, and what is no number", async () => {
    const { sandbox, runner } = await world();
    const { id } = await runner().start(ORDER);
    sandbox.pipelines.remove(Number(id));
    expect(await messageOf(runner().look(id))).toContain("was deleted");
    expect(await messageOf(runner().look("../1"))).toContain("not a pipeline number");
  });

  test.each(["500", "429", "stall"] as const)("reading goes on after a passing %s", async (kind) => {
    const { sandbox, runner } = await world();
    const runs = runner({ timeoutMs: 300 });
    const { id } = await runs.start(ORDER);
    sandbox.addFault({ kind, service: "gitlab", method: "GET", retryAfter: 0 });
    expect((await runs.look(id)).id).toBe(id);
    sandbox.addFault({ kind, service: "gitlab", method: "GET", times: 1000, retryAfter: 90 });
    expect(await messageOf(runs.look(id))).toMatch(/GitLab \(127\.0\.0\.1:\d+\)/);
  });

  test.each(["lost-answer", "500", "stall", "reset"] as const)("a start is never sent twice after %s", async (kind) => {
    const { sandbox, runner } = await world();
    sandbox.pipelines.start({ source: "trigger" });
    sandbox.addFault({ kind, service: "gitlab", method: "POST" });
    const runs = runner({ timeoutMs: 300 });
    const begun = await runs.start(ORDER).catch((error: unknown) => error);
    expect(sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(begun).toBeInstanceOf(StartUnknown);
    expect((begun as Error).message).toContain("so it may have started one. Check http");
  });

  test("no token is in an address or a message, and none in the bot's files", async () => {
    const { sandbox, runner, folder } = await world();
    const runs = runner();
    const { id } = await runs.start(ORDER);
    end(sandbox, id, record({ exit: 0 }));
    await runs.look(id);
    await writeFile(join(folder, "x"), "");
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.flatMap((file) => (file.isFile() ? [readFile(join(file.parentPath, file.name), "latin1")] : [])),
    );
    const paths = sandbox.requests.map(({ path }) => path);
    for (const secret of sandbox.secrets)
      for (const text of [...texts, ...paths]) expect(text.includes(secret)).toBe(false);
  });
});
