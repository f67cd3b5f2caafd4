import type { Measured } from "./measure-cases.ts";

/** Numbers by their names in budgets.ts. */
export type Counts = Readonly<Record<string, number>>;

/** Artifacts that grow with the accounts or with what changes have lines of their own; the others share one. */
const LARGE =
  /^(salesforce_accounts|zendesk_(global|usgov)|(global|usgov)_accounts|(global|usgov|usgov_user)_(creates|updates|results)|usgov_users|usgov_user_contacts)\.json$/;

/** What a run counted. Pure. */
export function countsOf({ run, remotes }: Pick<Measured, "run" | "remotes">): Counts {
  const counts: Record<string, number> = {};
  const most = (name: string, count: number) => {
    counts[name] = Math.max(counts[name] ?? 0, count);
  };
  for (const [service, count] of Object.entries(remotes.requests)) most(`requests ${service}`, count);
  most("answers 429", remotes.tooMany);
  for (const [service, count] of Object.entries(remotes.jobsInFlight)) most(`jobs at once ${service}`, count);
  for (const [file, { reads, writes }] of Object.entries(run.passes)) {
    const name = LARGE.test(file) ? file : "of any other";
    most(`reads ${name}`, toTenths(reads));
    most(`writes ${name}`, toTenths(writes));
  }
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The counts beyond their budget, each told with it; what has no line may not be at all. Pure. */
export function beyond(counts: Counts, budget: Counts, jobsAtOnce: number): string[] {
  return Object.entries(counts).flatMap(([name, count]) => {
    const most = name.startsWith("jobs at once ") ? jobsAtOnce : (budget[name] ?? 0);
    return count > most ? [`${name}: ${count}, budget ${most}`] : [];
  });
}

/** The budget with what has become less, and what has become more; that, too, is taken where it is to be raised. Pure. */
export function lowered(budget: Counts, counts: Counts, raise: boolean): { budget: Counts; more: string[] } {
  const held = Object.entries(counts).filter(([name]) => !name.startsWith("jobs at once "));
  const more = held.flatMap(([name, count]) => {
    const before = budget[name];
    return before === undefined || count > before ? [`${name}: ${count}, before ${before ?? "not at all"}`] : [];
  });
  const taken = held.flatMap(([name, count]) => {
    const before = budget[name];
    if (before === undefined) return raise ? [[name, count] as const] : [];
    return [[name, raise ? count : Math.min(before, count)] as const];
  });
  return { budget: Object.fromEntries(taken), more };
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
