import { afterEach, describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FileEdge, withEdges } from "../../lib/edges/edges.ts";
import { MACHINE } from "../../lib/edges/machine.ts";
import { type KeptArtifact, KeptRecords } from "../../lib/storage/artifacts/kept-records.ts";
import { smallWorld } from "../safety/small-world.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const restore: (() => void)[] = [];
afterEach(() => {
  for (const one of restore.splice(0)) one();
});

/** The machine's files, and how often each was opened for reading and each folder synced. */
function countedFiles() {
  const [passes, synced] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, path: string) =>
    counts.set(basename(path), (counts.get(basename(path)) ?? 0) + 1);
  const open = (async (path: string, flags: string | number, mode?: number) => {
    const handle = await MACHINE.files.open(path, flags, mode);
    if (flags === "r") count(synced, path);
    else if (flags !== "wx") count(passes, path);
    return handle;
  }) as FileEdge["open"];
  return { edges: { ...MACHINE, files: { ...MACHINE.files, open } }, passes, synced };
}

describe("a run passes over its files as rarely as it can", () => {
  test("no artifact of a run is read back by the stage that made it or by the next ones", async () => {
    await using world = await startWorld({ world: smallWorld() });
    await world.run();
    const { edges, passes, synced } = countedFiles();
    await withEdges(edges, () => world.run());
    const read = Object.fromEntries([...passes].filter(([name]) => /^(?!history).*\.json$/.test(name)));
    // What is left are copies into the history and what `explain` will need later, which are bytes and are not parsed.
    const most = (pattern: RegExp) =>
      Math.max(...Object.entries(read).map(([name, n]) => (pattern.test(name) ? n : 0)));
    expect({
      gathered: most(/^(?:salesforce_accounts|zendesk_(?:global|usgov)|partner_accounts)\.json$/),
      decided: most(/^(?:global|usgov)_accounts\.json$/),
      changes: most(/_(?:creates|updates|not_in_sync|contacts)\.json$/),
    }).toEqual({ gathered: 2, decided: 2, changes: 4 });
    // Twice where one is asked for while it is being written.
    expect(most(/^(?!.*changeset).*\.manifest\.json$/)).toBeLessThanOrEqual(2);
    // One for an artifact with its manifest, one for all change files of a comparison.
    expect(synced.get(basename(world.dataDir))).toBeLessThanOrEqual(42);
  });
});

describe("records that the stages of a run share", () => {
  test("are changed by none of them", async () => {
    const { keep } = KeptRecords.prototype;
    const spy = spyOn(KeptRecords.prototype, "keep").mockImplementation(function (
      this: KeptRecords,
      name: string,
      artifact: KeptArtifact,
    ) {
      for (const record of artifact.records) freeze(record);
      keep.call(this, name, artifact);
    });
    restore.push(() => spy.mockRestore());
    await using world = await startWorld({ world: smallWorld() });
    const { exit, summary } = await world.run();
    expect({ exit, failures: summary.failures }).toEqual({ exit: 0, failures: [] });
    expect(spy.mock.calls.length).toBeGreaterThan(20);
  });
});

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

describe("a run and its stages alone", () => {
  test("leave the same bytes, but for the times in manifests and records of runs", async () => {
    await using world = await startWorld({ world: smallWorld() });
    await world.preview({ "run-id": "same" });
    const alone = { "data-dir": `${world.dataDir}-stages` };
    await world.stage("gather-accounts", { ...alone, "run-id": "same" });
    for (const instance of ["global", "us-government"]) await world.stage("gather-orgs", { ...alone, instance });
    await world.stage("process", alone);
    for (const instance of ["global", "us-government"]) await world.stage("compare", { ...alone, instance });
    await world.stage("partner-sync", { ...alone, "dry-run": "true" });
    const names = (await readdir(alone["data-dir"])).filter((name) => /^[a-z_-]+\.json$/.test(name));
    expect(names.length).toBeGreaterThan(25);
    for (const name of names)
      expect({ name, text: await readFile(join(world.dataDir, name), "utf8") }).toEqual({
        name,
        text: await readFile(join(alone["data-dir"], name), "utf8"),
      });
  });
});
