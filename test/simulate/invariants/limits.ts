import { readYaml } from "../../../sandbox/seed/read-yaml.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";
import { type ComparisonSeen, comparisonsOf } from "./results-seen.ts";

type Limit = number | { percent?: number; max?: number };
type Limits = Record<string, Limit> & { minimum_existing: number };

/** What holds where the config says nothing (spec S2). */
const DEFAULT: Limits = {
  holds: { percent: 5, max: 100 },
  creates: 500,
  contacts: 1000,
  marks: { percent: 5, max: 200 },
  updates: { percent: 30 },
  downgrades: { percent: 5, max: 100 },
  marked_total: { percent: 20 },
  minimum_existing: 10,
};
const OF_USERS: Partial<Limits> = { marks: { percent: 2, max: 50 } };

/** What is refused (S2). */
export const LIMITS: Invariant[] = [
  {
    name: "limits refuse only what passes them",
    expects: "no comparison is refused for a limit that it does not pass",
    check: (hour) =>
      hour.runs.flatMap((run) => comparisonsOf(run).flatMap((comparison) => needless(hour, run, comparison))),
  },
];

function needless(hour: HourSeen, run: RunSeen, { name, existing, refused = [] }: ComparisonSeen): string[] {
  return (refused as { code: string; params: { effect: string; count: number } }[]).flatMap(({ code, params }) => {
    if (code !== "limit.exceeded") return [];
    const most = limit(limitsOf(hour, name), params.effect, existing, allowedOf(run)[params.effect]);
    return params.count <= most ? [`${name}: ${params.count} ${params.effect} of ${most} were refused`] : [];
  });
}

/** The most that there may be of an effect; infinite where nothing limits it. */
export function limit(limits: Limits, effect: string, existing: number, allowed = -1): number {
  const own = limits[effect];
  const isEnough = existing >= limits.minimum_existing;
  const { percent, max } = typeof own === "object" ? own : { percent: undefined, max: undefined };
  const bounds = [
    typeof own === "number" && isEnough ? own : Number.POSITIVE_INFINITY,
    percent !== undefined && isEnough ? wholeShare(percent, existing) : Number.POSITIVE_INFINITY,
    max ?? Number.POSITIVE_INFINITY,
  ];
  return Math.max(allowed, Math.min(...bounds));
}

/** In whole numbers: so many hundredths of so many records. */
function wholeShare(percent: number, existing: number): number {
  return Number((BigInt(existing) * BigInt(Math.round(percent * 1000))) / 100_000n);
}

/** The limits of a comparison, by the config of the hour. */
export function limitsOf({ before }: HourSeen, comparison: string): Limits {
  const { limits = {} } = readYaml(before.config) as { limits?: Record<string, unknown> };
  const { usgov_user: own, ...all } = limits as { usgov_user?: Partial<Limits> };
  const merged = { ...DEFAULT, ...all } as Limits;
  return comparison === "usgov_user" ? ({ ...merged, ...OF_USERS, ...own } as Limits) : merged;
}

/** What `--allow` of a run allows, by effect. */
export function allowedOf(run: RunSeen | undefined): Record<string, number> {
  const entries = (run?.given.allow ?? "").split(/\s+/).filter(Boolean);
  return Object.fromEntries(entries.map((entry) => entry.split("=")).map(([effect, most]) => [effect, Number(most)]));
}
