import type { Measured } from "../../scripts/bench/measure-cases.ts";

/** What a run counted, by the names of budgets.ts. Pure. */
export function countsOf({ run, remotes }: Pick<Measured, "run" | "remotes">): Record<string, number> {
  const passes = Object.entries(run.passes);
  return Object.fromEntries([
    ...Object.entries(remotes.requests).map(([service, count]) => [`requests ${service}`, count]),
    ["answers 429", remotes.tooMany],
    ...Object.entries(remotes.jobsInFlight).map(([service, count]) => [`jobs at once ${service}`, count]),
    ...passes.map(([file, { reads }]) => [`reads ${file}`, reads]),
    ...passes.map(([file, { writes }]) => [`writes ${file}`, writes]),
  ]);
}

/** The counts beyond their budget, each told with it; a count without a line of its own has that of any other file, or none. Pure. */
export function beyond(counts: Readonly<Record<string, number>>, budget: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([name, count]) => {
    const [kind] = name.split(" ");
    const most = budget[name] ?? budget[`${kind} of any other`] ?? 0;
    return count > most ? [`${name}: ${count}, budget ${most}`] : [];
  });
}
