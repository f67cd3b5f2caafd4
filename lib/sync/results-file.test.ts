import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "../artifacts/results.ts";
import { ArtifactStore } from "../artifacts/store.ts";
import { ResultsFile } from "./results-file.ts";

const NAME = "global_results.json";

let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-results-"));
  store = new ArtifactStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

function result(id: number, effect: Result["effect"] = "update"): Result {
  return { effect, salesforce_id: null, id, outcome: "applied", reason: null, before: {}, after: {} };
}

async function ids(): Promise<(number | null)[]> {
  return (await store.readRecords(NAME)).records.map(({ id }) => id);
}

/** A store whose writes wait until they are let go. */
class SlowStore extends ArtifactStore {
  written: number[] = [];
  private readonly waiting: (() => void)[] = [];
  atOnce = 0;
  most = 0;

  override async writeRecords(...[, records]: Parameters<ArtifactStore["writeRecords"]>): Promise<Buffer> {
    this.most = Math.max(this.most, ++this.atOnce);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.atOnce--;
    this.written.push(records.length);
    return Buffer.alloc(0);
  }

  letGo(): void {
    this.waiting.shift()?.();
  }
}

describe("S6: results get to the disk as they come in", () => {
  test("after each job the file holds every row that has ended, in a fixed order, for its owner only", async () => {
    const file = new ResultsFile(NAME, store);
    await file.add([result(3), result(1)]);
    expect(await ids()).toEqual([1, 3]);
    await file.add([result(2), result(9, "create")]);
    expect(await ids()).toEqual([9, 1, 2, 3]);
    await file.close();
    expect(await ids()).toEqual([9, 1, 2, 3]);
    expect((await stat(store.path(NAME))).mode & 0o777).toBe(0o600);
  });

  test("nothing to do leaves an empty file, not an old or a missing one", async () => {
    await new ResultsFile(NAME, store).add([result(1)]);
    await new ResultsFile(NAME, store).close();
    expect(await ids()).toEqual([]);
  });

  test("jobs that end together are all there, each write on its own", async () => {
    const file = new ResultsFile(NAME, store);
    await Promise.all(Array.from({ length: 20 }, (_, index) => file.add([result(index + 1)])));
    expect(await ids()).toHaveLength(20);
  });

  test("writes never overlap; one covers all that came in during another, and add waits for it", async () => {
    const slow = new SlowStore(folder);
    const file = new ResultsFile(NAME, slow);
    const first = file.add([result(1)]);
    let ended = false;
    const later = [file.add([result(2)]), file.add([result(3)])];
    const all = Promise.all([first, ...later]).then(() => {
      ended = true;
    });
    slow.letGo();
    await new Promise(setImmediate);
    expect(slow.written).toEqual([1]);
    expect(ended).toBeFalse();
    slow.letGo();
    await all;
    expect(slow.written).toEqual([1, 3]);
    expect(slow.most).toBe(1);
  });

  test("what cannot be written is told, not swallowed", async () => {
    await Bun.write(join(folder, "a-file"), "");
    const file = new ResultsFile(NAME, new ArtifactStore(join(folder, "a-file")));
    await expect(file.add([result(1)])).rejects.toThrow();
    await expect(file.close()).rejects.toThrow();
  });

  test("a store that cannot be written keeps the others from nothing", async () => {
    await Bun.write(join(folder, "a-file"), "");
    const file = new ResultsFile(NAME, new ArtifactStore(join(folder, "a-file")), store);
    await expect(file.add([result(1)])).rejects.toThrow();
    expect(await ids()).toEqual([1]);
  });

  test("what could not be written, and what came in later, is tried again at the end", async () => {
    const blocked = join(folder, "later");
    await Bun.write(blocked, "");
    const later = new ArtifactStore(blocked);
    const file = new ResultsFile(NAME, later);
    await expect(file.add([result(1)])).rejects.toThrow();
    await expect(file.add([result(2)])).rejects.toThrow();
    await rm(blocked);
    await file.close();
    expect((await later.readRecords(NAME)).records.map(({ id }) => id)).toEqual([1, 2]);
  });
});
