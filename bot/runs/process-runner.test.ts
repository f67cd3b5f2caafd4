import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { readRunRecord } from "../../lib/storage/runs/read-run-records.ts";
import { takeLock } from "../../lib/storage/runs/run-lock.ts";
import { runRecordText } from "../../lib/storage/runs/run-record.ts";
import { RUN_TIMEOUT } from "../../test/pipeline/world.ts";
import { record } from "../../test/support/bot/pipeline-world.ts";
import { openDatabase } from "../database.ts";
import { OUTPUT_LOG } from "./child.ts";
import { createProcessRunner } from "./process-runner.ts";
import { type Runner, RunnerError, type RunState } from "./runner.ts";

setDefaultTimeout(RUN_TIMEOUT);

const ROOT = join(import.meta.dir, "../..");
const ZDSYNC = [process.execPath, join(ROOT, "bin/zdsync.ts")];
const MANY = { creates: 999, updates: 999, marks: 999, downgrades: 999, holds: 999, contacts: 999 };
const GENEROUS = { global: MANY, partner: MANY };
const REAL = { instance: "global", dryRun: false, atMost: GENEROUS } as const;
const DRY = { instance: "global", dryRun: true, atMost: null } as const;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A sandbox in which every run waits at its first question to Salesforce until it is let go. */
async function world({ env: more = {}, waits = true }: { env?: Record<string, string>; waits?: boolean } = {}) {
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  if (!waits) letGo();
  const sandbox = await startSandbox({
    accounts: 150,
    today: "2026-11-23",
    timeFactor: 1000,
    onRequest: ({ service, path }, phase) =>
      service === "salesforce" && phase === "before" && path.includes("/query")
        ? gone.then(() => undefined)
        : undefined,
  });
  open.push(() => sandbox.stop());
  const folder = await mkdtemp(join(tmpdir(), "zdsync-process-"));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const env = {
    PATH: process.env.PATH,
    ...sandbox.env,
    ZDSYNC_CONFIG: config,
    PLANS_FILE: join(ROOT, "plans.yml"),
    ...more,
  };
  const dataDir = join(folder, "data");
  const database = () => openDatabase(join(folder, "bot.sqlite"));
  const runner = (argv: readonly string[] = ZDSYNC, memory = join(folder, "bot.sqlite")) =>
    createProcessRunner(
      { argv, dataDir, env, cwd: folder },
      { database: openDatabase(memory), clock: () => new Date() },
    );
  const children = new Set<number>();
  open.push(async () => {
    letGo();
    for (const pid of children) end(pid);
  });
  const started = async (runs: Runner, order: Parameters<Runner["start"]>[0]) => {
    const state = await runs.start(order);
    const record = await readRunRecord(order.dryRun ? join(dataDir, "bot/dry-run") : dataDir, state.id);
    if (typeof record?.pid === "number") children.add(record.pid);
    return { ...state, pid: record?.pid ?? 0 };
  };
  return { sandbox, dataDir, env, folder, database, runner, started, letGo };
}

function end(pid: number, signal: NodeJS.Signals = "SIGKILL") {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Looks until the run is as asked; the test's own time limit ends a wait in vain. */
async function until(runs: Runner, id: string, is: (state: RunState) => boolean): Promise<RunState> {
  for (;;) {
    const state = await runs.look(id);
    if (is(state)) return state;
    await Bun.sleep(50);
  }
}
const hasEnded = ({ status }: RunState) => status === "ended" || status === "lost";

const messageOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(RunnerError);
  return (error as Error).message;
};

describe("a run", () => {
  test("is followed to its end, also by a bot that was restarted; its record, counts and artifacts are there", async () => {
    const { sandbox, dataDir, runner, started, letGo } = await world();
    const first = runner();
    const begun = await started(first, REAL);
    expect(begun).toMatchObject({ status: "running", origin: "bot", dryRun: false, endedAt: null });
    const later = runner();
    expect(await later.current()).toMatchObject({ id: begun.id, startedBy: "this bot", status: "running" });
    expect(await later.artifacts(begun.id)).toBeNull();
    letGo();
    const state = await until(later, begun.id, hasEnded);
    expect(state).toMatchObject({ status: "ended", exit: 0, record: { run_id: begun.id, dry_run: false } });
    expect(state.parts.filter((part) => part.state !== "done")).toEqual([]);
    expect(state.parts.map(({ name }) => name)).toContain("compare global");
    expect(state.record?.comparisons.map(({ name }) => name)).toContain("global");
    expect(sandbox.writes().length).toBeGreaterThan(0);
    expect((await later.ended(new Date(0))).map(({ id }) => id)).toEqual([begun.id]);
    expect(await later.ended(new Date(Date.now() + 60_000))).toEqual([]);
    expect((await later.artifacts(begun.id))?.directory).toBe(dataDir);
    const log = join(dataDir, "history", begun.id, OUTPUT_LOG);
    expect((await stat(log)).mode & 0o777).toBe(0o600);
    const text = await readFile(log, "utf8");
    expect(sandbox.secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  test("B4: files of the bot's working folder do not speak to the Bun of a run, which works there all the same", async () => {
    const { dataDir, env, folder, database, letGo } = await world();
    letGo();
    await writeFile(join(folder, "pwned.js"), 'console.log("PWNED");\nexport default {};\n');
    await writeFile(join(folder, "bunfig.toml"), 'preload = ["./pwned.js"]\n');
    const paths = { compilerOptions: { baseUrl: ".", paths: { "*": ["./pwned.js"] } } };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(paths));
    const relative = { ...env, ZDSYNC_CONFIG: "zdsync.config.yml" };
    const settings = { argv: ZDSYNC, dataDir, env: relative, cwd: folder };
    const runs = (startIn?: string) =>
      createProcessRunner(
        { ...settings, ...(startIn ? { startIn } : {}) },
        { database: database(), clock: () => new Date() },
      );
    // The canary: Bun started there obeys them.
    expect(await messageOf(runs().start(DRY))).toContain("was not started");
    const safe = runs(join(ROOT, "bin"));
    const { id } = await safe.start(DRY);
    expect(await until(safe, id, hasEnded)).toMatchObject({ status: "ended", exit: 0 });
    const log = await readFile(join(dataDir, "bot/dry-run/history", id, OUTPUT_LOG), "utf8");
    expect(log).not.toContain("PWNED");
  });

  test("works apart as a dry run: it holds no lock of real ones, changes nothing, and is no present run", async () => {
    const { sandbox, dataDir, runner, started, letGo } = await world();
    const runs = runner();
    const dry = await started(runs, DRY);
    expect(dry).toMatchObject({ dryRun: true, status: "running" });
    expect(await runs.current()).toBeNull();
    expect(await messageOf(runs.start(DRY))).toMatch(/^Another dry run is in progress, since .* UTC/);
    expect((await readdir(dataDir)).includes("zdsync.lock")).toBe(false);
    letGo();
    expect(await until(runs, dry.id, hasEnded)).toMatchObject({ status: "ended", exit: 0, record: { dry_run: true } });
    expect(sandbox.writes()).toEqual([]);
    expect(await runs.ended(new Date(0))).toEqual([]);
    expect((await runs.artifacts(dry.id))?.directory).toBe(join(dataDir, "bot/dry-run"));
  });

  test("begins although the one before has told its end and still has the lock: that is given back in a moment", async () => {
    const { dataDir, env, folder, database } = await world({ waits: false });
    const runId = "20261123T100000Z-000001";
    const dryDir = join(dataDir, "bot/dry-run");
    const unlock = await takeLock(dryDir, "run --dry-run", runId);
    await mkdir(join(dryDir, "history", runId), { recursive: true });
    await writeFile(
      join(dryDir, "history", runId, "run.json"),
      runRecordText(record({ run_id: runId, dry_run: true })),
    );
    let waits = 0;
    const sleep = async (milliseconds: number) => {
      if (waits++ === 0) await unlock();
      else await Bun.sleep(milliseconds);
    };
    const settings = { argv: ZDSYNC, dataDir, env, cwd: folder };
    const runs = createProcessRunner(settings, { database: database(), clock: () => new Date(), sleep });
    const { id } = await runs.start(DRY);
    expect(waits).toBeGreaterThan(0);
    expect(await until(runs, id, hasEnded)).toMatchObject({ status: "ended", exit: 0 });
  });

  test("that would do more than was confirmed is refused, and that is seen", async () => {
    const { sandbox, runner, started } = await world({ waits: false });
    const runs = runner();
    const { id } = await started(runs, { ...REAL, atMost: {} });
    const state = await until(runs, id, hasEnded);
    expect(state.exit).toBe(4);
    expect(state.record?.comparisons.some(({ unconfirmed }) => unconfirmed.length > 0)).toBe(true);
    expect(sandbox.writes()).toEqual([]);
  });

  test("is refused while another goes on, with who and since when", async () => {
    const { runner, started } = await world();
    const runs = runner();
    const first = await started(runs, REAL);
    const message = await messageOf(runs.start(REAL));
    expect(message).toMatch(/^zdsync run is in progress, since \d{4}-\d\d-\d\d \d\d:\d\d UTC \(process \d+ on .+\)/);
    expect(message).toContain(`process ${first.pid} `);
  });

  test("that was killed is lost, in nobody's way, and told among those that ended", async () => {
    const { runner, started } = await world();
    const runs = runner();
    const { id, pid } = await started(runs, REAL);
    end(pid);
    expect(await until(runs, id, hasEnded)).toMatchObject({ status: "lost", endedAt: null, exit: null, record: null });
    expect(await runner().look(id)).toMatchObject({ status: "lost" });
    expect(await runs.current()).toBeNull();
    expect((await runs.ended(new Date(0))).map(({ status }) => status)).toEqual(["lost"]);
    expect(await messageOf(runs.cancel(id))).toContain("is no longer in progress");
  });

  test("is stopped safely, also by a bot that did not start it", async () => {
    const { runner, started, letGo } = await world();
    const { id } = await started(runner(), REAL);
    const later = runner();
    await later.cancel(id);
    letGo();
    expect(await until(later, id, hasEnded)).toMatchObject({ status: "ended", exit: 5 });
  });

  test("of somebody else in the same data directory is seen and can be stopped", async () => {
    const { runner, started, letGo } = await world();
    // As cron would start it: without the bot's database.
    const { id, pid } = await started(runner(ZDSYNC, ":memory:"), REAL);
    const runs = runner();
    expect(await runs.current()).toMatchObject({
      id,
      origin: "schedule",
      startedBy: expect.stringContaining(`process ${pid} on`),
    });
    await runs.cancel(id);
    letGo();
    expect(await until(runs, id, hasEnded)).toMatchObject({ exit: 5, origin: "schedule" });
    expect(await runs.ended(new Date(0))).toHaveLength(1);
  });

  test("has a process group of its own: what ends the bot's does not end it", async () => {
    const { runner, started } = await world();
    const { pid } = await started(runner(), REAL);
    const line = await readFile(`/proc/${pid}/stat`, "utf8");
    const [, , group] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    expect(Number(group)).toBe(pid);
  });
});

describe("a start that fails", () => {
  test("says which setting is wrong", async () => {
    const { runner } = await world({ env: { SALESFORCE_CLIENT_ID: "" } });
    const message = await messageOf(runner().start(REAL));
    expect(message).toContain("nothing was changed: configuration error");
    expect(message).toContain("SALESFORCE_CLIENT_ID");
  });

  test("B6: gets its own settings and no others of the bot's", async () => {
    const bots = {
      SLACK_SIGNING_SECRET: "of-the-bot-1",
      GITLAB_READ_TOKEN: "of-the-bot-2",
      INPUT_ALLOW: "creates=9999",
    };
    const { dataDir, runner } = await world({ env: { ...bots, AWS_SECRET_ACCESS_KEY: "of-the-bot-3" } });
    await messageOf(runner(["/bin/sh", "-c", "env"]).start(REAL));
    const [run = ""] = await readdir(join(dataDir, "history"));
    const log = await readFile(join(dataDir, "history", run, OUTPUT_LOG), "utf8");
    expect(log).toContain("SALESFORCE_CLIENT_SECRET=");
    expect(log).not.toContain("ZDSYNC_STARTED_BY");
    expect(log).not.toMatch(/of-the-bot|9999/);
  });

  test("says that the program is not there", async () => {
    const { runner } = await world();
    expect(await messageOf(runner(["/nowhere/bun"]).start(REAL))).toContain("/nowhere/bun");
  });

  test("never reads an argument as a command", async () => {
    const { dataDir, runner } = await world();
    const runs = runner(["/bin/echo", "$(touch pwned)", "; touch pwned"]);
    expect(await messageOf(runs.start(REAL))).toContain("was not started");
    const [run = ""] = await readdir(join(dataDir, "history"));
    const log = await readFile(join(dataDir, "history", run, OUTPUT_LOG), "utf8");
    expect(log).toContain("$(touch pwned) ; touch pwned run --json --run-id");
    expect(log).toContain("--at-most global.creates=999 global.updates=999");
  });
});

describe("looking", () => {
  test("for what is not there says so, whatever it is called", async () => {
    const { runner } = await world();
    for (const id of ["20261124T000000Z-abc123", "../../etc", ""])
      expect(await messageOf(runner().look(id))).toContain("not known");
  });

  test("a changed record is called back", async () => {
    const { dataDir, runner } = await world();
    const called = Promise.withResolvers<string>();
    open.push(async () => stop());
    const stop = runner().onChange(called.resolve);
    const history = join(dataDir, "history");
    await mkdir(history, { recursive: true });
    let count = 0;
    // Until it is seen: the first look of the watch may come after the first change.
    const writing = setInterval(async () => {
      await mkdir(join(history, "r1"), { recursive: true });
      await writeFile(join(history, "r1", "run.json"), "x".repeat(++count));
    }, 100);
    expect(await called.promise).toBe("r1");
    clearInterval(writing);
  });
});
