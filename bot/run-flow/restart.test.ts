import type { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reason } from "../../lib/domain/reason.ts";
import type { Outgoing } from "../../lib/remotes/slack/ports.ts";
import {
  ANN,
  comparison,
  FlowWorld,
  recordOf,
  results,
  Told,
  textOf,
  tokenOf,
} from "../../test/support/bot/flow-world.ts";
import { openDatabase } from "../database.ts";
import type { Runner } from "../runs/runner.ts";

const folder = mkdtempSync(join(tmpdir(), "run-flow-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Kills the bot at one step: nothing it does afterwards has any effect. A step is a write to the database, a put, or a start. */
class Fuse {
  steps = 0;
  blown = false;
  constructor(private readonly at: number) {}

  /** Counts a moment at which the program may be killed. */
  step(): void {
    if (this.blown) throw new Error("killed");
    this.steps += 1;
    if (this.steps === this.at) {
      this.blown = true;
      throw new Error("killed");
    }
  }

  around<Result>(deed: () => Result): Result {
    this.step();
    const result = deed();
    this.step();
    return result;
  }

  database(database: Database): Database {
    return new Proxy(database, {
      get: (target, name) => {
        if (this.blown) throw new Error("killed");
        if (name === "run") return (...args: Parameters<Database["run"]>) => this.around(() => target.run(...args));
        if (name === "transaction")
          return (deed: () => unknown) => ({
            immediate: () => this.around(() => target.transaction(deed).immediate()),
          });
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  outgoing(outgoing: Outgoing): Outgoing {
    return { enqueue: (post) => this.around(() => outgoing.enqueue(post)), tsOf: (key) => outgoing.tsOf(key) };
  }

  runner(runner: Runner): Runner {
    return new Proxy(runner, {
      get: (target, name) => {
        if (name === "start")
          return async (order: Parameters<Runner["start"]>[0]) => {
            this.step();
            const run = await target.start(order);
            this.step();
            return run;
          };
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}

const STOPPED = recordOf(
  [
    comparison({
      unconfirmed: [{ effect: "creates", count: 5, confirmed: 3 }],
      refused: [reason("count.unconfirmed", { comparison: "global", effect: "creates", count: 5, confirmed: 3 })],
    }),
    comparison({ name: "partner", results: results(2) }),
  ],
  { exit: 4, dry_run: false },
);

/** A run from its confirmation to its end, killed at one step and resumed at once; answers how many steps there were. */
async function killedAt(at: number, file: string): Promise<{ steps: number; blown: boolean; world: FlowWorld }> {
  const world = new FlowWorld("gitlab", openDatabase(file));
  const token = await world.offered();
  await world.flow.stop();
  const fuse = new Fuse(at);
  let flow = world.flow;
  const restart = () => {
    world.time.forgetSleepers();
    flow = world.another();
    void flow.resume();
  };
  try {
    flow = world.another({
      database: fuse.database(world.database),
      outgoing: fuse.outgoing(world.outgoing),
      runner: fuse.runner(world.runner),
    });
  } catch {
    restart();
  }
  let isResumed = flow !== world.flow && fuse.blown;
  /** After a kill another bot goes on; whoever got no answer clicks again. */
  const goOn = async () => {
    if (!fuse.blown || isResumed) return;
    isResumed = true;
    restart();
    await world.time.pass(0);
  };
  await flow.confirm(token, ANN, new Told());
  await world.time.pass(0);
  await goOn();
  await flow.confirm(token, ANN, new Told());
  await world.time.pass(20_000);
  await goOn();
  const id = "4712";
  if (!world.runner.runs.has(id)) return { steps: fuse.steps, blown: fuse.blown, world };
  for (const name of ["gather-accounts", "compare global", "sync global"]) {
    world.runner.parts(id, { [name]: "done" });
    await world.time.pass(10_000);
    await goOn();
    await world.time.pass(10_000);
  }
  world.runner.end(id, { exit: 4, record: STOPPED });
  await world.time.pass(10_000);
  await goOn();
  await world.time.pass(20_000);
  await flow.stop();
  return { steps: fuse.steps, blown: fuse.blown, world };
}

describe("killed and started again", () => {
  test("at any step: the same messages in the same order, each once, and one run", async () => {
    const undisturbed = await killedAt(Number.POSITIVE_INFINITY, join(folder, "undisturbed.db"));
    const expected = undisturbed.world.outgoing.posts.map((post) => `${post.key} | ${post.thread} | ${textOf(post)}`);
    expect(undisturbed.world.outgoing.keys).toEqual(
      ["started", "parts 1", "parts 2", "parts 3", "ended", "asks again"].map((what) => `run 4712 ${what}`),
    );
    expect(undisturbed.steps).toBeGreaterThan(40);
    let notStarted = 0;
    for (let at = 1; at <= undisturbed.steps; at++) {
      const { blown, world } = await killedAt(at, join(folder, `killed-${at}.db`));
      expect(blown).toBe(true);
      const starts = world.runner.starts.filter(({ dryRun }) => !dryRun).length;
      expect({ at, starts }).toEqual({ at, starts: Math.min(starts, 1) });
      if (starts === 0) {
        // Killed between the claim and the start: nobody can know that, so it is said, and never tried again.
        notStarted += 1;
        await world.time.pass(600_000);
        expect(world.outgoing.keys.filter((key) => key.endsWith("unknown"))).toHaveLength(1);
        continue;
      }
      const posts = world.outgoing.posts.map((post) => `${post.key} | ${post.thread} | ${textOf(post)}`);
      expect({ at, posts }).toEqual({ at, posts: expected });
      expect(world.database.query("select * from run_posts").all()).toEqual([]);
      // The button that came out works, whichever of the two programs made it.
      const again = new Told();
      await world.another().confirm(tokenOf(world.outgoing.posts.at(-1)), ANN, again);
      expect({ at, starts: world.runner.starts.filter(({ dryRun }) => !dryRun).length }).toEqual({ at, starts: 2 });
    }
    expect(notStarted).toBeWithin(1, 4);
  });

  test("a run that ended while the bot was away is told to its end", async () => {
    const file = join(folder, "away.db");
    const world = new FlowWorld("gitlab", openDatabase(file));
    const id = await world.started();
    await world.flow.stop();
    world.database.close();
    world.runner.parts(id, { compare: "done", sync: "done" });
    world.runner.end(id, { record: recordOf([comparison({ results: results(15) })], { dry_run: false }) });
    await world.time.pass(3_600_000);
    const flow = world.another({ database: openDatabase(file) });
    await flow.resume();
    await world.time.pass(0);
    expect(world.outgoing.keys).toEqual([`run ${id} started`, `run ${id} parts 1`, `run ${id} ended`]);
    await flow.resume();
    await world.time.pass(60_000);
    expect(world.outgoing.posts).toHaveLength(3);
    expect(world.time.sleeping).toBe(0);
  });

  test("resume twice follows once; stop ends it and leaves the rest to the next start", async () => {
    const world = new FlowWorld();
    const id = await world.started();
    await world.flow.resume();
    await world.flow.resume();
    await world.time.pass(0);
    expect(world.time.sleeping).toBe(1);
    await world.flow.stop();
    expect(world.time.sleeping).toBe(0);
    world.runner.end(id, { record: recordOf([]) });
    world.runner.tell(id);
    await world.time.pass(60_000);
    expect(world.outgoing.keys).toEqual([`run ${id} started`]);
    await world.another().resume();
    await world.time.pass(0);
    expect(world.outgoing.keys).toEqual([`run ${id} started`, `run ${id} ended`]);
  });

  test("the disk is full for a while: told afterwards, nothing is lost", async () => {
    const world = new FlowWorld();
    await world.flow.stop();
    let full = false;
    const flow = world.another({
      outgoing: {
        enqueue: (post) => {
          if (full) throw new Error("disk is full");
          world.outgoing.enqueue(post);
        },
        tsOf: (key) => world.outgoing.tsOf(key),
      },
    });
    world.flow = flow;
    const id = await world.started();
    full = true;
    world.runner.parts(id, { compare: "done" });
    await world.time.pass(60_000);
    expect(world.outgoing.posts).toHaveLength(1);
    full = false;
    await world.time.pass(120_000);
    expect(world.outgoing.keys).toEqual([`run ${id} started`, `run ${id} parts 1`]);
    expect(world.warnings.length).toBeGreaterThan(0);
  });
});
