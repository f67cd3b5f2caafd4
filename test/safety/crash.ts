import type { LoggedRequest, RequestHook, SandboxOptions } from "../../sandbox/types.ts";
import { atPoint, isWrite, outcomeOf, startChildWorld, type WritePoint } from "./child-run.ts";
import { smallWorld } from "./small-world.ts";

/** How a killed run is followed: by the same command, or by a run that knows nothing of it. */
export type Continuation = "same data directory" | "empty data directory";

/** A world to kill runs in: how many customers it has beside the strange ones, and how the remotes behave there. */
export interface CrashOptions {
  customers: number;
  options?: Omit<SandboxOptions, "world" | "onRequest">;
}

/** So many customers make two jobs of creates. */
export const TWO_JOBS: CrashOptions = { customers: 96 };
export const ONE_JOB: CrashOptions = { customers: 0 };
/** Jobs take two seconds: a run that follows at once finds the killed one's jobs still at work. */
export const SLOW_JOBS: CrashOptions = {
  customers: 0,
  options: {
    zendesk: {
      global: { bulkUserImport: true, jobSeconds: { fixed: 2_000, perRow: 0 } },
      "us-government": { jobSeconds: { fixed: 2_000, perRow: 0 } },
    },
  },
};

/** An undisturbed run: what the remotes come to, and what was written, service by service. */
export interface Undisturbed {
  outcome: ReturnType<typeof outcomeOf>;
  writes: { service: LoggedRequest["service"]; what: string }[];
}

export async function undisturbed({ customers, options }: CrashOptions): Promise<Undisturbed> {
  await using world = await startChildWorld({ ...options, world: smallWorld(customers) });
  const child = world.start("data");
  if ((await child.ended) !== 0) throw new Error(`the undisturbed run failed:\n${child.printed()}`);
  return {
    outcome: outcomeOf(world.sandbox),
    writes: world.sandbox.writes().map(({ service, method, path }) => ({ service, what: `${method} ${path}` })),
  };
}

/** Every point of a run that wrote this. */
export function pointsOf({ writes }: Undisturbed): (WritePoint & { what: string })[] {
  const counts = new Map<string, number>();
  return writes.flatMap(({ service, what }) => {
    const write = (counts.get(service) ?? 0) + 1;
    counts.set(service, write);
    return (["before", "committed", "answered"] as const).map((phase) => ({ service, what, write, phase }));
  });
}

/** What came of a killed run and the one that followed. */
export interface Crash {
  /** Whether there was a process to kill: after the last answer there may be none. */
  killed: boolean;
  followed: { exit: number | null; printed: string };
  outcome: ReturnType<typeof outcomeOf>;
  /** What a third run, after everything has settled, still writes. */
  leftOver: string[];
}

/** Kills a run with -9 at a point and lets another follow. */
export async function crashAt(point: WritePoint, then: Continuation, options: CrashOptions): Promise<Crash> {
  const hook: { at: RequestHook } = { at: () => undefined };
  await using world = await startChildWorld({
    ...options.options,
    world: smallWorld(options.customers),
    onRequest: (request, phase) => hook.at(request, phase),
  });
  let killed = false;
  const child = world.start("data");
  hook.at = atPoint(point, () => {
    killed = true;
    child.kill("SIGKILL");
    return child.ended;
  });
  await child.ended;
  hook.at = () => undefined;
  const next = world.start(then === "same data directory" ? "data" : "another");
  const exit = await next.ended;
  const outcome = outcomeOf(world.sandbox);
  world.sandbox.clearRequests();
  await world.start("third").ended;
  const leftOver = world.sandbox.requests.filter(isWrite).map(({ method, path }) => `${method} ${path}`);
  return { killed, followed: { exit, printed: next.printed() }, outcome, leftOver };
}
