import { expect, setDefaultTimeout, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipelineSummary } from "../../bin/commands/pipeline-summary.ts";
import { reason } from "../../lib/domain/reason.ts";
import { EXIT } from "../../lib/errors.ts";
import { readRunRecord, readRunRecordFile } from "../../lib/storage/runs/read-run-records.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { RecordedOutput } from "../support/stage/recorded-output.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** What the last job of a pipeline says of the files that lie there: stages leave the same, whoever runs them. */
async function summarized(world: TestWorld, given: Record<string, string> = {}, env: Record<string, string> = {}) {
  const clock = () => new Date("2026-11-24T10:30:00Z");
  await pipelineSummary.run({
    name: "pipeline-summary",
    given: { "data-dir": world.dataDir, ...given },
    json: false,
    shell: { env, output: new RecordedOutput(), clock },
  });
  return readRunRecordFile(join(world.dataDir, "run.json"));
}

function tellingOf(record: RunRecord | null) {
  const { comparisons = [], conflicts, unknown_charges, exit } = record ?? {};
  const byName = [...comparisons].sort((one, other) => (one.name < other.name ? -1 : 1));
  return { exit, unknown_charges, conflicts: new Set(conflicts), comparisons: byName };
}

test("of a pipeline the last job tells what a run in one process tells", async () => {
  await using world = await startWorld();
  await world.run({ "run-id": "one" });
  const record = await summarized(world, {}, { CI_PIPELINE_CREATED_AT: "2026-11-24T10:00:00Z", CI_SERVER_HOST: "git" });
  expect(tellingOf(record)).toEqual(tellingOf(await readRunRecord(world.dataDir, "one")));
  expect(record).toMatchObject({
    run_id: "one",
    command: "pipeline",
    dry_run: false,
    instances: ["global", "us-government"],
    host: "git",
    pid: null,
    started_at: "2026-11-24T10:00:00.000Z",
    ended_at: "2026-11-24T10:30:00.000Z",
    failures: [],
    steps: [],
  });
  expect(record?.unknown_charges.length).toBeGreaterThan(0);
  expect(record?.conflicts.length).toBeGreaterThan(0);
  expect((await stat(join(world.dataDir, "run.json"))).mode & 0o777).toBe(0o600);
});

test("more than was confirmed is told with its numbers; the branch behind it is no failure of its own", async () => {
  await using world = await startWorld();
  await world.run({ "at-most": "partner.creates=99 partner.updates=99 partner.marks=99 partner.downgrades=99" });
  const record = await summarized(world);
  expect(record?.exit).toBe(EXIT.refused);
  const global = record?.comparisons.find(({ name }) => name === "global");
  expect(global?.unconfirmed).toContainEqual({ effect: "creates", count: global?.planned.creates ?? 0, confirmed: 0 });
  expect(global?.refused).toContainEqual(
    reason("count.unconfirmed", {
      comparison: "global",
      effect: "creates",
      count: global?.planned.creates ?? 0,
      confirmed: 0,
    }),
  );
  expect(record?.failures).toEqual([]);
});

test("a dry run writes nothing and is done; of one instance, nobody misses the other", async () => {
  await using world = await startWorld({ keepsDryRun: true });
  await world.preview({ instance: "us-government" });
  const untried = await summarized(world, { "dry-run": "true", instances: "us-government" });
  expect(untried?.failures.flatMap(({ reasons }) => reasons)).toEqual([
    reason("stage.not_done", { comparison: "usgov", lacks: "try" }),
    reason("stage.not_done", { comparison: "usgov_user", lacks: "try" }),
  ]);
  await world.stage("sync", { "dry-run": "true", instance: "us-government" });
  await world.stage("user-sync", { "dry-run": "true" });
  const record = await summarized(world, { "dry-run": "true", instances: "us-government" });
  expect(record).toMatchObject({ dry_run: true, instances: ["us-government"], exit: EXIT.done, failures: [] });
  expect(world.sandbox.writes()).toEqual([]);
  await using other = await startWorld();
  const { summary } = await other.run({ "dry-run": "true", instance: "us-government" });
  const told = summary.reports.flatMap(({ comparison }) => (comparison ? [[comparison.name, comparison.results]] : []));
  expect(record?.comparisons.map(({ name, results }) => [name, results])).toEqual(told as never);
});

test("what should be there and is not, is a failure; the run is known by its pipeline", async () => {
  await using world = await startWorld();
  await world.preview({ instance: "us-government", "run-id": "half" });
  const half = await summarized(world, { instances: "us-government" });
  expect(half?.exit).toBe(EXIT.failed);
  expect(half?.failures.flatMap(({ reasons }) => reasons)).toEqual([
    reason("stage.not_done", { comparison: "usgov", lacks: "write" }),
    reason("stage.not_done", { comparison: "usgov_user", lacks: "write" }),
  ]);
  const empty = await summarized(world, { "data-dir": join(world.dataDir, "none") }, { CI_PIPELINE_ID: "77" });
  expect(empty?.run_id).toBe("half");
  const nothing = await readRunRecordFile(join(world.dataDir, "none/run.json"));
  expect(nothing).toMatchObject({ run_id: "pipeline-77", exit: EXIT.failed, comparisons: [] });
  expect(nothing?.failures).toHaveLength(4);
  // A run that was asked for under an id has it also where nothing was gathered: whoever asked finds it by that.
  await summarized(
    world,
    { "data-dir": join(world.dataDir, "asked"), "run-id": "asked-for" },
    { CI_PIPELINE_ID: "78" },
  );
  expect((await readRunRecordFile(join(world.dataDir, "asked/run.json")))?.run_id).toBe("asked-for");
});
