import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSimulation, type NetworkPlan, type PlannedFault, type Simulation } from "../kernel/simulation.ts";
import { deliverMessages } from "./bot-messages.ts";
import { CONFIG_FILE, PLANS_FILE } from "./commands.ts";
import { UNKNOWN_REGION } from "./events/accounts.ts";
import { type Happened, happen } from "./events.ts";
import { performHour } from "./perform-hour.ts";
import { type HourPlan, QUIET_HOURS, type StoryPlan } from "./plan.ts";
import { WatchedRuns } from "./run-watched.ts";
import type { HourSeen, Invariant, StorySeen } from "./seen.ts";
import { buildStoryWorld } from "./world.ts";

const HOUR = 3_600_000;
const PLANS = readFileSync(join(import.meta.dir, "../../../plans.yml"), "utf8");
/** For jobs that a killed run left at work in Zendesk. */
const SETTLING = 10 * 60_000;

/** What a story came to. */
export interface StoryEnd {
  plan: StoryPlan;
  /** What did not hold, in the first hour in which something did not. */
  wrong: Wrong[];
  figures: StoryFigures;
  /** The faults that were played in each hour: given back as `faults` of the hours, they play again. */
  playedFaults: PlannedFault[][];
  /** The end of the trace, or all of it. */
  trace: readonly string[];
  digest: string;
}

export interface Wrong {
  invariant: string;
  expects: string;
  hour: number;
  found: string[];
}

export interface StoryFigures {
  hours: number;
  runs: number;
  requests: number;
  faults: number;
  kills: number;
  stops: number;
  events: number;
  checks: number;
  virtualMs: number;
  exits: Record<string, number>;
}

/** Plays a story up to the first hour in which something is not as it must be. */
export async function playStory(
  plan: StoryPlan,
  invariants: readonly Invariant[],
  { wholeTrace = false }: { wholeTrace?: boolean } = {},
): Promise<StoryEnd> {
  const { settings } = plan;
  const simulation = await createSimulation({
    seed: plan.seed,
    startAt: plan.startAt,
    world: buildStoryWorld(plan.world, settings, plan.startAt),
    sandbox: {
      salesforceBatch: settings.salesforceBatch,
      zendesk: { global: behaviourOf(plan, "global"), "us-government": behaviourOf(plan, "us-government") },
    },
    wholeTrace,
  });
  try {
    return await new Player(simulation, plan, invariants).play();
  } finally {
    simulation.end();
  }
}

function behaviourOf({ settings }: StoryPlan, instance: "global" | "us-government") {
  const { jobSeconds, jobsTakenByOthers, requestsPerMinute, searchLagSeconds, incrementalExports, unknownDropdown } =
    settings;
  const bulkUserImport = settings.bulkUserImport[instance];
  return {
    ...{ jobSeconds, jobsTakenByOthers, requestsPerMinute, searchLagSeconds, incrementalExports, unknownDropdown },
    bulkUserImport,
  };
}

/** A story that is being played. */
class Player {
  readonly #simulation: Simulation;
  readonly #plan: StoryPlan;
  readonly #invariants: readonly Invariant[];
  readonly #settings: Readonly<Record<string, string | undefined>>;
  readonly #runs: WatchedRuns;
  readonly #seen: StorySeen;
  readonly #playedFaults: PlannedFault[][] = [];
  #checks = 0;

  constructor(simulation: Simulation, plan: StoryPlan, invariants: readonly Invariant[]) {
    this.#simulation = simulation;
    this.#plan = plan;
    this.#invariants = invariants;
    this.#settings = environmentOf(simulation, plan);
    this.#runs = new WatchedRuns(simulation, this.#settings);
    this.#seen = { plan, sandbox: simulation.sandbox, hours: [] };
  }

  async play(): Promise<StoryEnd> {
    const { sandbox } = this.#simulation;
    sandbox.setSlackHistoryScope(this.#plan.settings.historyReadable);
    for (const name of ["server", "gitlab"]) {
      const { disk } = this.#simulation.computer(name);
      disk.write(CONFIG_FILE, sandbox.world.config);
      disk.write(PLANS_FILE, PLANS);
    }
    const hours = [...this.#plan.hours, ...Array.from({ length: QUIET_HOURS }, () => QUIET)];
    for (const [index, hour] of hours.entries()) {
      const seen = await this.#hour(hour, index);
      this.#seen.hours.push(seen);
      const wrong = this.#check(seen);
      if (wrong.length > 0) return this.#end(wrong);
    }
    return this.#end([]);
  }

  async #hour(hour: HourPlan, index: number): Promise<HourSeen> {
    const { clock, sandbox, trace, playedFaults } = this.#simulation;
    const quiet = Math.max(0, index - this.#plan.hours.length + 1);
    await clock.advanceTo(Math.max(clock.now(), this.#plan.startAt + index * HOUR + hour.minute * 60_000));
    trace.note(`hour ${index + 1}${quiet > 0 ? ", quiet" : ""}: ${hour.form}`);
    if (quiet === 1) this.#calmDown();
    const happened = hour.before.flatMap((event): Happened[] => {
      const done = happen(sandbox, event);
      trace.note(`before: ${event.what}${done ? ` ${idsIn(done)}` : " (nobody there)"}`);
      return done ? [done] : [];
    });
    const faultsBefore = playedFaults.length;
    this.#simulation.setNetwork(networkOf(hour));
    const before = sandbox.standing();
    const [runs, messages] = await Promise.all([
      performHour(hour, { simulation: this.#simulation, runs: this.#runs, plan: this.#plan, index, quiet }),
      this.#bot(hour, index + 1, quiet),
    ]);
    this.#simulation.setNetwork({});
    this.#playedFaults.push(playedFaults.slice(faultsBefore));
    await clock.advanceTo(clock.now() + SETTLING);
    const after = sandbox.standing();
    const databases = this.#databases();
    return { number: index + 1, plan: hour, quiet, runs, messages, before, after, databases, happened, sandbox };
  }

  #databases(): Map<string, string> {
    const computers = ["server", "gitlab", "bot"].map((name) => this.#simulation.computer(name));
    return new Map(
      computers.flatMap(({ name, disk }) => [...disk.databases("/")].map(([path, place]) => [name + path, place])),
    );
  }

  /** In quiet hours the bot delivers what is left. */
  async #bot({ bot }: HourPlan, hour: number, quiet: number): Promise<string[]> {
    const wasThere = quiet > 0 && this.#plan.hours.some((one) => one.bot);
    const plan = bot ?? (wasThere ? { messages: 0, ending: null } : null);
    const setting = { simulation: this.#simulation, hour, settings: this.#settings };
    return plan ? deliverMessages(plan, setting) : [];
  }

  /** Whatever the story did to the remotes, at its end they are as they were at its beginning. */
  #calmDown(): void {
    const { sandbox } = this.#simulation;
    sandbox.archiveSlackChannel(false);
    for (const { Id, Account_Demographics_Geo__c: region } of sandbox.standing().salesforce.Account)
      if (region === UNKNOWN_REGION)
        sandbox.editSalesforce("Account", String(Id), { Account_Demographics_Geo__c: "APJ" });
    sandbox.setSlackHistoryScope(this.#plan.settings.historyReadable);
    const { jobsTakenByOthers, unknownDropdown } = this.#plan.settings;
    for (const instance of ["global", "us-government"] as const)
      sandbox.behave(instance, { jobsTakenByOthers, unknownDropdown, removedOptions: [] });
  }

  #check(hour: HourSeen): Wrong[] {
    return this.#invariants.flatMap(({ name, expects, check }) => {
      this.#checks++;
      const found = check(hour, this.#seen);
      return found.length > 0 ? [{ invariant: name, expects, hour: hour.number, found }] : [];
    });
  }

  #end(wrong: Wrong[]): StoryEnd {
    const { clock, sandbox, trace, playedFaults } = this.#simulation;
    const runs = this.#seen.hours.flatMap((hour) => hour.runs);
    const exits: Record<string, number> = {};
    for (const { exit } of runs) exits[exit] = (exits[exit] ?? 0) + 1;
    return {
      plan: this.#plan,
      wrong,
      figures: {
        hours: this.#seen.hours.length,
        runs: runs.length,
        requests: sandbox.requests.length,
        faults: playedFaults.length,
        kills: exits.killed ?? 0,
        stops: exits[5] ?? 0,
        events: this.#seen.hours.reduce((sum, hour) => sum + eventsIn(hour), 0),
        checks: this.#checks,
        virtualMs: clock.now() - this.#plan.startAt,
        exits,
      },
      playedFaults: this.#playedFaults,
      trace: trace.lines(),
      digest: trace.digest(),
    };
  }
}

const QUIET: HourPlan = {
  minute: 0,
  before: [],
  during: [],
  form: "run",
  faultRate: 0,
  faultKinds: [],
  disk: null,
  ending: null,
  repeated: false,
  directory: "kept",
};

function networkOf({ faults, faultRate, faultKinds, faultsOn }: HourPlan): NetworkPlan {
  if (faults) return { faults };
  const hits = faultsOn ? { hits: ({ path }: { path: string }) => FAULTS_ON[faultsOn].test(path) } : {};
  return { faultRate, kinds: faultKinds, ...hits };
}

const FAULTS_ON: Record<NonNullable<HourPlan["faultsOn"]>, RegExp> = {
  "lists of organizations": /\/organizations\?page/,
  "lists of whose end is asked once more": /\/v2\/(?:organizations|users|organization_memberships)\?page/,
};

function eventsIn({ happened, runs }: HourSeen): number {
  return happened.length + runs.reduce((sum, { during }) => sum + during.length, 0);
}

function idsIn({ accounts, organizations, users }: Happened): string {
  return [...accounts, ...organizations.map(({ id }) => id), ...users.map(({ id }) => id)].join(" ");
}

/** What the settings of the story change in the sandbox's own environment. */
function environmentOf({ sandbox }: Simulation, { settings }: StoryPlan): Record<string, string | undefined> {
  const { apiTokens } = sandbox;
  return {
    HOME: "/root",
    ...(settings.slack ? {} : { SLACK_BOT_TOKEN: undefined, SLACK_CHANNEL: undefined }),
    ...(settings.apiTokens
      ? {
          ZENDESK_GLOBAL_CLIENT_ID: undefined,
          ZENDESK_GLOBAL_CLIENT_SECRET: undefined,
          ZENDESK_GLOBAL_EMAIL: apiTokens.global.email,
          ZENDESK_GLOBAL_TOKEN: apiTokens.global.token,
          ZENDESK_USGOV_CLIENT_ID: undefined,
          ZENDESK_USGOV_CLIENT_SECRET: undefined,
          ZENDESK_USGOV_EMAIL: apiTokens["us-government"].email,
          ZENDESK_USGOV_TOKEN: apiTokens["us-government"].token,
        }
      : {}),
  };
}
