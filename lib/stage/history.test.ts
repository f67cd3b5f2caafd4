import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat, symlink, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepInHistory, pruneHistory } from "./history.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-history-"));
});
afterEach(() => rm(folder, { recursive: true }));

const NOW = new Date("2026-11-23T12:00:00Z");
const history = (...parts: string[]) => join(folder, "history", ...parts);

async function keptRun(runId: string, daysAgo: number): Promise<void> {
  await Bun.write(join(folder, "a.json"), "[]");
  await keepInHistory(folder, runId, ["a.json"]);
  const made = new Date(NOW.getTime() - daysAgo * 24 * 60 * 60 * 1000);
  await utimes(history(runId), made, made);
}

describe("keepInHistory", () => {
  test("copies the files there are, readable by their owner only, whatever they were", async () => {
    await Bun.write(join(folder, "a.json"), "[1]\n");
    await keepInHistory(folder, "run-1", ["a.json", "missing.json"]);
    expect(await readdir(history("run-1"))).toEqual(["a.json"]);
    expect(await Bun.file(history("run-1", "a.json")).text()).toBe("[1]\n");
    expect((await stat(history("run-1", "a.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(history("run-1"))).mode & 0o777).toBe(0o700);
  });

  test("a later run destroys nothing of an earlier one; the same run's later file replaces the earlier", async () => {
    for (const [runId, content] of [
      ["run-1", "one"],
      ["run-2", "two"],
      ["run-2", "two, finished"],
    ] as const) {
      await Bun.write(join(folder, "a.json"), content);
      await keepInHistory(folder, runId, ["a.json"]);
    }
    expect(await Bun.file(history("run-1", "a.json")).text()).toBe("one");
    expect(await Bun.file(history("run-2", "a.json")).text()).toBe("two, finished");
  });
});

describe("pruneHistory", () => {
  test("removes runs older than so many days, and no others", async () => {
    await keptRun("old", 30.01);
    await keptRun("at-the-bound", 30);
    await keptRun("young", 1);
    await pruneHistory(folder, 30, NOW);
    expect((await readdir(history())).sort()).toEqual(["at-the-bound", "young"]);
  });

  test("G2: without a history there is nothing to do, and what cannot be followed fails nothing", async () => {
    await pruneHistory(folder, 30, NOW);
    await keptRun("young", 1);
    await symlink(join(folder, "nowhere"), history("dangling"));
    await pruneHistory(folder, 30, NOW);
    expect(await readdir(history())).toContain("young");
  });
});
