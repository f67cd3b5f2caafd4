import { createSandbox, type RunningSandbox } from "../../../sandbox/services.ts";
import type { SandboxOptions, World } from "../../../sandbox/types.ts";
import { type Chance, streamOf } from "./chance.ts";
import { VirtualClock } from "./clock.ts";
import { type Computer, SimulatedComputer } from "./computer.ts";
import { secretKeys } from "./keys.ts";
import { Network, type NetworkPlan, type PlannedFault } from "./network.ts";
import { preload } from "./preload.ts";
import { createTrace, type Trace } from "./trace.ts";

export type { Chance } from "./chance.ts";
export type { Computer, RunContext, RunEnd, RunExit, RunOptions } from "./computer.ts";
export type { DiskSnapshot, SimulatedDisk } from "./disk.ts";
export type { DiskPlan } from "./file-edge.ts";
export type { Moment } from "./life.ts";
export type { NetworkFault, NetworkPlan, PlannedFault } from "./network.ts";
export type { Trace } from "./trace.ts";

/** What a simulation begins with. The same options give the same simulation, byte for byte. */
export interface SimulationOptions {
  /** A whole number, at least 0. Everything that is random comes from it. */
  seed: number;
  /** Milliseconds since 1970 at which the clock begins. */
  startAt: number;
  world: World;
  /** Further options of the sandbox; its time, chance and addresses are the simulation's. */
  sandbox?: Omit<
    SandboxOptions,
    "accounts" | "seed" | "world" | "timeFactor" | "port" | "onRequest" | "now" | "bytes" | "keys"
  >;
  /** Keep every line of the trace instead of the last 50. */
  wholeTrace?: boolean;
}

/** A world in one process: one clock, one source of chance, one sandbox, and computers that programs run on. */
export interface Simulation {
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    /** Lets everything happen that is due until then; the clock stands there afterwards. */
    advanceTo(moment: number): Promise<void>;
  };
  /** A stream of draws of its own: what is drawn from one never changes what another gives. Each call begins it anew. */
  chance(stream: string): Chance;
  /** The sandbox's controls, without ports: its URLs are made up and only programs of this simulation reach them. */
  readonly sandbox: Omit<RunningSandbox, "stop">;
  /** What the network does to the requests from now on. The plan before it is forgotten, its counts begin anew. */
  setNetwork(plan: NetworkPlan): void;
  /** Every fault played so far, with the number its request had under its plan: as explicit `faults`, they play again. */
  readonly playedFaults: readonly PlannedFault[];
  /** The computer of this name, made with an empty disk where there is none yet. */
  computer(name: string): Computer;
  readonly trace: Trace;
  /** Removes what the simulation keeps outside this process's memory (databases). */
  end(): void;
}

/**
 * Makes a world that nothing outside the seed has a say in. The first one of a process loads every module of the program: a module
 * that is loaded later would take real time.
 */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  await preload();
  const chance = (stream: string) => streamOf(options.seed, stream);
  const clock = new VirtualClock(options.startAt, chance("order of what is due"));
  const trace = createTrace(() => clock.now(), options.wholeTrace ?? false);
  const sandboxChance = chance("sandbox");
  const services = createSandbox(
    {
      ...options.sandbox,
      world: options.world,
      timeFactor: 1,
      now: () => new Date(clock.now()),
      bytes: (length) => sandboxChance.bytes(length),
      keys: secretKeys(),
    },
    URLS,
  );
  const sandbox = services.controls();
  const network = new Network(services.apps, clock, trace, (plan) => chance(`network ${plan}`));
  const computers = new Map<string, SimulatedComputer>();
  return {
    clock: { now: () => clock.now(), advanceTo: (moment) => clock.advanceTo(moment) },
    chance,
    sandbox,
    setNetwork: (plan) => network.set(plan),
    playedFaults: network.played,
    computer(name) {
      const { env, requests } = sandbox;
      const found =
        computers.get(name) ?? new SimulatedComputer(name, { clock, network, trace, chance, env, requests });
      computers.set(name, found);
      return found;
    },
    trace,
    end() {
      for (const computer of computers.values()) computer.end();
    },
  };
}

/** Nobody is there: only `fetch` of a simulation knows them. */
const URLS = {
  salesforce: "https://salesforce.sandbox.test",
  global: "https://global.sandbox.test",
  "us-government": "https://us-government.sandbox.test",
  gitlab: "https://gitlab.sandbox.test",
  slack: "https://slack.sandbox.test",
};
