import type { Environment } from "../../../lib/settings/environment.ts";
import type { Output } from "../../../lib/terminal/output.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import type { Fault, LoggedRequest, SandboxOptions, World } from "../../../sandbox/types.ts";

/** What a simulation begins with. The same options give the same simulation, byte for byte. */
export interface SimulationOptions {
  /** A whole number, at least 0. Everything that is random comes from it. */
  seed: number;
  /** Milliseconds since 1970 at which the clock begins. */
  startAt: number;
  world: World;
  /** Further options of the sandbox; its time, chance and addresses are the simulation's. */
  sandbox?: Omit<SandboxOptions, "accounts" | "seed" | "world" | "timeFactor" | "port" | "onRequest">;
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
  /** A stream of draws of its own: what is drawn from one never changes what another gives. */
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

/** A stream of the seed's draws. */
export interface Chance {
  /** At least 0, less than 1. */
  random(): number;
  /** A whole number from 0 to one less than `below`. */
  integer(below: number): number;
  /** True once in so many times on average: `rate` from 0 to 1. */
  happens(rate: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** What may happen to one request. Sandbox faults are what remotes do; the others are the network's. */
export type NetworkFault =
  | Omit<Fault, "service" | "method" | "path" | "times" | "after">
  /** Never arrives: the connection is refused or cut before the remote saw anything. */
  | { kind: "lost-before" }
  /** The answer takes so much longer. */
  | { kind: "slow"; milliseconds: number }
  /** Status 200 and a page of HTML where data should be; nothing was done. */
  | { kind: "wrong-content" };

/** A fault on the request that has this number (from 1) under the plan, whoever sends it. */
export type PlannedFault = NetworkFault & { request: number };

export interface NetworkPlan {
  /** Milliseconds that a request takes to its remote and back, drawn for each; default 5 to 150. */
  latency?: { from: number; to: number };
  /** Faults on certain requests. */
  faults?: readonly PlannedFault[];
  /** The part of the other requests (0 to 1) that a fault is drawn for, from `kinds`. */
  faultRate?: number;
  kinds?: readonly NetworkFault["kind"][];
  /** Which requests `faultRate` is about; default: all. */
  hits?: (request: Pick<LoggedRequest, "service" | "method" | "path">) => boolean;
}

/** A moment in the life of a run. Counts begin at 1. */
export type Moment =
  | { request: number; phase: "before" | "committed" }
  /** Before the nth operation on files. */
  | { fileOperation: number }
  /** Before the nth statement of a database. */
  | { statement: number }
  /** So many milliseconds after the run began. */
  | { afterMs: number };

/** What a disk refuses, from the nth operation that writes on. */
export interface DiskPlan {
  failing?: { write: number; code: "ENOSPC" | "EIO"; times?: number };
}

export interface RunOptions {
  /** `power`: the whole computer stops, and what was not synced may be lost or cut. Otherwise all that was written stays. */
  kill?: Moment & { power?: boolean };
  signals?: readonly { at: Moment; signal: NodeJS.Signals }[];
  disk?: DiskPlan;
  /** Virtual milliseconds after which a run that has not ended is said to be hanging; default 6 hours. */
  deadlineMs?: number;
}

/** How a run ended: its exit code, killed, or (which is a failure of the program) not at all. */
export type RunExit = number | "killed" | "hanging";

export interface RunEnd {
  exit: RunExit;
  /** What it printed, one line an entry. */
  output: readonly { stream: "out" | "err"; text: string }[];
  /** Virtual milliseconds since 1970. */
  began: number;
  ended: number;
  /** The requests that the sandbox answered in the meantime, in order of answer. */
  requests: readonly LoggedRequest[];
  /** How many of each there were: what moments can be chosen from. */
  counts: { requests: number; fileOperations: number; statements: number };
}

/** What a program is given. */
export interface RunContext {
  /** The sandbox's environment, with `HOME` and `PWD`-like things left to the caller. */
  env: Environment;
  output: Output;
}

/** A machine with a disk and a host name. Several runs may be on it at once. */
export interface Computer {
  readonly name: string;
  readonly disk: SimulatedDisk;
  /**
   * Runs a program on the computer's edges, and time with it. Resolves as soon as it has ended or was killed; rejects with what it
   * threw.
   */
  run(program: (context: RunContext) => Promise<number>, options?: RunOptions): Promise<RunEnd>;
}

/** A computer's disk, as somebody sees it who is not one of its programs. Paths are absolute. */
export interface SimulatedDisk {
  /** All files below a folder: path → content; databases apart. */
  files(folder: string): ReadonlyMap<string, Buffer>;
  /** Null where there is no such file. */
  read(path: string): Buffer | null;
  /** Puts a file there, synced, and the folders it needs. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Everything as it is, databases included; for a directory that is restored an hour later. */
  snapshot(): DiskSnapshot;
  restore(snapshot: DiskSnapshot): void;
}

export interface DiskSnapshot {
  readonly taken: number;
}

/** What happened, one line an event, in virtual time. */
export interface Trace {
  /** The last lines (50, or all of them). */
  lines(): readonly string[];
  /** Of all lines since the beginning: two simulations that went the same way have the same. */
  digest(): string;
  /** Adds a line of the story's own. */
  note(text: string): void;
}

/** Makes a world that nothing outside the seed has a say in. */
export function createSimulation(_options: SimulationOptions): Simulation {
  throw new Error("The kernel of the simulation is being built.");
}
