import type { RequestHook, World } from "../../../sandbox/types.ts";
import type { Computer, Moment, RunEnd, RunOptions, Simulation } from "../kernel/simulation.ts";
import { zdsync } from "./commands.ts";
import { happen } from "./events.ts";
import type { HourPlan, Midway } from "./plan.ts";
import type { Midst, RunSeen } from "./seen.ts";

/** How much a run does, for choosing moments in the middle of one. */
export type Extent = RunEnd["counts"];

/** Before anything has run: about what a run in a small world does. */
const FIRST_GUESS: Extent = { requests: 60, fileOperations: 400, statements: 40 };

/** What a run is disturbed by. */
export type Disturbances = Pick<HourPlan, "during" | "ending" | "disk">;
export const UNDISTURBED: Disturbances = { during: [], ending: null, disk: null };

/** Runs commands, and writes down everything that can be seen of them. */
export class WatchedRuns {
  readonly #simulation: Simulation;
  readonly #settings: Readonly<Record<string, string | undefined>>;
  /** Of the longest run so far. */
  #extent: Extent | null = null;

  constructor(simulation: Simulation, settings: Readonly<Record<string, string | undefined>>) {
    this.#simulation = simulation;
    this.#settings = settings;
  }

  /** Runs a command on a computer, with what disturbs it; `faults`: whether the network does, too. */
  async run(
    computer: Computer,
    command: string,
    given: Readonly<Record<string, string>> & { "data-dir": string },
    {
      faults = false,
      beside = false,
      ...disturbances
    }: Partial<Disturbances> & { faults?: boolean; beside?: boolean } = {},
  ): Promise<RunSeen> {
    const { sandbox, trace } = this.#simulation;
    const { during, ending, disk } = { ...UNDISTURBED, ...disturbances };
    const flags = ending?.is === "deadline" ? { ...given, deadline: `${ending.seconds}s` } : given;
    trace.note(`${computer.name}: zdsync ${command} ${words(flags)}`);
    const [journal, firstRequest] = [sandbox.journal.length, sandbox.requests.length];
    const watch = this.#watch(during);
    const end = await computer.run(
      zdsync(command, flags, this.#settings),
      optionsOf(disturbances, this.#extent ?? FIRST_GUESS),
    );
    watch.end();
    trace.note(`${computer.name}: zdsync ${command} ended with ${end.exit}`);
    if (end.exit === 0 && command === "run") this.#extent = larger(this.#extent, end.counts);
    return {
      command,
      given: flags,
      exit: end.exit,
      writes: flags["dry-run"] !== "true" && WRITING.has(command),
      undisturbed: !faults && ending === null && disk === null,
      output: end.output,
      json: jsonIn(end),
      began: end.began,
      ended: end.ended,
      requests: end.requests,
      firstRequest,
      journal: sandbox.journal.slice(journal),
      during: watch.midst,
      worlds: watch.worlds,
      today: new Date(end.began).toISOString().slice(0, 10),
      dataDir: given["data-dir"],
      files: filesIn(computer, given["data-dir"]),
      beside,
    };
  }

  /** Makes what happens midway happen, and remembers every world that Salesforce was in. */
  #watch(during: readonly Midway[]): { midst: Midst[]; worlds: World[]; end: () => void } {
    const { sandbox, trace } = this.#simulation;
    const { requests: usual } = this.#extent ?? FIRST_GUESS;
    const due = during
      .map(({ at, event, rightBefore }) => ({ request: 1 + Math.floor(at * usual), event, rightBefore }))
      .sort((one, other) => one.request - other.request);
    const midst: Midst[] = [];
    const worlds: World[] = [sandbox.standing()];
    let requests = 0;
    const hook: RequestHook = ({ service, path }, phase) => {
      if (phase !== "before") return undefined;
      requests++;
      const looksAgain = service === "zendesk-us-government" && path.includes(USERS_BY_ID);
      const isDue = ({ request, rightBefore }: (typeof due)[number]) =>
        rightBefore ? looksAgain : request <= requests;
      for (const { event } of due.filter(isDue)) {
        const happened = happen(sandbox, event);
        trace.note(`midway: ${event.what}${happened ? "" : " (nobody there)"}`);
        if (!happened) continue;
        midst.push({ happened, journal: sandbox.journal.length, requests: sandbox.requests.length });
        worlds.push(sandbox.standing());
      }
      due.splice(0, due.length, ...due.filter((one) => !isDue(one)));
      return undefined;
    };
    return { midst, worlds, end: due.length > 0 ? sandbox.watchRequests(hook) : () => {} };
  }
}

const USERS_BY_ID = "/users/show_many";

const WRITING = new Set(["run", "sync", "partner-sync", "user-sync", "undo"]);

function optionsOf({ ending, disk }: Partial<Disturbances>, usual: Extent): RunOptions {
  const nth = (at: number, of: number) => 1 + Math.floor(at * Math.max(1, of));
  return {
    ...(ending?.is === "killed" ? { kill: { ...momentOf(ending, usual), power: ending.power } } : {}),
    ...(ending?.is === "signalled"
      ? {
          signals: [
            { at: { request: nth(ending.at, usual.requests), phase: "committed" as const }, signal: ending.signal },
          ],
        }
      : {}),
    ...(disk ? { disk: { failing: { write: nth(disk.at, usual.fileOperations / 4), code: disk.code } } } : {}),
  };

  function momentOf(
    { by, at }: { by: "request" | "committed" | "file" | "statement"; at: number },
    of: Extent,
  ): Moment {
    if (by === "file") return { fileOperation: nth(at, of.fileOperations) };
    if (by === "statement") return { statement: nth(at, of.statements) };
    return { request: nth(at, of.requests), phase: by === "committed" ? "committed" : "before" };
  }
}

function larger(one: Extent | null, other: Extent): Extent {
  return one && one.requests > other.requests ? one : other;
}

function words(given: Readonly<Record<string, string>>): string {
  return Object.entries(given)
    .map(([name, value]) => `--${name} ${value}`)
    .join(" ");
}

function jsonIn({ output }: RunEnd): Record<string, unknown> | null {
  const last = output.filter(({ stream }) => stream === "out").at(-1)?.text ?? "";
  try {
    return JSON.parse(last) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function filesIn({ disk }: Computer, dataDir: string): Map<string, Buffer> {
  return new Map([...disk.files(dataDir)].map(([path, content]) => [path.slice(dataDir.length + 1), content]));
}
