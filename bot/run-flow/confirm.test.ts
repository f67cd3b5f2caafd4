import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ANN, BOB, comparison, FlowWorld, recordOf, Told, textOf, tokenOf } from "../../test/support/bot/flow-world.ts";
import { openDatabase } from "../database.ts";
import { RunnerError, StartUnknown } from "../runs/runner.ts";

const COUNTS = { global: { creates: 3, updates: 12, marks: 1, downgrades: 2, contacts: 0 } };
const real = (world: FlowWorld) => world.runner.starts.filter(({ dryRun }) => !dryRun);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("confirm", () => {
  test("starts the run with at most these counts, replaces the message, says publicly who did", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    const told = new Told();
    await world.flow.confirm(token, ANN, told);
    expect(real(world)).toEqual([{ instance: null, dryRun: false, atMost: COUNTS, user: ANN.user }]);
    expect(told.texts).toEqual([
      expect.stringContaining("instead: Started: <https://gitlab.example.com/pipelines/4712|"),
    ]);
    expect(world.outgoing.keys).toEqual(["run 4712 started"]);
    expect(world.outgoing.shown("run 4712 started")).toContain("<@U0ANN> started a run of global and us-government");
    expect(world.outgoing.shown("run 4712 started")).toContain(
      "global: 3 to create, 12 to update (2 get less support), 1 to mark for deletion",
    );
    expect(world.results.at(-1)).toBe(
      "U0ANN confirm global.creates=3 global.updates=12 global.marks=1 global.downgrades=2 → started pipeline 4712",
    );
  });

  test.each([
    ["another user", BOB],
    ["another channel", { ...ANN, channel: "C0OTHER" }],
    ["another workspace", { ...ANN, team: "T0OTHER" }],
  ])("%s: refused, and the offer stays", async (_, by) => {
    const world = new FlowWorld();
    const token = await world.offered();
    const told = new Told();
    await world.flow.confirm(token, by, told);
    await world.flow.dismiss(token, by, told);
    expect(real(world)).toEqual([]);
    expect(told.said.map(({ how }) => how)).toEqual(["privately", "privately"]);
    if (by === BOB) expect(told.texts[0]).toBe("privately: Only <@U0ANN> can confirm this.");
    expect(world.results.at(-1)).toEndWith("→ refused: not theirs");
    await world.flow.confirm(token, ANN, told);
    expect(real(world)).toHaveLength(1);
  });

  test("five minutes to the millisecond; after that it says how to ask again", async () => {
    for (const [ms, starts] of [
      [299_999, 1],
      [300_000, 0],
    ] as const) {
      const world = new FlowWorld();
      const asked = await world.asked(recordOf([comparison()]), { instance: "global" });
      // The dry run was looked at until its end; the offer was made ten seconds before this moment at most.
      const row = world.database.query("select expires_at from run_offers").get() as { expires_at: number };
      await world.time.pass(row.expires_at - 300_000 + ms - world.time.clock().getTime());
      const told = new Told();
      await world.flow.confirm(tokenOf(asked.last), ANN, told);
      expect(real(world)).toHaveLength(starts);
      if (starts === 0) expect(told.texts.join()).toMatch(/^instead: This offer has expired.*`\/zdsync run global`/);
    }
  });

  test("unknown, used and dismissed tokens start nothing and say so", async () => {
    const world = new FlowWorld();
    const told = new Told();
    for (const token of ["", "x", "'; drop table run_offers; --", "\u0000"]) await world.flow.confirm(token, ANN, told);
    const token = await world.offered();
    await world.flow.dismiss(token, ANN, told);
    await world.flow.confirm(token, ANN, told);
    expect(real(world)).toEqual([]);
    expect(told.texts.slice(-2)).toEqual([
      "instead: Not started. Nothing was changed.",
      expect.stringContaining("This offer was withdrawn. Nothing was started."),
    ]);
    const other = await world.offered();
    await world.flow.confirm(other, ANN, told);
    await world.flow.dismiss(other, ANN, told);
    expect(real(world)).toHaveLength(1);
    expect(told.texts.at(-1)).toContain("This was already confirmed");
  });

  test("a double click starts one run", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    const [one, two] = [new Told(), new Told()];
    await Promise.all([world.flow.confirm(token, ANN, one), world.flow.confirm(token, ANN, two)]);
    expect(real(world)).toHaveLength(1);
    expect([...one.texts, ...two.texts].filter((text) => text.startsWith("instead: Started"))).toHaveLength(1);
  });

  test("two processes on one database start one run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "run-flow-"));
    folders.push(folder);
    const file = join(folder, "bot.db");
    const world = new FlowWorld("gitlab", openDatabase(file));
    const second = openDatabase(file);
    const token = await world.offered();
    const other = world.another({ database: second });
    await Promise.all([world.flow.confirm(token, ANN, new Told()), other.confirm(token, ANN, new Told())]);
    expect(real(world)).toHaveLength(1);
    second.close();
    world.database.close();
  });

  test("two offers at once: the second waits while the first is being started, and stays valid", async () => {
    const world = new FlowWorld();
    const [one, two] = [await world.offered(), await world.offered()];
    const told = new Told();
    const first = world.flow.confirm(one, ANN, new Told());
    await Promise.all([first, world.flow.confirm(two, ANN, told)]);
    expect(real(world)).toHaveLength(1);
    expect(told.texts.join()).toMatch(/Another run is starting|A run is in progress/);
    world.runner.end([...world.runner.runs.keys()].at(-1) ?? "", { record: recordOf([]) });
    await world.time.pass(10_000);
    await world.flow.confirm(two, ANN, new Told());
    expect(real(world)).toHaveLength(2);
  });

  test("a run that began while the runner was being asked: nothing is started, whether or not it has an id by then", async () => {
    const world = new FlowWorld();
    const [one, two] = [await world.offered(), await world.offered()];
    const current = world.runner.current.bind(world.runner);
    const asked = Promise.withResolvers<void>();
    const slow = Promise.withResolvers<void>();
    world.runner.current = async () => {
      const seen = await current();
      asked.resolve();
      await slow.promise;
      return seen;
    };
    const told = new Told();
    const second = world.flow.confirm(two, ANN, told);
    await asked.promise;
    world.runner.current = current;
    await world.flow.confirm(one, ANN, new Told());
    expect(world.outgoing.keys).toEqual(["run 4713 started"]);
    slow.resolve();
    await second;
    expect(real(world)).toHaveLength(1);
    expect(told.texts.join()).toContain("Another run is starting");
    // Its offer is as good as before.
    world.runner.end("4713", { record: recordOf([]) });
    await world.time.pass(10_000);
    await world.flow.confirm(two, ANN, told);
    expect(real(world)).toHaveLength(2);
  });

  test("the same where the other start had been asked for before, and got its id in between", async () => {
    const world = new FlowWorld();
    const [one, two] = [await world.offered(), await world.offered()];
    const { current, start } = world.runner;
    const [starting, asked, slow, slowStart] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    world.runner.start = async (order) => {
      starting?.resolve();
      await slowStart?.promise;
      return start.call(world.runner, order);
    };
    const first = world.flow.confirm(one, ANN, new Told());
    await starting?.promise;
    world.runner.current = async () => {
      const seen = await current.call(world.runner);
      asked?.resolve();
      await slow?.promise;
      return seen;
    };
    const told = new Told();
    const second = world.flow.confirm(two, ANN, told);
    await asked?.promise;
    slowStart?.resolve();
    await first;
    slow?.resolve();
    await second;
    expect(real(world)).toHaveLength(1);
    expect(told.texts.join()).toContain("Another run is starting");
  });

  test("a run goes on by now: who and when, and the offer stays valid", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.add({ id: "99" });
    const told = new Told();
    await world.flow.confirm(token, ANN, told);
    expect(told.texts[0]).toMatch(/^privately: A run is in progress: .*pipeline 99.* by the schedule/);
    expect(real(world)).toEqual([]);
    world.runner.end("99");
    await world.flow.confirm(token, ANN, told);
    expect(real(world)).toHaveLength(1);
  });

  test("nobody can see whether a run goes on: nothing is started, the offer stays valid", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.down = new RunnerError("GitLab does not answer.");
    const told = new Told();
    await world.flow.confirm(token, ANN, told);
    expect(told.texts[0]).toContain("GitLab does not answer.");
    expect(real(world)).toEqual([]);
    world.runner.down = null;
    await world.flow.confirm(token, ANN, told);
    expect(real(world)).toHaveLength(1);
  });

  test("the start fails: told, audited, the offer is used up, nothing public", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.nextStart = { error: new RunnerError("GitLab refuses the input at-most."), anyway: false };
    const told = new Told();
    await world.flow.confirm(token, ANN, told);
    expect(told.texts[0]).toStartWith("instead: GitLab refuses the input at-most.\nNothing was started.");
    expect(world.results.at(-1)).toEndWith("→ not started: GitLab refuses the input at-most.");
    await world.flow.confirm(token, ANN, told);
    expect(told.texts[1]).toContain("already confirmed");
    expect(real(world)).toEqual([]);
    await world.time.pass(600_000);
    expect(world.outgoing.posts).toEqual([]);
    // Nothing is left that would keep others from starting.
    await world.flow.confirm(await world.offered(), ANN, told);
    expect(real(world)).toHaveLength(1);
  });
});

describe("a start with an unknown outcome", () => {
  const lost = () => new StartUnknown("GitLab did not answer.");

  test("is never asked for again, and followed once it turns up", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.nextStart = { error: lost(), anyway: true };
    const told = new Told();
    await world.flow.confirm(token, ANN, told);
    expect(told.texts[0]).toContain("The run may have been started");
    await world.time.pass(20_000);
    expect(real(world)).toHaveLength(1);
    expect(world.outgoing.keys).toEqual(["run 4712 started"]);
    expect(world.outgoing.shown("run 4712 started")).toContain("<@U0ANN>");
  });

  test("an error that is none of the runner's is taken for unknown too", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.nextStart = { error: new TypeError("?"), anyway: true };
    await world.flow.confirm(token, ANN, new Told());
    await world.time.pass(20_000);
    expect(world.outgoing.keys).toEqual(["run 4712 started"]);
  });

  test("is looked for as long as a run goes on that may be it: a pipeline proves whose it is late", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.nextStart = { error: lost(), anyway: false };
    await world.flow.confirm(token, ANN, new Told());
    world.runner.add({ id: "99", origin: "person" });
    await world.time.pass(30 * 60_000);
    expect(world.outgoing.keys).toEqual([]);
    world.runner.change("99", { origin: "bot" });
    await world.time.pass(20_000);
    expect(world.outgoing.keys).toEqual(["run 99 started"]);
  });

  test("that does not turn up is told publicly, once, naming what somebody may have started elsewhere", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    world.runner.nextStart = { error: lost(), anyway: false };
    await world.flow.confirm(token, ANN, new Told());
    world.runner.add({ id: "98", origin: "schedule", status: "ended", endedAt: world.time.clock() });
    world.runner.add({ id: "99", origin: "person", status: "ended", endedAt: world.time.clock() });
    await world.time.pass(3_600_000);
    expect(world.outgoing.keys).toEqual(["start 2026-11-24T10:00:10.000Z unknown"]);
    const said = textOf(world.outgoing.posts[0] ?? {});
    expect(said).toContain("it may not have been started");
    expect(said).toContain("pipeline 99");
    expect(said).not.toContain("pipeline 98");
    expect(real(world)).toEqual([]);
  });
});
