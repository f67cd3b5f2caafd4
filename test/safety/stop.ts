import type { RunJson } from "../../bin/commands/run.ts";
import type { Result } from "../../lib/storage/artifacts/results.ts";
import type { RequestHook } from "../../sandbox/types.ts";
import { type Child, isWrite, outcomeOf, startChildWorld, type WritePoint } from "./child-run.ts";
import { smallWorld } from "./small-world.ts";
import { miscounted, resultsIn } from "./storm.ts";

/** What came of a run that was asked to stop, and of the one after it. */
export interface StoppedRun {
  exit: number | null;
  printed: string;
  results: Record<string, Result[]>;
  complaints: string[];
  /** Writes that were begun after the stop: only what finishes the jobs in flight may be among them. */
  later: string[];
  next: { exit: number | null; outcome: ReturnType<typeof outcomeOf> };
}

/** How a run is asked to stop: what to do with the process while a write is held up, and what it says then. */
export interface StopRequestSeen {
  flags?: string[];
  ask(child: Child): void;
  says: string;
}

export const bySignal = (signal: "SIGTERM" | "SIGINT"): StopRequestSeen => ({
  ask: (child) => child.kill(signal),
  says: `${signal}: finishing`,
});

/** Deadlines in seconds, shortest first: a busy machine takes its time to come to the write that is held up until the deadline is over. */
export const DEADLINES = [10, 20, 40, 80] as const;

export const byDeadline = (seconds: number): StopRequestSeen => ({
  flags: ["--deadline", `${seconds}s`],
  ask: () => {},
  says: "deadline: finishing",
});

/** What `stopAt` complains of where the run ended before it. */
export const NEVER_THERE = "the run never came to this write";

/** Asks a run to stop while it sends a write: the write is only handled once the run has said that it heard. */
export async function stopAt(
  point: Pick<WritePoint, "service" | "write">,
  { flags = [], ask, says }: StopRequestSeen,
): Promise<StoppedRun> {
  const hook: { at: RequestHook } = { at: () => undefined };
  await using world = await startChildWorld({
    world: smallWorld(),
    onRequest: (request, phase) => hook.at(request, phase),
  });
  const child = world.start("data", "--json", ...flags);
  let writes = 0;
  let before: number | undefined;
  hook.at = async (request, phase) => {
    if (phase !== "before" || request.service !== point.service || !isWrite(request)) return undefined;
    if (++writes !== point.write) return undefined;
    ask(child);
    await child.said(says);
    before = world.sandbox.writes().length + 1;
    return undefined;
  };
  const exit = await child.ended;
  hook.at = () => undefined;
  const results = await resultsIn(world.path("data"));
  const summary = JSON.parse(child.stdout() || "{}") as RunJson;
  const complaints = before === undefined ? [NEVER_THERE] : miscounted({ summary, results });
  const later = world.sandbox
    .writes()
    .slice(before)
    .map(({ method, path }) => `${method} ${path}`);
  const next = world.start("data");
  return {
    exit,
    printed: child.printed(),
    results,
    complaints,
    later,
    next: { exit: await next.ended, outcome: outcomeOf(world.sandbox) },
  };
}
