import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { runsCommand } from "../../bin/commands/runs-command.ts";
import { EXIT } from "../../lib/errors.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { RecordedOutput } from "../support/stage/recorded-output.ts";
import { keptWorld, layOut, RUNS } from "./kept-version.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Runs of the version before (4d37f09): found, shown and taken back by this one. */

async function upgraded(): Promise<TestWorld> {
  const world = await startWorld({ timing: QUICK, world: await keptWorld() });
  await layOut(world.dataDir, { previewed: true });
  return world;
}

interface Undone {
  digest: string;
  comparisons: { comparison: string; results?: { applied: number; failed: number; skipped: number } }[];
}
async function undo(world: TestWorld, run: string, given: Record<string, string> = {}) {
  const { exit, summary } = await world.undo("", { results: "", run, ...given });
  return { exit, summary: summary as unknown as Undone };
}

const markedIn = (records: readonly Record<string, unknown>[]) =>
  records.filter((one) => {
    const fields = (one.organization_fields ?? one.user_fields) as Record<string, unknown>;
    return fields.mark_for_deletion === true;
  });

test("a run of the version before is taken back: what it created is marked, what it changed is as before", async () => {
  await using world = await upgraded();
  const created = (await world.artifact(`history/${RUNS.whole}/global_results.json`)).filter(
    ({ effect, outcome }) => effect === "create" && outcome === "applied",
  );
  expect(created).toHaveLength(5);
  const previewed = await undo(world, RUNS.whole, { "dry-run": "true" });
  expect(world.sandbox.writes()).toEqual([]);
  const { exit, summary } = await undo(world, RUNS.whole, { yes: "false", expect: previewed.summary.digest });
  expect(exit).toBe(EXIT.done);
  expect(summary.comparisons.map(({ comparison, results }) => [comparison, results?.failed])).toEqual([
    ["partner", 0],
    ["global", 0],
    ["usgov_user", 0],
    ["usgov", 0],
  ]);
  const marked = markedIn(world.sandbox.zendesk("global").organizations).map(({ id }) => id);
  // One of them was renamed by the next run: it is no longer what this run made of it.
  const [renamed] = await world.artifact("global_updates.json");
  const others = created.map(({ id }) => id).filter((id) => id !== renamed?.id);
  expect([others.length, marked.includes(renamed?.id)]).toEqual([4, false]);
  expect(marked).toEqual(expect.arrayContaining(others));
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => name);
  expect(names).toContain("Former Name");
});

test("of a contact that was only associated the user stays, of one that was created it is marked", async () => {
  await using world = await upgraded();
  const contacts = (await world.artifact(`history/${RUNS.whole}/global_results.json`)).filter(
    ({ effect, outcome }) => effect === "contact" && outcome === "applied",
  );
  const by = (reason: string) => contacts.filter((one) => one.reason === reason).map(({ id }) => id);
  expect([by("created").length, by("associated").length]).toEqual([3, 1]);
  expect((await undo(world, RUNS.whole)).exit).toBe(EXIT.done);
  const marked = markedIn(world.sandbox.zendesk("global").users).map(({ id }) => id);
  expect(marked).toEqual(expect.arrayContaining(by("created")));
  expect(marked).not.toContain(by("associated")[0]);
});

test("one comparison by its results file; a retry by a button; and what a preview left is nothing to undo", async () => {
  await using world = await upgraded();
  const results = join(world.dataDir, "history", RUNS.untold, "global_results.json");
  const { exit, summary } = await world.undo(results);
  expect([exit, (summary as { results?: unknown }).results]).toMatchObject([EXIT.done, { applied: 1, failed: 0 }]);
  for (const run of [RUNS.retry, RUNS.preview]) expect((await undo(world, run)).exit).toBe(EXIT.done);
});

test("its runs are listed: when, who started them, how they ended, counts", async () => {
  await using world = await upgraded();
  const output = new RecordedOutput();
  const call = {
    name: "runs",
    given: { "data-dir": world.dataDir },
    shell: { env: {}, output, clock: () => new Date() },
  };
  for (const json of [true, false]) expect(await runsCommand.run({ ...call, json })).toBe(EXIT.done);
  const [listed = "", shown = ""] = output.results;
  const runs = (JSON.parse(listed) as { runs: Record<string, unknown>[] }).runs;
  // A retry has no record; its place in the list is when its folder was written, which is now.
  expect(runs.map(({ run_id }) => run_id)).toEqual([RUNS.retry, RUNS.preview, RUNS.untold, RUNS.whole]);
  for (const run of Object.values(RUNS)) expect(shown).toContain(run);
  expect(shown).toContain("9 created, 8 updated, 4 marked, 4 contacts, 3 skipped");
});
