import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import type { RecordedComparison } from "../../lib/storage/runs/run-record.ts";
import {
  ANN,
  BOB,
  buttons,
  comparison,
  FlowWorld,
  matters,
  recordOf,
  results,
  Told,
  textOf,
  tokenOf,
} from "../../test/support/bot/flow-world.ts";
import { RunnerError } from "../runs/runner.ts";

const TEN_MINUTES = 600_000;
const DONE = recordOf([comparison({ results: results(15, 1) }), comparison({ name: "partner", results: results(2) })], {
  dry_run: false,
  exit: 3,
});

describe("following", () => {
  test("parts that ended together are one message, in order; the end has outcome, counts, duration and link", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.parts(id, { "gather-accounts": "done", "gather-orgs global": "running", sync: "waiting" });
    await world.time.pass(10_000);
    world.runner.parts(id, { "gather-orgs global": "done", "*compare* <!here>": "refused", sync: "skipped" });
    await world.time.pass(232_000);
    world.runner.end(id, { record: DONE, exit: 3 });
    await world.time.pass(10_000);
    expect(world.outgoing.keys).toEqual([
      `run ${id} started`,
      `run ${id} parts 1`,
      `run ${id} parts 2`,
      `run ${id} ended`,
    ]);
    expect(world.outgoing.posts.map(({ thread }) => thread)).toEqual([null, ...Array(3).fill(`run ${id} started`)]);
    expect(world.outgoing.shown(`run ${id} parts 1`)).toBe("✓ gather-accounts");
    expect(world.outgoing.shown(`run ${id} parts 2`)).toBe(
      "✓ gather-orgs global\n– not started: sync\n✗ refused before any write: *compare* &lt;!here&gt;",
    );
    const end = world.outgoing.shown(`run ${id} ended`);
    expect(end).toContain("*Done, but some records failed* after 4 min 2 s: 17 applied, 1 failed, 0 skipped.");
    expect(end).toContain("Customers, global: 15 created");
    expect(end).toContain(`<https://gitlab.example.com/pipelines/${id}|pipeline ${id}>`);
  });

  test("twelve messages at most, whatever the number of parts, and none of their ends is left out", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    const names = Array.from({ length: 40 }, (_, index) => `part ${index}.`);
    for (const name of names) {
      world.runner.parts(id, { [name]: "done" });
      await world.time.pass(10_000);
    }
    world.runner.end(id, { record: DONE });
    await world.time.pass(10_000);
    expect(world.outgoing.posts.length).toBeLessThanOrEqual(12);
    const said = world.outgoing.posts.map(textOf).join("\n");
    for (const name of names) expect(said.split(name).length - 1).toBe(1);
    expect(world.outgoing.keys.at(-1)).toBe(`run ${id} ended`);
  });

  test("a part that failed and was tried again is told again; unchanged ones are not", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    for (const state of ["failed", "failed", "running", "done", "done"] as const) {
      world.runner.parts(id, { compare: state });
      await world.time.pass(10_000);
    }
    expect(world.outgoing.posts.slice(1).map(textOf)).toEqual(["✗ failed: compare", "✓ compare"]);
  });

  test("A4: a part that was stopped says so", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.parts(id, { "sync global": "stopped" });
    await world.time.pass(10_000);
    expect(world.outgoing.shown(`run ${id} parts 1`)).toBe("■ stopped early: sync global");
  });

  test("what the runner tells is looked at, at once; what somebody else's run does is not", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    await world.time.pass(0);
    world.runner.parts(id, { compare: "done" });
    world.runner.tell(id);
    await world.time.pass(0);
    expect(world.outgoing.keys).toContain(`run ${id} parts 1`);
    const looks = world.runner.looks;
    world.runner.tell("of somebody else");
    await world.time.pass(0);
    expect(world.runner.looks).toBe(looks);
  });

  test("a change while the run is being looked at is looked at, at once, too", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    await world.time.pass(0);
    const look = world.runner.look.bind(world.runner);
    world.runner.look = async (asked) => {
      const before = await look(asked);
      world.runner.look = look;
      world.runner.parts(id, { compare: "done" });
      world.runner.tell(id);
      return before;
    };
    world.runner.tell(id);
    await world.time.pass(0);
    expect(world.outgoing.keys).toContain(`run ${id} parts 1`);
  });

  test("every two seconds on this machine, every ten in GitLab", async () => {
    for (const [kind, most] of [
      ["process", 31],
      ["gitlab", 7],
    ] as const) {
      const world = new FlowWorld(kind);
      await world.started();
      const before = world.runner.looks;
      await world.time.pass(60_000);
      expect(world.runner.looks - before).toBeWithin(most - 2, most + 1);
    }
  });

  test("a run that is lost: its thread ends with that", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.change(id, { status: "lost" });
    await world.time.pass(10_000);
    expect(world.outgoing.shown(`run ${id} ended`)).toContain("*Lost.*");
    expect(world.time.sleeping).toBe(0);
  });

  test("failures are named in the end, without a record that is said, and without an address the page's file is", async () => {
    const world = new FlowWorld("process");
    const id = await world.started();
    world.runner.change(id, { url: null });
    world.runner.end(id, {
      exit: 1,
      record: recordOf([], {
        failures: [{ where: "global", reasons: [reason("legacy.text", { text: "Zendesk <x> refused" })] }],
      }),
    });
    await world.time.pass(10_000);
    expect(world.outgoing.shown(`run ${id} ended`)).toContain("• global: Zendesk &lt;x&gt; refused.");
    expect(world.outgoing.shown(`run ${id} ended`)).toContain(`\`history/${id}/report.html\` on build-1`);
    const other = await world.started();
    world.runner.end(other, { exit: null });
    await world.time.pass(10_000);
    expect(world.outgoing.shown(`run ${other} ended`)).toContain("It left no readable result.");
  });

  test("GitLab down: one line after ten minutes, one when it is seen again, few looks in between", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    await world.time.pass(0);
    world.runner.down = new RunnerError("GitLab does not answer.");
    await world.time.pass(TEN_MINUTES - 30_000);
    expect(world.outgoing.keys).toEqual([`run ${id} started`]);
    const looks = world.runner.looks;
    await world.time.pass(60 * 60_000);
    expect(world.runner.looks - looks).toBeLessThan(70);
    expect(world.outgoing.keys).toEqual([`run ${id} started`, `run ${id} unseen 1`]);
    expect(world.outgoing.shown(`run ${id} unseen 1`)).toContain("GitLab does not answer.");
    world.runner.down = null;
    world.runner.parts(id, { compare: "done" });
    await world.time.pass(60_000);
    expect(world.outgoing.keys.slice(2)).toEqual([`run ${id} seen again 1`, `run ${id} parts 1`]);
    // Down once more, and briefly: only what lasts is told, under keys of its own.
    world.runner.down = new RunnerError("GitLab does not answer.");
    await world.time.pass(TEN_MINUTES * 2);
    expect(world.outgoing.keys.at(-1)).toBe(`run ${id} unseen 2`);
  });

  test("a run that is never seen again is given up after a day", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.down = new RunnerError("GitLab does not answer.");
    await world.time.pass(25 * 3_600_000);
    expect(world.outgoing.keys).toEqual([`run ${id} started`, `run ${id} unseen 1`, `run ${id} ended`]);
    expect(world.time.sleeping).toBe(0);
  });
});

describe("more than was confirmed", () => {
  const more = (change: Partial<RecordedComparison> = {}) =>
    comparison({
      planned: { creates: 5, updates: 12, marks: 1, contacts: 0 },
      unconfirmed: [{ effect: "creates", count: 5, confirmed: 3 }],
      refused: [reason("count.unconfirmed", { comparison: "global", effect: "creates", count: 5, confirmed: 3 })],
      ...change,
    });

  async function stopped(comparisons: RecordedComparison[]) {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.end(id, { exit: 4, record: recordOf(comparisons, { exit: 4, dry_run: false }) });
    await world.time.pass(10_000);
    return { world, id };
  }

  test("says how many there are and how many were confirmed, and asks again, bound to the same user", async () => {
    const { world, id } = await stopped([more()]);
    expect(world.outgoing.keys.slice(-2)).toEqual([`run ${id} ended`, `run ${id} asks again`]);
    const end = world.outgoing.shown(`run ${id} ended`);
    expect(end).toContain("*Stopped: there is more to change than was confirmed*");
    expect(end).toContain("Customers, global: now 5 to create (confirmed: 3)");
    expect(end).toContain("Nothing was written.");
    const again = world.outgoing.posts.at(-1);
    expect(again?.thread).toBe(`run ${id} started`);
    const told = new Told();
    await world.flow.confirm(tokenOf(again), BOB, told);
    expect(told.texts).toEqual(["privately: Only <@U0ANN> can confirm this."]);
    // The channel of notices need not be the one where Ann asked.
    await world.flow.confirm(tokenOf(again), { ...ANN, channel: "C0NOTICES" }, told);
    expect(world.runner.starts.at(-1)?.atMost).toEqual({
      global: { creates: 5, updates: 12, marks: 1, downgrades: 2, contacts: 0 },
    });
  });

  test("the new offer expires five minutes after it was put", async () => {
    const { world } = await stopped([more()]);
    await world.time.pass(300_000);
    const told = new Told();
    await world.flow.confirm(tokenOf(world.outgoing.posts.at(-1)), ANN, told);
    expect(told.texts[0]).toContain("expired");
    expect(world.runner.starts.filter(({ dryRun }) => !dryRun)).toHaveLength(1);
  });

  test("a branch that was written all the same is named", async () => {
    const { world, id } = await stopped([more(), comparison({ name: "usgov", results: results(3) })]);
    const end = world.outgoing.shown(`run ${id} ended`);
    expect(end).toContain("Written, within the confirmed counts: Customers, us-government.");
    expect(end).not.toContain("Nothing was written.");
  });

  test("what the run did not come to keeps its confirmed counts", async () => {
    const { world } = await stopped([more({ name: "usgov" })]);
    await world.flow.confirm(tokenOf(world.outgoing.posts.at(-1)), ANN, new Told());
    expect(world.runner.starts.at(-1)?.atMost).toEqual({
      global: { creates: 3, updates: 12, marks: 1, downgrades: 2, contacts: 0 },
      usgov: { creates: 5, updates: 12, marks: 1, downgrades: 2, contacts: 0 },
    });
  });

  test("what was written already is not offered again, with nobody having seen it", async () => {
    const none = { applied: 0, failed: 0, skipped: 0 };
    const done = (applied: number) => ({ ...none, applied });
    const { world, id } = await stopped([
      comparison({ results: { create: done(3), update: done(12), mark: done(1), contact: none } }),
      comparison({ name: "usgov", results: { create: done(4), update: done(11), mark: done(0), contact: none } }),
      more({ name: "partner" }),
    ]);
    const again = world.outgoing.posts.at(-1);
    expect(world.outgoing.shown(`run ${id} asks again`)).toContain(
      "<@U0ANN>: start another run for what is left? At most: Customers, global: nothing; Customers, us-government: 1 to update (1 gets less support), 1 to mark for deletion; Partners, global: 5 to create,",
    );
    expect(JSON.stringify(buttons(again))).toContain("5 to create, 13 to update (3 get less support), 2 to mark");
    await world.flow.confirm(tokenOf(again), ANN, new Told());
    expect(world.runner.starts.at(-1)?.atMost).toEqual({
      global: { creates: 0, updates: 0, marks: 0, downgrades: 0, contacts: 0 },
      usgov: { creates: 0, updates: 1, marks: 1, downgrades: 1, contacts: 0 },
      partner: { creates: 5, updates: 12, marks: 1, downgrades: 2, contacts: 0 },
    });
    expect(world.results.at(-1)).toContain(
      "confirm global.creates=0 global.updates=0 global.marks=0 global.downgrades=0",
    );
  });

  test("nothing is left: does not ask again", async () => {
    const none = { applied: 0, failed: 0, skipped: 0 };
    const all = { create: { ...none, applied: 5 }, update: { ...none, applied: 12 }, mark: { ...none, applied: 1 } };
    const { world, id } = await stopped([more({ results: { ...all, contact: none } })]);
    expect(world.outgoing.keys.at(-1)).toBe(`run ${id} ended`);
  });

  test("over a limit as well: does not ask again", async () => {
    const { world, id } = await stopped([
      more({ measures: [{ effect: "creates", count: 5, limit: 4, exceeded: true }] }),
    ]);
    expect(world.outgoing.keys.at(-1)).toBe(`run ${id} ended`);
    expect(world.outgoing.posts.flatMap(buttons)).toEqual([]);
  });
});

describe("cancel", () => {
  test("nothing is running: says so", async () => {
    const world = new FlowWorld();
    const told = new Told();
    await world.flow.cancel(ANN, told);
    expect(told.texts).toEqual(["privately: No run is in progress, so there is nothing to cancel."]);
  });

  test("a run of the bot's: what happens is answered, and said in its thread", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    const told = new Told();
    await world.flow.cancel(BOB, told);
    expect(world.runner.cancelled).toEqual([id]);
    expect(told.texts[0]).toContain("GitLab stops its jobs. The next run does the rest.");
    expect(world.outgoing.posts.at(-1)).toMatchObject({
      key: `run ${id} cancelled by U0BOB`,
      thread: `run ${id} started`,
    });
    expect(world.outgoing.shown(`run ${id} cancelled by U0BOB`)).toContain("<@U0BOB> cancelled this run");
    expect(world.results.at(-1)).toBe(`U0BOB cancel pipeline ${id} → asked to stop`);
  });

  test("only a run on this machine is said to finish what is in flight", async () => {
    for (const kind of ["process", "gitlab"] as const) {
      const world = new FlowWorld(kind);
      const id = await world.started();
      const told = new Told();
      await world.flow.cancel(ANN, told);
      const said = [told.texts.join(), world.outgoing.shown(`run ${id} cancelled by U0ANN`)];
      expect(said.map((text) => text.includes("in flight"))).toEqual(Array(2).fill(kind === "process"));
    }
  });

  test("a scheduled run: said in the channel", async () => {
    const world = new FlowWorld();
    world.runner.add({ id: "9" });
    await world.flow.cancel(ANN, new Told());
    expect(world.outgoing.posts).toMatchObject([{ key: "run 9 cancelled by U0ANN", thread: null }]);
    expect(textOf(world.outgoing.posts[0] ?? {})).toContain("pipeline 9");
  });

  test("the runner cannot: its words, nothing public", async () => {
    const world = new FlowWorld();
    world.runner.add({ id: "9" });
    world.runner.cannotCancel = new RunnerError("The token may not cancel. Cancel it in GitLab.");
    const told = new Told();
    await world.flow.cancel(ANN, told);
    expect(told.texts[0]).toContain("Cancel it in GitLab.");
    expect(world.outgoing.posts).toEqual([]);
    expect(world.results.at(-1)).toContain("not cancelled: The token may not cancel.");
  });
});

describe("the end of a thread", () => {
  test("of a run that a limit refused names whom it would hurt, and links to the page, which is wanted once", async () => {
    const world = new FlowWorld();
    world.customers = { names: new Map([["0014M00001kAbCdQAK", "Acme"]]), salesforceHost: null };
    const id = await world.started();
    const pageUrl = "https://gitlab.example.com/-/jobs/9/artifacts/file/data/report.html";
    world.runner.change(id, { pageUrl });
    world.runner.end(id, { exit: 4, record: recordOf([comparison()], { exit: 4, matters: matters(88) }) });
    await world.time.pass(10_000);
    const end = world.outgoing.shown(`run ${id} ended`);
    expect(end).toMatch(
      /Most important: 1 loses support · 88 marked for deletion.*Customers who would lose something.*Acme.*and 88 more/s,
    );
    expect(end).toContain(`<${pageUrl}|Page with every change and its reason>`);
    const page = { runId: id, instance: null, thread: `run ${id} started`, after: `run ${id} ended` };
    expect(world.pages).toEqual([page]);
  });

  test("of a run that was lost wants no page", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    world.runner.change(id, { status: "lost" });
    await world.time.pass(10_000);
    expect(world.outgoing.keys).toContain(`run ${id} ended`);
    expect(world.pages).toEqual([]);
  });
});
