import { join } from "node:path";
import { program } from "../../../bin/program.ts";
import { buildWorld } from "../../../sandbox/seed/build-world.ts";
import { createSimulation, type NetworkPlan, type RunEnd, type RunOptions } from "./simulation.ts";

const BEGINNING = Date.UTC(2026, 10, 27, 6);
const PLANS = await Bun.file(join(import.meta.dir, "../../../plans.yml")).bytes();

/** One hour: what the network does, and what happens to the run. */
export interface Hour {
  network?: NetworkPlan;
  options?: RunOptions;
}

/** `zdsync run` in some consecutive hours on one computer, over a small world of the seed. */
export async function someHours(seed: number, hours: readonly Hour[]): Promise<{ ends: RunEnd[]; digest: string }> {
  const world = buildWorld({ accounts: 30, seed, today: "2026-11-27", now: new Date(BEGINNING) });
  const simulation = await createSimulation({ seed, startAt: BEGINNING, world });
  try {
    const computer = simulation.computer("alpha");
    computer.disk.write("/home/zdsync/plans.yml", PLANS);
    computer.disk.write("/home/zdsync/zdsync.config.yml", world.config);
    const ends: RunEnd[] = [];
    for (const [number, { network = {}, options = {} }] of hours.entries()) {
      simulation.setNetwork(network);
      ends.push(await computer.run(({ env }) => program(["run"], { ...env, PLANS_FILE: "plans.yml" }), options));
      const next = BEGINNING + (number + 1) * 3_600_000;
      await simulation.clock.advanceTo(Math.max(next, simulation.clock.now()));
    }
    return { ends, digest: simulation.trace.digest() };
  } finally {
    simulation.end();
  }
}

/** Hours with everything in them that a seed decides. */
export const BAD_LUCK: readonly Hour[] = [
  {
    network: {
      faultRate: 0.1,
      kinds: ["500", "429", "lost-before", "lost-answer", "reset", "slow", "truncate", "stall"],
    },
  },
  { options: { kill: { request: 10, phase: "committed" } } },
  { options: { kill: { fileOperation: 400, power: true } } },
  { options: { signals: [{ at: { afterMs: 300 }, signal: "SIGTERM" }] } },
  {},
];

if (import.meta.main) process.stdout.write((await someHours(Number(process.argv[2]), BAD_LUCK)).digest);
