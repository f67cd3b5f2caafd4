import { COMPARISON, COMPARISONS } from "../../domain/comparisons.ts";
import type { InstanceName } from "../../domain/instance.ts";
import { EXIT, type ExitCode } from "../../errors.ts";
import type { ComparisonReport } from "../../pipeline/stage.ts";
import { duration } from "./progress.ts";
import { totalOf } from "./summary.ts";

/** Outcome of a run, as its closing line needs it. */
export interface EndedRun {
  /** Kind of run: `run`, `preview`, `dry run`. */
  title: string;
  /** True if it writes to remotes. */
  writes: boolean;
  runId: string;
  exit: ExitCode;
  seconds: number;
  /** Signal or other cause that asked it to stop, e.g. `SIGINT`; null if nothing did. */
  stopped: string | null;
  comparisons: readonly ComparisonReport[];
  /** The instances it was for: what was not compared there is said. */
  instances: readonly InstanceName[];
  /** Path of the report; null where there is none. */
  report: string | null;
}

/** The last line of a run: how it ended, what was left undone, and where to read more. */
export function closingLine(run: EndedRun): string {
  const what = `${run.title} ${run.runId}: ${endOf(run)}.`;
  return run.report === null ? what : `${what} Report: ${run.report}`;
}

function endOf(run: EndedRun): string {
  const time = duration(run.seconds);
  switch (run.exit) {
    case EXIT.done: {
      const end = run.writes ? `done in ${time}` : `nothing was written to any remote in ${time}`;
      return run.comparisons.length > 0 && sum(run, plannedOf) === 0 ? `nothing to do, ${end}` : end;
    }
    case EXIT.someFailed:
      return `done in ${time}, but ${counted(
        sum(run, (one) => totalOf(one).failed),
        "record",
      )} FAILED: see the results files`;
    case EXIT.refused:
      return `REFUSED after ${time}, ${whatWasRefused(run)}`;
    case EXIT.stopped:
      return `STOPPED (${run.stopped ?? "asked to"}) after ${time}, ${whatIsLeft(run)}`;
    case EXIT.usage:
      return `FAILED after ${time}, ${whatIsLeft(run, ". Correct the setting named above; the next run then does the rest")}`;
    default:
      return `FAILED after ${time}, ${whatIsLeft(run)}`;
  }
}

function hasWritten(run: EndedRun): boolean {
  return run.writes && run.comparisons.some(({ results }) => results);
}

function whatWasRefused(run: EndedRun): string {
  if (!hasWritten(run)) return "before any write";
  const unwritten = run.comparisons.filter(({ results }) => !results).map(({ name }) => COMPARISON[name].title);
  return `in part: nothing was written for ${unwritten.map((title) => `"${title}"`).join(" and ")}`;
}

/** @param onward who does what is left, where something is */
function whatIsLeft(run: EndedRun, onward = ". The next run does the rest"): string {
  if (!hasWritten(run)) return `before any write${run.exit === EXIT.usage ? ": configuration error, see above" : ""}`;
  const changes = sum(run, plannedOf);
  const left = sum(run, (one) => (one.results ? unattemptedOf(one) : plannedOf(one)));
  const applied = `${counted(
    sum(run, (one) => totalOf(one).applied),
    "record",
  )} applied`;
  const attempted =
    left === 0
      ? "with every planned change attempted"
      : `with ${left.toLocaleString("en-US")} of ${counted(changes, "planned change")} not started`;
  const uncompared = COMPARISONS.filter(
    (name) => run.instances.includes(COMPARISON[name].instance) && !run.comparisons.some((one) => one.name === name),
  ).map((name) => `"${COMPARISON[name].title}"`);
  const missing = uncompared.length > 0 ? `, and nothing compared for ${uncompared.join(" and ")}` : "";
  return `${attempted}${missing}: ${applied}${left > 0 || missing ? onward : run.exit === EXIT.usage ? ": configuration error, see above" : ""}`;
}

function plannedOf({ planned: { creates, updates, marks, contacts } }: ComparisonReport): number {
  return creates + updates + marks + contacts;
}

function unattemptedOf({ unattempted }: ComparisonReport): number {
  return (unattempted?.stopped ?? 0) + (unattempted?.failed ?? 0);
}

function sum({ comparisons }: EndedRun, count: (comparison: ComparisonReport) => number): number {
  return comparisons.reduce((total, comparison) => total + count(comparison), 0);
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
