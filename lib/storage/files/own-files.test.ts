import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArtifactError } from "../../errors.ts";
import { ArtifactStore } from "../artifacts/store.ts";
import { historyOf, keepInHistory } from "../history.ts";
import { readRunRecord } from "../runs/read-run-records.ts";
import { lockHolder } from "../runs/run-lock.ts";
import { NO_OUTCOME, RunRecorder } from "../runs/run-recorder.ts";
import { openDatabase } from "./open-database.ts";
import { makeOwnFolder, ownFileBlocks, readOwnFile } from "./own-files.ts";

let folder: string;
const data = (...parts: string[]) => join(folder, "data", ...parts);
const theirs = (...parts: string[]) => join(folder, "theirs", ...parts);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-links-"));
  await mkdir(data());
  await mkdir(theirs());
});
afterEach(() => rm(folder, { recursive: true }));

async function refused(work: () => unknown): Promise<string> {
  const error = await (async () => work())().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ArtifactError);
  return String(error);
}

describe("B6: what a data directory's own files are", () => {
  test("read where they are there; a data directory that is a link itself is followed", async () => {
    await writeFile(theirs("a.json"), "[]");
    await symlink(theirs(), data("linked"));
    expect((await readOwnFile(data("linked", "a.json")))?.toString()).toBe("[]");
    expect(await readOwnFile(data("b.json"))).toBeNull();
    expect(await readOwnFile("/dev/null/a.json")).toBeNull();
    expect(await makeOwnFolder(data("linked"), "history", "run-1")).toBe(data("linked", "history", "run-1"));
    expect(await readdir(theirs("history"))).toEqual(["run-1"]);
  });

  test("no link, no folder, no pipe, nothing too large", async () => {
    await writeFile(theirs("secret"), "x");
    await symlink(theirs("secret"), data("a.json"));
    expect(await refused(() => readOwnFile(data("a.json")))).toContain("is a symbolic link");
    expect(await refused(() => readOwnFile(theirs()))).toContain("is not a file");
    expect(Bun.spawnSync(["mkfifo", data("pipe")]).exitCode).toBe(0);
    expect(await refused(() => readOwnFile(data("pipe")))).toContain("is not a file");
    await writeFile(data("large"), "12345");
    expect(await refused(() => readOwnFile(data("large"), 4))).toContain("is larger than");
  });
});

describe("B6: links in a data directory are not followed", () => {
  test("an artifact, its manifest, and the artifacts of the history", async () => {
    await writeFile(theirs("global_results.json"), "[]\n");
    await symlink(theirs("global_results.json"), data("global_results.json"));
    await symlink(theirs("x.json"), data("global_results.manifest.json"));
    const store = new ArtifactStore(data());
    expect(await refused(() => store.readRecords("global_results.json"))).toContain(
      "global_results.json is a symbolic",
    );
    expect(await refused(() => store.readManifest("global_results.json"))).toContain("manifest.json is a symbolic");
    await symlink(theirs(), data("history"));
    expect(await refused(() => historyOf(data(), "run-1").readIfThere("global_results.json"))).toContain(
      "history is a",
    );
  });

  test("nothing is written through a linked folder", async () => {
    await writeFile(data("a.json"), "[]");
    await symlink(theirs(), data("history"));
    expect(await refused(() => keepInHistory(data(), "run-1", ["a.json"]))).toContain("history is a symbolic link");
    await refused(() => historyOf(data(), "run-1").writeRecords("global_results.json", []));
    await rm(data("history"));
    await mkdir(data("history"));
    await symlink(theirs(), data("history", "run-1"));
    await refused(() => keepInHistory(data(), "run-1", ["a.json"]));
    const warnings: string[] = [];
    const recorder = new RunRecorder(
      data(),
      {
        run_id: "run-1",
        command: "run",
        dry_run: false,
        instances: [],
        host: "h",
        pid: 1,
        started_at: new Date().toISOString(),
      },
      { clock: () => new Date(), warn: (message) => warnings.push(message) },
    );
    await recorder.end({ ...NO_OUTCOME, exit: 0 });
    expect(warnings).toEqual([expect.stringContaining("symbolic link")]);
    expect(await readdir(theirs())).toEqual([]);
  });

  test("a linked file is not kept in the history, and not read as a record or a lock", async () => {
    await writeFile(theirs("secret"), "x");
    await symlink(theirs("secret"), data("a.json"));
    expect(await refused(() => keepInHistory(data(), "run-1", ["a.json"]))).toContain("a.json is a symbolic link");
    await writeFile(theirs("run.json"), JSON.stringify({}));
    await symlink(theirs("run.json"), data("history", "run-1", "run.json"));
    expect(await readRunRecord(data(), "run-1")).toBeNull();
    const holder = { host: "elsewhere", pid: 9, command: "run", run_id: "r", since: "" };
    await writeFile(theirs("lock"), JSON.stringify(holder));
    await symlink(theirs("lock"), data("zdsync.lock"));
    expect(await lockHolder(data())).toBeNull();
  });

  test("a memory in SQLite", async () => {
    await symlink(theirs("memory.sqlite"), data("memory.sqlite"));
    await refused(() => openDatabase(data("memory.sqlite")));
    expect(await readdir(theirs())).toEqual([]);
  });
});

describe("a file in blocks of whole lines", () => {
  async function blocks(text: string): Promise<string[] | null> {
    await writeFile(data("a.json"), text);
    const found = await ownFileBlocks(data("a.json"));
    if (!found) return null;
    const all: string[] = [];
    for await (const block of found) all.push(block.toString());
    return all;
  }

  for (const [what, text] of Object.entries({
    "of a few lines": "one\ntwo\n",
    "whose last line has no end": "one\ntwo",
    "that is empty": "",
    "of several blocks": `${"ein wenig Täxt\n".repeat(200_000)}end`,
    "with lines longer than a block": `short\n${"x".repeat(2_500_000)}\nshort\n${"y".repeat(1_100_000)}\n`,
  }))
    test(`is given whole: ${what}`, async () => {
      const all = (await blocks(text)) ?? [];
      expect(all.join("") === text).toBe(true);
      expect(all.slice(0, -1).every((block) => block.endsWith("\n"))).toBe(true);
    });

  test("is null where there is none, and refused where it is a link", async () => {
    expect(await ownFileBlocks(data("b.json"))).toBeNull();
    await writeFile(theirs("a.json"), "[]");
    await symlink(theirs("a.json"), data("c.json"));
    expect(await refused(() => ownFileBlocks(data("c.json")))).toContain("symbolic link");
  });
});
