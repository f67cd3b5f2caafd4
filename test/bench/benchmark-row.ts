import { type Bound, type BoundInstance, type BoundPath, lowerBound } from "./lower-bound.ts";
import type { Measured, ProgramName } from "./measure-cases.ts";
import type { Changed } from "./remote-figures.ts";
import { LIMITS, type Situation } from "./situations.ts";

/** One case: what both programs took, and what it takes at least. Kept in docs/benchmarks.json, where tables and plot are made of it. */
export interface BenchmarkRow {
  situation: Situation;
  accounts: number;
  /** Null where no user is created. */
  bulkUsers: boolean | null;
  /** YYYY-MM-DD, commit and machine. */
  measured: { date: string; commit: string; machine: string };
  programs: Partial<Record<ProgramName, ProgramFigures>>;
  bound: Record<BoundPath, { seconds: number; requests: number }>;
}

export interface ProgramFigures {
  /** Until the program ended, and every job that it had handed in. */
  seconds: number;
  /** In which no request was under way; not known of rows from before it was measured. */
  quietSeconds?: number;
  processorSeconds: number;
  megabytes: number;
  requests: Record<string, number>;
  tooMany: number;
  secondsAtLimit: number;
  jobsInFlight: number;
}

const NO_CHANGES: Changed = { organizationsCreated: 0, organizationsUpdated: 0, usersCreated: 0, usersUpdated: 0 };
const INSTANCES = ["global", "us-government"] as const;

/**
 * The row of a case. The bound is of what a run really changed; where both programs ran, of what ours did. Pure.
 *
 * @param before the run of the hour before in the same world, whose changes an incremental export tells; none before the first
 */
export function rowOf(one: Measured, before: Measured | undefined, measured: BenchmarkRow["measured"]): BenchmarkRow {
  const { situation, accounts, program } = one;
  const bulkUsers = situation === "first-fill" || situation === "hour-after" ? one.bulkUsers : null;
  return {
    situation,
    accounts,
    bulkUsers,
    measured,
    programs: { [program]: figuresOf(one) },
    bound: { listing: boundOf(one, before, "listing"), snapshot: boundOf(one, before, "snapshot") },
  };
}

/** Puts new rows in the place of those of the same case, and keeps the others; what a program took stays until it is measured again. Pure. */
export function mergedRows(kept: readonly BenchmarkRow[], fresh: readonly BenchmarkRow[]): BenchmarkRow[] {
  const rows = new Map(kept.map((row) => [caseOf(row), row]));
  for (const row of fresh) {
    const other = rows.get(caseOf(row));
    const isOurs = row.programs.ours !== undefined;
    const base = isOurs || !other ? row : other;
    rows.set(caseOf(row), { ...base, programs: { ...other?.programs, ...row.programs } });
  }
  return [...rows.values()];
}

export function caseOf({ situation, accounts, bulkUsers }: BenchmarkRow): string {
  return `${situation} ${accounts} ${bulkUsers}`;
}

function figuresOf({ run, remotes }: Measured): ProgramFigures {
  return {
    seconds: rounded(Math.max(run.seconds, run.seconds - (run.endedAt - remotes.lastChangeAt) / 1000)),
    quietSeconds: rounded(run.quietSeconds),
    processorSeconds: rounded(run.processorSeconds),
    megabytes: run.megabytes,
    requests: remotes.requests,
    tooMany: remotes.tooMany,
    secondsAtLimit: rounded(Math.max(0, ...Object.values(remotes.secondsAtLimit))),
    jobsInFlight: Math.max(0, ...Object.values(remotes.jobsInFlight)),
  };
}

function boundOf(one: Measured, before: Measured | undefined, path: BoundPath): { seconds: number; requests: number } {
  const { world, remotes } = one;
  const instances = INSTANCES.map((name): BoundInstance => {
    const touched = before?.remotes.changed[name] ?? NO_CHANGES;
    return {
      organizations: world.organizations[name],
      listedUsers: name === "us-government" ? world.users[name] : 0,
      organizationsTouched: touched.organizationsCreated + touched.organizationsUpdated,
      usersTouched: touched.usersCreated + touched.usersUpdated,
      ...(remotes.changed[name] ?? NO_CHANGES),
    };
  });
  const bound = lowerBound({ ...world, instances }, path, LIMITS, one.bulkUsers);
  return { seconds: rounded(bound.seconds), requests: requestsOf(bound) };
}

function requestsOf({ salesforceRequests, instanceRequests }: Bound): number {
  return instanceRequests.reduce((sum, count) => sum + count, salesforceRequests);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
