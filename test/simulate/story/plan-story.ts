import { Random } from "../../../sandbox/seed/random.ts";
import type { NetworkFault } from "../kernel/simulation.ts";
import { UNKNOWN_REGION_EVENT, WORLD_EVENTS, type WorldEvent } from "./events.ts";
import {
  type BotPlan,
  type Ending,
  type HourPlan,
  type Midway,
  QUIET_HOURS,
  type RunForm,
  type StoryPlan,
  type StorySettings,
} from "./plan.ts";
import { withEarlyEnds, withRareEvents } from "./plan-rare-events.ts";
import { SCENARIO_NAMES, type WorldPlan } from "./world.ts";

const HOUR = 3_600_000;
/** Stories begin at any hour of these three years; what is kept for years (three years out, leap days) is met on the way. */
const FIRST_HOUR = Date.UTC(2026, 10, 27, 0) / HOUR;
const HOURS_OF_BEGINNINGS = 3 * 365 * 24;

/** What may go wrong with any request. */
const ANYWHERE: readonly NetworkFault["kind"][] = [
  "lost-before",
  "lost-answer",
  "slow",
  "reset",
  "stall",
  "truncate",
  "429",
  "429-date",
  "429-bare",
  "500",
  "502-html",
  "503-html",
  "409",
  "401",
  "wrong-content",
  "concurrent-limit",
];
/** What may go wrong with lists and with bulk jobs: it changes what is read, or which rows are done. */
const OF_LISTS_AND_JOBS: readonly NetworkFault["kind"][] = [
  "failed-rows",
  "job-failed",
  "job-killed",
  "too-many-jobs",
  "empty",
  "drop-record",
  "duplicate-record",
  "404",
];

/** Edits that a run must notice when it looks once more: in the middle of one they come more often than other events. */
const EDITS: readonly WorldEvent["what"][] = [
  "an agent edits a field of the sync",
  "an agent changes a support level",
  "an agent sets ignore_deletion",
  "an agent marks or unmarks",
  "an agent clears a salesforce_id",
];

/** The story of a seed: nothing but the seed has a say in it. */
export function planStory(seed: number): StoryPlan {
  const random = new Random(seed * 2_654_435_761 + 97);
  const hours = random.integer(3, 10) + (random.chance(0.1) ? random.integer(5, 20) : 0);
  const settings = planSettings(random);
  return {
    seed,
    startAt: (FIRST_HOUR + random.integer(0, HOURS_OF_BEGINNINGS)) * HOUR,
    world: planWorld(random),
    settings,
    hours: withEarlyEnds(
      withRareEvents(
        withMore(
          Array.from({ length: hours - QUIET_HOURS }, () => planHour(random, settings)),
          new Random(seed * 40_503 + 11),
          new Random(seed * 7919 + 3),
        ),
        seed,
      ),
      seed,
    ),
  };
}

/** What came to the hours later, with draws of its own: what the other draws choose stays as it was. */
function withMore(hours: readonly HourPlan[], random: Random, ofRegions: Random): HourPlan[] {
  return hours.map((hour) => ({
    ...hour,
    before: ofRegions.chance(0.15) ? [...hour.before, unknownRegion(ofRegions)] : hour.before,
    ...(random.chance(0.05) ? LISTS_LIE : {}),
    ...(random.chance(0.25) ? { bot: planBot(random) } : {}),
  }));
}

function unknownRegion(random: Random): WorldEvent {
  return { what: UNKNOWN_REGION_EVENT, draws: [random.next(), random.next(), random.next()] };
}

/** For a whole hour Zendesk says that there are no organizations, however often it is asked. */
const LISTS_LIE = {
  faultRate: 1,
  faultKinds: ["empty"],
  faultsOn: "lists of organizations",
} satisfies Partial<HourPlan>;

function planBot(random: Random): BotPlan {
  const by = random.pick(["request", "committed", "committed", "statement"] as const);
  const nth = by === "statement" ? random.integer(3, 30) : random.integer(1, 5);
  return { messages: random.integer(1, 6), ending: random.chance(0.5) ? { by, nth } : null };
}

function planWorld(random: Random): WorldPlan {
  const several = random.chance(0.15);
  const scenarios = SCENARIO_NAMES.filter((name) =>
    random.chance(name === "entitlements" ? 0.06 : several ? 0.4 : 0.12),
  );
  return {
    seed: random.integer(1, 1_000_000),
    scenarios,
    ordinary: random.pick([0, 5, 10, 20, 30]),
    random: random.integer(3, 20),
    new: random.integer(0, 8),
  };
}

function planSettings(random: Random): StorySettings {
  return {
    instances: random.pick(["both", "both", "both", "both", "global", "us-government"]),
    bulkUserImport: { global: random.chance(0.5), "us-government": random.chance(0.5) },
    historyReadable: random.chance(0.8),
    slack: random.chance(0.9),
    salesforceBatch: random.pick([2000, 2000, 200, 40, 7]),
    jobSeconds: random.pick([
      { fixed: 1, perRow: 0.05 },
      { fixed: 0.1, perRow: 0 },
      { fixed: 20, perRow: 1 },
      { fixed: 240, perRow: 2 },
    ]),
    jobsTakenByOthers: random.pick([0, 0, 0, 20, 29]),
    requestsPerMinute: random.pick([700, 700, 200, 60]),
    searchLagSeconds: random.pick([0, 0, 5, 120]),
    incrementalExports: random.pick(["allowed", "forbidden"]),
    unknownDropdown: random.pick(["refused", "refused", "dropped"]),
    movedOrganizations: random.pick(["report", "report", "mark"]),
    limits: random.pick(["wide", "wide", "wide", "default", "tight"]),
    contactsPerOrganization: random.pick([30, 30, 3]),
    deadlineMinutes: 45,
    apiTokens: random.chance(0.15),
  };
}

function planHour(random: Random, settings: StorySettings): HourPlan {
  const form = random.pick<RunForm>(
    settings.instances === "both"
      ? ["run", "run", "run", "run", "run", "stages", "stages", "dry-run", "reviewed", "undone", "twice at once"]
      : ["run", "run", "run", "stages", "dry-run", "reviewed", "undone"],
  );
  const isStormy = random.chance(0.5);
  return {
    minute: random.pick([0, 0, 0, 1, 7]),
    before: eventsOf(random, random.pick([0, 1, 2, 3, 6, 12])),
    during: Array.from(
      { length: random.pick([0, 0, 0, 1, 2, 5]) },
      (): Midway => ({
        at: random.next(),
        event: random.chance(0.6) ? { ...eventOf(random), what: random.pick(EDITS) } : eventOf(random),
      }),
    ),
    form,
    faultRate: isStormy ? random.pick([0.01, 0.05, 0.1, 0.2, 0.4]) : 0,
    faultKinds: isStormy ? faultKinds(random) : [],
    disk: random.chance(0.05) ? { code: random.pick(["ENOSPC", "EIO"]), at: random.next() } : null,
    ending: random.chance(0.35) ? planEnding(random) : null,
    repeated: random.chance(0.2),
    directory: random.pick(["kept", "kept", "kept", "kept", "lost", "an hour old"]),
  };
}

function eventsOf(random: Random, many: number): WorldEvent[] {
  return Array.from({ length: many }, () => eventOf(random));
}

function eventOf(random: Random): WorldEvent {
  return { what: random.pick(WORLD_EVENTS), draws: [random.next(), random.next(), random.next()] };
}

/** Some kinds only, so that now and then one kind alone does its worst. */
function faultKinds(random: Random): NetworkFault["kind"][] {
  if (random.chance(0.25)) return [random.pick([...ANYWHERE, ...OF_LISTS_AND_JOBS])];
  return [...ANYWHERE, ...(random.chance(0.6) ? OF_LISTS_AND_JOBS : [])].filter(() => random.chance(0.7));
}

function planEnding(random: Random): Ending {
  const lot = random.next();
  if (lot < 0.6) {
    const by = random.pick(["request", "committed", "committed", "file", "statement"] as const);
    return { is: "killed", by, at: random.next(), power: random.chance(0.5) };
  }
  if (lot < 0.85) return { is: "signalled", signal: random.pick(["SIGTERM", "SIGINT"]), at: random.next() };
  return { is: "deadline", seconds: random.pick([1, 5, 10, 30, 60, 300]) };
}
