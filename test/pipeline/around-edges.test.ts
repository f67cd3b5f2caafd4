import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { uptime } from "node:os";
import { now, sleep } from "../../lib/edges/clock.ts";
import { type Edges, edges, withEdges } from "../../lib/edges/edges.ts";
import { MACHINE } from "../../lib/edges/machine.ts";
import { EXIT } from "../../lib/errors.ts";
import type { RequestHook } from "../../sandbox/types.ts";
import { smallWorld } from "../safety/small-world.ts";
import { QUICK, RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What test/architecture.test.ts cannot see: a library that asks the machine for time, chance or an answer by itself. */

/** They read the clock, and nothing follows from it for what we use of them. */
const HARMLESS = [
  // How long a request took, for a log that nobody reads.
  "Date.now in jsforce/lib/http-api.js",
  // For intervals, which WebClient gives it none of.
  "Date.now in p-queue/dist/index.js",
  // For a time after which it no longer repeats; it repeats nothing here.
  "new Date in retry/lib/retry_operation.js",
];

const QUICK_ON_EDGES = {
  ...QUICK,
  now: () => now() * 1000,
  sleep: (milliseconds: number) => sleep(milliseconds / 1000),
};

const NEEDS_INSTANCE: ReadonlySet<string> = new Set(["gather-orgs", "compare", "sync", "user-sync"]);

const restore: (() => void)[] = [];
afterEach(() => {
  for (const one of restore.splice(0)) one();
});

/** Edges of the real machine, and everything that work with them asked of the machine without them. The sandbox has none, and may. */
function watchedMachine(): { own: Edges; around: Set<string> } {
  const { setTimeout, clearTimeout, fetch, Date: RealDate, Math: chance } = globalThis;
  const { now: realNow } = Date;
  const { random } = chance;
  const own: Edges = {
    ...MACHINE,
    fetch: (input, init) => fetch(input, init),
    chance: { random, bytes: (length) => randomBytes(length) },
    process: { ...MACHINE.process, bootedAt: () => realNow() - uptime() * 1000 },
    clock: {
      now: () => realNow(),
      after(milliseconds, act, { keepsAlive = true } = {}) {
        const timer = setTimeout(act, milliseconds);
        if (!keepsAlive) timer.unref();
        return () => clearTimeout(timer);
      },
    },
  };
  const around = new Set<string>();
  const note = (what: string) => {
    if (edges() !== own) return;
    const frames = (new Error().stack ?? "").split("\n").slice(1);
    const asker =
      frames.find((line) => line.includes("/") && !line.includes(import.meta.path)) ?? "nobody that is known";
    around.add(`${what} in ${/(?:node_modules\/|(?=(?:actions|bin|lib)\/))(.*?):\d+/.exec(asker)?.[1] ?? asker}`);
  };
  const watch = <Host extends object, Name extends keyof Host & string>(where: string, host: Host, name: Name) => {
    const before = host[name] as (...args: unknown[]) => unknown;
    const watched = function (this: unknown, ...args: unknown[]) {
      note(`${where}${name}`);
      return before.apply(this, args);
    };
    host[name] = Object.assign(watched, before) as Host[Name];
    restore.push(() => {
      host[name] = before as Host[Name];
    });
  };
  for (const name of ["setTimeout", "setInterval", "setImmediate", "fetch"] as const) watch("", globalThis, name);
  for (const name of ["randomUUID", "getRandomValues"] as const) watch("crypto.", crypto, name);
  watch("Date.", RealDate, "now");
  watch("Math.", chance, "random");
  watch("performance.", performance, "now");
  watch("AbortSignal.", AbortSignal, "timeout");
  globalThis.Date = new Proxy(RealDate, {
    construct(target, given, self) {
      if (given.length === 0) note("new Date");
      return Reflect.construct(target, given, self);
    },
  });
  restore.push(() => {
    globalThis.Date = RealDate;
  });
  return { own, around };
}

test("a run, the stages alone and an undo ask the machine for time, chance and answers through the edges only", async () => {
  const broken = new Set<string>();
  await using world = await startWorld({ world: smallWorld(), timing: QUICK_ON_EDGES, onRequest: onceBroken(broken) });
  const { own, around } = watchedMachine();
  await withEdges(own, async () => {
    expect((await world.run()).exit).toBe(EXIT.done);
    expect((await world.undo("global_results.json")).exit).toBe(EXIT.done);
    for (const stage of ["gather-accounts", "gather-orgs", "process", "compare", "sync", "user-sync"] as const) {
      const { exit } = await world.stage(stage, NEEDS_INSTANCE.has(stage) ? { instance: "global" } : {});
      expect({ stage, exit }).toEqual({ stage, exit: EXIT.done });
    }
  });
  expect(broken.size).toBeGreaterThan(5);
  expect([...around].sort()).toEqual(HARMLESS);
});

/** Cuts the first read of everything, so that it is asked for again. */
function onceBroken(seen: Set<string>): RequestHook {
  return ({ service, method, path }, phase) => {
    const isRead = method === "GET" || /conversations\.(?:history|replies)/.test(path);
    const name = `${service} ${path.split("?")[0]}`;
    if (phase !== "before" || !isRead || seen.has(name)) return undefined;
    seen.add(name);
    return "drop";
  };
}

test("who asks around them is seen", async () => {
  const { own, around } = watchedMachine();
  withEdges(own, () => [Date.now(), new Date(), Math.random(), clearTimeout(setTimeout(() => {}, 1))]);
  Date.now();
  expect([...around].map((line) => line.split(" in ")[0])).toEqual([
    "Date.now",
    "new Date",
    "Math.random",
    "setTimeout",
  ]);
});
