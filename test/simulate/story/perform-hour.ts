import type { Computer, DiskSnapshot, Simulation } from "../kernel/simulation.ts";
import { happen } from "./events.ts";
import { runPipeline } from "./pipeline.ts";
import type { HourPlan, StoryPlan } from "./plan.ts";
import type { Disturbances, WatchedRuns } from "./run-watched.ts";
import type { RunSeen } from "./seen.ts";

/** What an hour is performed with. */
export interface HourDeps {
  simulation: Simulation;
  runs: WatchedRuns;
  plan: StoryPlan;
  /** From 0. */
  index: number;
  quiet: number;
}

/** A person looks at a preview for so long. */
const LOOKING = 5 * 60_000;
/** In quiet hours somebody allows whatever is refused: it is known by then to be right. */
const ALLOW_ALL = "holds=1000 creates=1000 marks=1000 updates=1000 downgrades=1000 contacts=1000 marked_total=1000";

/** Does the hour's work in its form, with what disturbs it; answers every command that was run for it, in order. */
export async function performHour(hour: HourPlan, deps: HourDeps): Promise<RunSeen[]> {
  const server = deps.simulation.computer("server");
  const directories = directoriesOf(deps);
  const dataDir = directories.before(hour, deps.plan.hours[deps.index + 1], server);
  const given = { "data-dir": dataDir, ...flagsOf(hour, deps) };
  const disturbances = { during: hour.during, ending: hour.ending, disk: hour.disk, faults: hasFaults(hour) };
  const done = await FORMS[hour.form]({ hour, deps, server, given, disturbances });
  if (!hour.repeated || done.at(-1)?.exit === 0) return done;
  return [...done, await deps.runs.run(server, "run", given, { faults: disturbances.faults })];
}

interface Performance {
  hour: HourPlan;
  deps: HourDeps;
  server: Computer;
  given: { "data-dir": string } & Record<string, string>;
  disturbances: Disturbances & { faults: boolean };
}

type Form = (performance: Performance) => Promise<RunSeen[]>;

const FORMS: Record<HourPlan["form"], Form> = {
  run: async ({ deps: setting, server, given, disturbances }) => [
    await setting.runs.run(server, "run", given, disturbances),
  ],
  "dry-run": async ({ deps: setting, server, given, disturbances }) => [
    await setting.runs.run(server, "run", { ...given, "dry-run": "true" }, disturbances),
  ],
  async stages({ hour, deps: setting, given, disturbances }) {
    const { simulation, runs, plan, index } = setting;
    const instances =
      plan.settings.instances === "both" ? (["global", "us-government"] as const) : [plan.settings.instances];
    const computer = simulation.computer("gitlab");
    const which = (hour.ending && "at" in hour.ending ? hour.ending.at * 7 : hour.faultRate * 11) % 1;
    return runPipeline({ computer, runs, number: index + 1, instances, given, disturbances, which });
  },
  async reviewed({ deps: setting, server, given, disturbances }) {
    const { simulation, runs } = setting;
    const { deadline: _, ...flags } = given;
    const shown = await runs.run(server, "preview", flags, { faults: disturbances.faults });
    await simulation.clock.advanceTo(simulation.clock.now() + LOOKING);
    // What happens while somebody looks is not what was shown any more.
    const [first, ...during] = disturbances.during;
    if (first) happen(simulation.sandbox, first.event);
    const digest = digestShown(shown);
    if (digest === null) return [shown];
    return [shown, await runs.run(server, "run", { ...given, expect: digest }, { ...disturbances, during })];
  },
  async undone({ deps: setting, server, given, disturbances }) {
    const { simulation, runs } = setting;
    const run = await runs.run(server, "run", given, disturbances);
    const id = runIdOf(run);
    if (id === null) return [run];
    await simulation.clock.advanceTo(simulation.clock.now() + LOOKING);
    const undo = { "data-dir": given["data-dir"], run: id, yes: "true" };
    return [run, await runs.run(server, "undo", undo, { faults: disturbances.faults })];
  },
  async "twice at once"({ deps: setting, server, given, disturbances }) {
    const both = [
      setting.runs.run(server, "run", given, { ...disturbances, beside: true }),
      setting.runs.run(server, "run", given, { faults: disturbances.faults, beside: true }),
    ];
    return Promise.all(both);
  },
};

function flagsOf(hour: HourPlan, { plan, quiet }: HourDeps): Record<string, string> {
  const { instances, deadlineMinutes } = plan.settings;
  return {
    deadline: `${deadlineMinutes}m`,
    ...(instances === "both" ? {} : { instance: instances }),
    ...(quiet > 0 || hour.allowed ? { allow: ALLOW_ALL } : {}),
  };
}

/** What a preview says to give to `--expect`; null where there is nothing to write. */
function digestShown({ json }: RunSeen): string | null {
  const apply = typeof json?.apply === "string" ? json.apply : "";
  return /--expect ([0-9a-f]+)/.exec(apply)?.[1] ?? null;
}

/** The id of a run; of a killed one it stands in its history. */
function runIdOf({ json, files }: RunSeen): string | null {
  if (typeof json?.run_id === "string") return json.run_id;
  const ids = [...files.keys()].flatMap((path) => /^history\/([^/]+)\//.exec(path)?.[1] ?? []);
  return ids.sort().at(-1) ?? null;
}

function hasFaults(hour: HourPlan): boolean {
  return hour.faults ? hour.faults.length > 0 : hour.faultRate > 0;
}

/** The data directory of each hour: kept, a new one, or what it was before the last hour. */
class Directories {
  #number = 1;
  #hourAgo: DiskSnapshot | null = null;

  /** @param next what becomes of it in the next hour */
  before({ directory }: HourPlan, next: HourPlan | undefined, { disk }: Computer): string {
    if (directory === "lost") this.#number++;
    else if (directory === "an hour old" && this.#hourAgo) disk.restore(this.#hourAgo);
    this.#hourAgo = next?.directory === "an hour old" ? disk.snapshot() : null;
    return `/srv/zdsync/data-${this.#number}`;
  }
}

const known = new WeakMap<Simulation, Directories>();

function directoriesOf({ simulation }: HourDeps): Directories {
  const found = known.get(simulation) ?? new Directories();
  known.set(simulation, found);
  return found;
}
