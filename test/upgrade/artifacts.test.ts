import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { COMPARISONS } from "../../lib/domain/comparisons.ts";
import { EXIT } from "../../lib/errors.ts";
import { ARTIFACTS, type ArtifactName } from "../../lib/storage/artifacts/schemas.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { pruneHistory } from "../../lib/storage/history.ts";
import { readRunRecordFile } from "../../lib/storage/runs/read-run-records.ts";
import { comparisons, QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { filesIn, KEPT, keptWorld, layOut, RUNS } from "./kept-version.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Files of the version before (4d37f09), in the data directory of this one. */

async function upgraded(): Promise<TestWorld> {
  const world = await startWorld({ timing: QUICK, world: await keptWorld() });
  await layOut(world.dataDir, { previewed: true });
  return world;
}

const digestOf = async (world: TestWorld, comparison: string): Promise<string> =>
  JSON.parse(await world.text(`${comparison}_changeset.manifest.json`)).digest;

const FOLDERS = [
  ["left-behind"],
  ["previewed"],
  ["previewed", "history", RUNS.preview],
  ...[RUNS.whole, RUNS.retry, RUNS.untold].map((run) => ["left-behind", "history", run]),
];

describe("every file is read", () => {
  test.each(FOLDERS.map((parts) => join(...parts)))("of %s", async (folder) => {
    const store = new ArtifactStore(join(KEPT, folder));
    const entries = await readdir(join(KEPT, folder), { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const artifacts = names.filter((name): name is ArtifactName => Object.hasOwn(ARTIFACTS, name));
    expect(artifacts.length).toBeGreaterThan(0);
    for (const name of artifacts) expect(Array.isArray((await store.read(name)).records)).toBe(true);
    for (const comparison of COMPARISONS)
      if (names.includes(`${comparison}_changeset.manifest.json`))
        expect(await store.readChangesetManifest(comparison)).toMatchObject({ counts: { contacts: 0 } });
    if (names.includes("run.json"))
      expect(await readRunRecordFile(join(KEPT, folder, "run.json"))).toMatchObject({ exit: 0, merged: [] });
    const others = /^(?:report\.md|output\.log|run\.json|.*\.manifest\.json|.*\.sql)$/;
    expect(names.filter((name) => !others.test(name) && !Object.hasOwn(ARTIFACTS, name))).toEqual([]);
  });
});

describe("change files that were made before the upgrade, applied after it", () => {
  test("those of global are refused, for they plan no contacts: nothing is written or changed, and what to do is said", async () => {
    await using world = await upgraded();
    for (const given of [{}, { expect: await digestOf(world, "global") }]) {
      const [before, printed] = [await filesIn(world.dataDir), world.printed().length];
      const { exit } = await world.stage("sync", { instance: "global", ...given });
      expect([exit, world.sandbox.writes()]).toEqual([EXIT.refused, []]);
      const after = await filesIn(world.dataDir);
      // A report is written each time: it says that the stage refused. Earlier results do not stay to be told as this stage's.
      const ofThisTime = /report\.\w+$|\/data\/global_results\.json$/;
      const changed = Object.keys(before).filter((path) => after[path] !== before[path] && !ofThisTime.test(path));
      expect(changed).toEqual([]);
      expect(world.printed().slice(printed)).toContain("Run compare again with the version that runs sync.");
    }
  });

  test("those of us-government, which has no contacts to plan, are applied with the digest that was reviewed", async () => {
    await using world = await upgraded();
    const { exit } = await world.stage("sync", {
      instance: "us-government",
      expect: await digestOf(world, "usgov"),
    });
    expect(exit).toBe(EXIT.done);
  });
});

describe("stages of this version on files that stages of the version before left", () => {
  test("process, compare and sync go on from what was gathered, or say which stage to run again", async () => {
    await using world = await upgraded();
    expect((await world.stage("process")).exit).toBe(EXIT.done);
    const compared = await world.stage("compare", { instance: "global" });
    expect(compared.exit).toBe(EXIT.done);
    expect(await world.artifact("global_updates.json")).toMatchObject([{ change: { name: "Renamed Example 2" } }]);
    // Which accounts were merged was not asked then: marks are as they would have been.
    expect(world.printed()).toContain("merged_accounts.json is missing");
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.done);
    const names = world.sandbox.zendesk("global").organizations.map(({ name }) => name);
    expect(names).toContain("Renamed Example 2");
    expect((await world.stage("partner-sync")).exit).toBe(EXIT.done);
    expect((await world.stage("user-sync")).exit).toBe(EXIT.done);
  });

  test("compare alone goes on from what process left", async () => {
    await using world = await upgraded();
    for (const [instance, updates] of [["global", 1] as const, ["us-government", 0] as const]) {
      const { exit, report } = await world.stage("compare", { instance });
      expect([exit, report?.comparison?.planned.updates]).toEqual([EXIT.done, updates]);
    }
  });
});

test("the next run does what was left to do, nothing else, and the history stays", async () => {
  await using world = await upgraded();
  const before = await filesIn(join(world.dataDir, "history"));
  const { exit, summary } = await world.run();
  expect(exit).toBe(EXIT.done);
  const planned = Object.entries(comparisons(summary)).map(([name, one]) => [name, one.planned]);
  const none = { creates: 0, updates: 0, marks: 0, contacts: 0 };
  expect(Object.fromEntries(planned)).toEqual({
    global: { ...none, updates: 1 },
    usgov: none,
    partner: none,
    usgov_user: none,
  });
  const after = await filesIn(join(world.dataDir, "history"));
  for (const [path, text] of Object.entries(before)) expect([path, after[path] === text]).toEqual([path, true]);
});

test("the history of the version before stays for history_days, and then goes, every file of it known", async () => {
  await using world = await upgraded();
  const history = join(world.dataDir, "history");
  const kept = (await readdir(history)).sort();
  expect(kept).toEqual(expect.arrayContaining([RUNS.whole, RUNS.retry, RUNS.untold]));
  const warnings: string[] = [];
  const after = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
  await pruneHistory(world.dataDir, 30, after(29), (text) => warnings.push(text));
  expect((await readdir(history)).sort()).toEqual(kept);
  await pruneHistory(world.dataDir, 30, after(31), (text) => warnings.push(text));
  expect([await readdir(history), warnings]).toEqual([[], []]);
});
