import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillingDisk } from "../../test/safety/filling-disk.ts";
import { reason } from "../domain/reason.ts";
import { type FileEdge, withEdges } from "../edges/edges.ts";
import { MACHINE } from "../edges/machine.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
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

/** A store whose results wait before they are written until they are let go. */
class SlowStore extends ArtifactStore {
  written: number[] = [];
  private readonly waiting: (() => void)[] = [];
  atOnce = 0;
  most = 0;

  override async beginResults(...given: Parameters<ArtifactStore["beginResults"]>) {
    const journal = await super.beginResults(...given);
    const { add } = journal;
    journal.add = (rows) => this.slowly(rows.length, () => add.call(journal, rows));
    return this.slowly(given[1].length, async () => journal);
  }

  private async slowly<T>(rows: number, write: () => Promise<T>): Promise<T> {
    this.most = Math.max(this.most, ++this.atOnce);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.atOnce--;
    this.written.push(rows);
    return write();
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
    while (slow.atOnce === 0) await new Promise(setImmediate);
    slow.letGo();
    while (slow.written.length === 0 || slow.atOnce === 0) await new Promise(setImmediate);
    expect(slow.written).toEqual([1]);
    expect(ended).toBeFalse();
    slow.letGo();
    await all;
    expect(slow.written).toEqual([1, 2]);
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

/** Bytes of each write to a file, while work is done. */
async function bytesWritten(work: () => Promise<void>): Promise<number[]> {
  const sizes: number[] = [];
  const open = (async (...given: Parameters<FileEdge["open"]>) => {
    const handle = await MACHINE.files.open(...given);
    const { write } = handle;
    return Object.assign(handle, {
      write: (...written: [bytes: Uint8Array, from: number, length: number, at: number | null]) => {
        sizes.push(written[2]);
        return write.apply(handle, written as never);
      },
    });
  }) as FileEdge["open"];
  await withEdges({ ...MACHINE, files: { ...MACHINE.files, open } }, work);
  return sizes;
}

const raw = () => readFile(store.path(NAME));
const put = (bytes: Uint8Array | string) => Bun.write(store.path(NAME), bytes);

describe("a results file while its run writes it", () => {
  test("grows by the rows of a job: no row is written twice before the file is closed", async () => {
    const file = new ResultsFile(NAME, store);
    const row = JSON.stringify({ ...result(10), reason: null }).length;
    const sizes = await bytesWritten(async () => {
      for (let job = 0; job < 50; job++) await file.add([result(10 + job)]);
    });
    expect(sizes).toHaveLength(51);
    expect(Math.max(...sizes)).toBeLessThan(row + 10);
  });

  test("is a JSON array at any time, for whoever knows nothing of it, and sorted for whoever does", async () => {
    const file = new ResultsFile(NAME, store);
    for (const id of [3, 1, 2]) {
      await file.add([result(id)]);
      expect(JSON.parse((await raw()).toString()).at(-1).id).toBe(id);
    }
    expect(await ids()).toEqual([1, 2, 3]);
    expect((await new ArtifactStore(folder).readIfThere(NAME))?.records.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test("becomes what it would be if it had been written at once", async () => {
    const file = new ResultsFile(NAME, store);
    const skipped: Result = { ...result(5, "mark"), outcome: "skipped", reason: reason("mark.withheld") };
    for (const one of [result(9), skipped, result(2, "create")]) await file.add([one]);
    await file.close();
    const atOnce = new ArtifactStore(join(folder, "other"));
    await atOnce.writeRecords(NAME, [result(2, "create"), result(9), skipped]);
    expect(await raw()).toEqual(await readFile(atOnce.path(NAME)));
  });

  test("loses none of the rows before, wherever a loss of power cuts the latest ones", async () => {
    const file = new ResultsFile(NAME, store);
    await file.add([result(1), result(2)]);
    const before = await raw();
    await file.add([result(3), { ...result(4), after: { name: "Żółw, 株式会社]" } }]);
    const after = await raw();
    const same = before.findIndex((byte, at) => byte !== after[at]);
    for (let end = same; end <= after.length; end++) {
      await put(after.subarray(0, end));
      expect((await ids()).slice(0, 2)).toEqual([1, 2]);
      // Of a write that was cut the old end may stand behind it.
      await put(Buffer.concat([after.subarray(0, end), before.subarray(end)]));
      expect((await ids()).slice(0, 2)).toEqual([1, 2]);
    }
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  test("is refused where anything but its end is damaged, as a closed file is wherever it is cut", async () => {
    const file = new ResultsFile(NAME, store);
    await file.add([result(1), result(2), result(3)]);
    const text = (await raw()).toString();
    await put(text.replace('"id":2', '"id":'));
    await expect(ids()).rejects.toThrow("is not JSON");
    await put(text.replace('"id":2', '"id":"two"'));
    await expect(ids()).rejects.toThrow("is not valid");
    await file.close();
    await put((await raw()).subarray(0, -4));
    await expect(ids()).rejects.toThrow("is not JSON");
  });

  test("is written anew where somebody replaced or removed it in between", async () => {
    const file = new ResultsFile(NAME, store);
    await file.add([result(1)]);
    await put("[]\n");
    await file.add([result(2)]);
    expect(await ids()).toEqual([1, 2]);
    await rm(store.path(NAME));
    await symlink(join(folder, "elsewhere"), store.path(NAME));
    await file.add([result(3)]);
    await rm(store.path(NAME));
    await file.add([result(4)]);
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  test("holds the rows before where the disk gets full, and all of them once it is closed on one that has space", async () => {
    const file = new ResultsFile(NAME, store);
    await file.add([result(1)]);
    {
      using _ = await fillingDisk(1);
      await expect(file.add([result(2)])).rejects.toThrow("ENOSPC");
      expect(await ids()).toEqual([1]);
    }
    await file.close();
    expect(await ids()).toEqual([1, 2]);
  });
});
