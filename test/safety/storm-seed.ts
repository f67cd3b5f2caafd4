import type { outcomeOf } from "./child-run.ts";
import { miscounted, startQuickWorld, stormOf, wrongAndUnnamed } from "./storm.ts";

/** What came of one storm and the run after it. */
export interface SeedEnd {
  seed: number;
  exit: number;
  requests: number;
  faults: number;
  kinds: string[];
  /** What should not be so; empty where all is well. */
  complaints: string[];
}

let undisturbed: Promise<ReturnType<typeof outcomeOf>> | undefined;

/** One run in a storm, and an undisturbed one after it, held against what they promise (S5, S6). */
export async function checkSeed(seed: number, customers: number): Promise<SeedEnd> {
  undisturbed ??= outcomeWithout(customers);
  const right = await undisturbed;
  await using world = await startQuickWorld(customers);
  const told = new Map<string, number>();
  world.hook(stormOf(seed, told));
  const run = await world.run();
  const requests = world.sandbox.requests.length;
  world.hook(() => undefined);
  const complaints = [...miscounted(run), ...wrongAndUnnamed(run, right).map((record) => `not named: ${record}`)];
  const failed = Object.values(run.results).some((rows) => rows.some(({ outcome }) => outcome === "failed"));
  if (run.exit !== (failed ? 3 : 0)) complaints.push(`exit ${run.exit}: ${world.printed()}`);
  const next = await world.run();
  if (next.exit !== 0) complaints.push(`the next run ended with ${next.exit}`);
  if (!Bun.deepEquals(next.outcome, right)) complaints.push("the next run did not repair everything");
  const faults = [...told.values()].reduce((sum, count) => sum + count, 0);
  return { seed, exit: run.exit, requests, faults, kinds: [...told.keys()], complaints };
}

async function outcomeWithout(customers: number): Promise<ReturnType<typeof outcomeOf>> {
  await using world = await startQuickWorld(customers);
  return (await world.run()).outcome;
}

/** A run in which every request for this path fails, and an undisturbed one after it: what is not as promised (S6). */
export async function checkGone(path: RegExp): Promise<string[]> {
  await using world = await startQuickWorld();
  world.hook((request, phase) => (phase === "before" && path.test(request.path) ? { kind: "500" } : undefined));
  const run = await world.run();
  const complaints = miscounted(run);
  if (Object.keys(run.results).length === 0) complaints.push("no results");
  if (!Bun.deepEquals(run.kept, run.results)) complaints.push("the history has not all results");
  if (run.exit !== 0 && run.exit !== 1 && run.exit !== 3) complaints.push(`exit ${run.exit}`);
  world.hook(() => undefined);
  const next = await world.run();
  if (next.exit !== 0) complaints.push(`the next run ended with ${next.exit}`);
  return complaints;
}
