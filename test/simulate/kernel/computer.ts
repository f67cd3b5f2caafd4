import { type Edges, withEdges } from "../../../lib/edges/edges.ts";
import { type Output, processOutput } from "../../../lib/report/terminal/output.ts";
import { type Environment, secretsIn } from "../../../lib/settings/environment.ts";
import type { LoggedRequest } from "../../../sandbox/types.ts";
import type { Chance } from "./chance.ts";
import type { VirtualClock } from "./clock.ts";
import { Databases } from "./databases.ts";
import { diskOf, type SimulatedDisk } from "./disk.ts";
import { type DiskPlan, fileEdge } from "./file-edge.ts";
import { FileSystem } from "./file-system.ts";
import { type EndOfLife, KilledError, Life, type Moment } from "./life.ts";
import type { Network } from "./network.ts";
import { deliver, processEdge, type RunningProcess } from "./process-edge.ts";
import type { Trace } from "./trace.ts";

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
  /** What it printed, an entry for each time it did. */
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
  /** The sandbox's environment. */
  env: Environment;
  /** A function that does its work on the run's edges, whoever calls it: what a bot answers Slack's requests with, for one. */
  onMyEdges<Args extends unknown[], Answer>(act: (...args: Args) => Answer): (...args: Args) => Answer;
  /** The run's own output, as `processOutput` makes it. */
  output: Output;
}

/** From the loss of power until programs run again. */
const BOOTING_MS = 45_000;

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

/** What all computers of a simulation share. */
export interface ComputerDeps {
  clock: VirtualClock;
  network: Network;
  trace: Trace;
  chance(stream: string): Chance;
  env: Environment;
  requests: readonly LoggedRequest[];
}

const DEADLINE_MS = 6 * 3_600_000;

/** A computer whose disk is empty. */
export class SimulatedComputer implements Computer {
  readonly disk: SimulatedDisk;
  readonly #files: FileSystem;
  readonly #databases = new Databases();
  readonly #running = new Map<number, RunningProcess>();
  /** Numbers of processes begin anew when the computer does. */
  #processes = 0;
  #boots = 1;
  #bootedAt = 0;

  constructor(
    readonly name: string,
    private readonly around: ComputerDeps,
  ) {
    this.#files = new FileSystem(() => around.clock.now());
    this.disk = diskOf(this.#files, this.#databases);
  }

  async run(program: (context: RunContext) => Promise<number>, options: RunOptions = {}): Promise<RunEnd> {
    const { clock, trace, env, requests } = this.around;
    if (clock.now() < this.#bootedAt) await clock.advanceTo(this.#bootedAt);
    const pid = 1000 + ++this.#processes;
    const life = new Life(`${this.name}${this.#boots > 1 ? `.${this.#boots}` : ""}/${pid}`, clock);
    const output: { stream: "out" | "err"; text: string }[] = [];
    const own: RunningProcess = { pid, life, listeners: new Map(), output };
    const edges = this.#edgesOf(own, options);
    const [began, logged] = [clock.now(), requests.length];
    this.#running.set(pid, own);
    life.onEnd(() => void this.#running.delete(pid));
    this.#plan(own, options);
    trace.note(`${life.name} begins`);
    let thrown: { error: unknown } | null = null;
    const onMyEdges: RunContext["onMyEdges"] =
      (act) =>
      (...args) =>
        withEdges(edges, () => act(...args));
    withEdges(edges, () => program({ env, output: processOutput(secretsIn(env), false), onMyEdges })).then(
      (exit) => life.ends({ exit }),
      (error: unknown) => {
        if (life.end !== null || error instanceof KilledError) return;
        thrown = { error };
        life.ends({ exit: 1 });
      },
    );
    if (!(await clock.until(() => life.end !== null))) life.ends("hanging");
    trace.note(`${life.name} ends: ${endText(life.end)}`);
    if (thrown !== null) throw (thrown as { error: unknown }).error;
    const exit = exitOf(life.end);
    return { exit, output, began, ended: clock.now(), requests: requests.slice(logged), counts: life.counts };
  }

  /** Removes what is kept outside this process's memory. */
  end(): void {
    this.#databases.end();
  }

  #plan(own: RunningProcess, { kill, signals = [], deadlineMs = DEADLINE_MS }: RunOptions): void {
    const { life } = own;
    if (kill) life.at(kill, () => (kill.power ? this.#losePower() : life.ends("killed")));
    for (const { at, signal } of signals)
      life.at(at, () => {
        this.around.trace.note(`${life.name} gets ${signal}`);
        deliver(own, signal);
      });
    this.around.clock.after(deadlineMs, () => life.ends("hanging"), { owner: life, keepsAlive: false });
  }

  #losePower(): void {
    const lives = [...this.#running.values()].map(({ life }) => life);
    const chance = this.around.chance(`power of ${this.name} at ${this.around.clock.now()}`);
    for (const life of lives) life.ends("lost power");
    this.#processes = 0;
    this.#boots++;
    this.#bootedAt = this.around.clock.now() + BOOTING_MS;
    this.#databases.losePower((life) => lives.includes(life), chance);
    this.#files.losePower(chance);
  }

  #edgesOf(own: RunningProcess, options: RunOptions): Edges {
    const { clock, network, trace, chance } = this.around;
    const { life } = own;
    const drawn = chance(`chance of ${life.name}`);
    const lives = () => {
      if (life.end !== null) throw new KilledError();
    };
    return {
      fetch: network.fetchOf(life),
      clock: {
        now: () => clock.now(),
        after(milliseconds, act, { keepsAlive = true } = {}) {
          if (life.end !== null) return () => {};
          return clock.after(milliseconds, act, { keepsAlive, owner: life });
        },
      },
      chance: {
        random: () => drawn.random(),
        bytes: (length) => drawn.bytes(length),
      },
      files: fileEdge({
        files: this.#files,
        databases: this.#databases,
        life,
        trace,
        plan: options.disk ?? {},
        now: () => clock.now(),
      }),
      process: processEdge(own, { host: this.name, bootedAt: this.#bootedAt, running: this.#running, lives }),
    };
  }
}

function exitOf(end: EndOfLife | null): RunExit {
  if (end === null || end === "hanging") return "hanging";
  return typeof end === "object" ? end.exit : "killed";
}

function endText(end: EndOfLife | null): string {
  return typeof end === "object" && end !== null ? `exit ${end.exit}` : String(end);
}
