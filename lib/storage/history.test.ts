import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { lutimes, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes } from "node:fs/promises";
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

let warnings: string[] = [];
const warn = (message: string) => void warnings.push(message);
beforeEach(() => {
  warnings = [];
});

describe("pruneHistory", () => {
  test("removes runs older than so many days, and no others", async () => {
    await keptRun("old", 30.01);
    await keptRun("at-the-bound", 30);
    await keptRun("young", 1);
    await pruneHistory(folder, 30, NOW, warn);
    expect((await readdir(history())).sort()).toEqual(["at-the-bound", "young"]);
    expect(warnings).toEqual([]);
  });

  test("G2: without a history there is nothing to do, and what cannot be followed fails nothing", async () => {
    await pruneHistory(folder, 30, NOW, warn);
    await keptRun("young", 1);
    await symlink(join(folder, "nowhere"), history("dangling"));
    await pruneHistory(folder, 30, NOW, warn);
    expect(await readdir(history())).toContain("young");
  });

  /** Something in the history that has not been touched for a year. */
  async function old(name: string, make: (path: string) => Promise<unknown>): Promise<void> {
    await mkdir(history(), { recursive: true });
    await make(history(name));
    const made = new Date(NOW.getTime() - 365 * 24 * 60 * 60 * 1000);
    await lutimes(history(name), made, made);
  }
  const folderWith =
    (...files: string[]) =>
    async (path: string) => {
      await mkdir(path);
      for (const file of files) await Bun.write(join(path, file), "x");
    };

  test("B6: everything that a run leaves goes, what a killed one left of its writing included", async () => {
    const made = ["global_creates.json", "gather-orgs_usgov_notes.json", "usgov_changeset.manifest.json", "run.json"];
    await old(
      "run-1",
      folderWith(
        ...made,
        "report.md",
        "usgov_user_report.md",
        "report.html",
        "gather-orgs_usgov_report.html",
        "output.log",
        ".run.json.0123456789ab.tmp",
      ),
    );
    await pruneHistory(folder, 30, NOW, warn);
    expect(await readdir(history())).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("B6: what zdsync did not make is left as it is, and said once", async () => {
    await mkdir(join(folder, "theirs"));
    await Bun.write(join(folder, "theirs", "global_creates.json"), "x");
    await old("linked", (path) => symlink(join(folder, "theirs"), path));
    await old("linked-file", async (path) => {
      await mkdir(path);
      await symlink(join(folder, "theirs", "global_creates.json"), join(path, "global_creates.json"));
    });
    await old("foreign", folderWith("run.json", "wedding.jpg"));
    await old("nested", async (path) => {
      await folderWith("run.json")(path);
      await mkdir(join(path, "global_creates.json"));
    });
    await old("no run", folderWith("run.json"));
    await old("file", (path) => Bun.write(path, "x"));
    await pruneHistory(folder, 30, NOW, warn);
    expect((await readdir(history())).sort()).toEqual(["file", "foreign", "linked", "linked-file", "nested", "no run"]);
    expect((await readdir(history("foreign"))).sort()).toEqual(["run.json", "wedding.jpg"]);
    expect(await readdir(join(folder, "theirs"))).toEqual(["global_creates.json"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toStartWith("6 entries of ");
  });

  test("B6: a history that is a link is somebody else's", async () => {
    await mkdir(join(folder, "theirs", "run-1"), { recursive: true });
    await symlink(join(folder, "theirs"), history());
    const made = new Date(NOW.getTime() - 365 * 24 * 60 * 60 * 1000);
    await utimes(join(folder, "theirs", "run-1"), made, made);
    await pruneHistory(folder, 30, NOW, warn);
    expect(await readdir(join(folder, "theirs"))).toEqual(["run-1"]);
  });
});
