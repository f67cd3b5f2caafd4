import { afterEach, describe, expect, test } from "bun:test";
import { constants } from "node:fs";
import * as machine from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../../../lib/edges/clock.ts";
import * as files from "../../../lib/edges/files.ts";
import { createWholeFile, writeWholeFile } from "../../../lib/storage/files/write-whole-file.ts";
import { emptySimulation, endSimulations } from "./empty-simulation.ts";

afterEach(endSimulations);

type Files = Pick<
  typeof files,
  "link" | "mkdir" | "open" | "readFile" | "readdir" | "rename" | "rm" | "rmdir" | "stat" | "access"
>;

/** What came of each of these operations, errors by what programs look at. */
async function everything(own: Files, folder: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const tried = async (act: () => Promise<unknown>) => {
    seen.push(
      await act().catch(({ code, syscall, message }: NodeJS.ErrnoException) => ({
        code,
        syscall,
        message: message.replaceAll(folder, ""),
      })),
    );
  };
  const at = (name: string) => join(folder, name);
  await tried(() => own.readFile(at("none"), "utf8"));
  await tried(() => own.access(at("none")));
  await tried(() => own.open(at("none"), "r"));
  await tried(() => own.open(at("none/deeper"), "wx"));
  await tried(() => own.mkdir(at("a")));
  await tried(() => own.mkdir(at("a")));
  await tried(() => own.mkdir(at("b/c/d"), { recursive: true }).then((path) => path?.replace(folder, "")));
  await tried(() => own.mkdir(at("b/c/d"), { recursive: true }));
  await tried(() => own.rmdir(at("b")));
  await tried(() =>
    own.rm(at("b")).catch(({ code }) => code === "ERR_FS_EISDIR" || code === "EISDIR" || code === "EFAULT"),
  );
  await tried(async () => {
    const file = await own.open(at("a/file"), "wx", 0o600);
    const { bytesWritten } = await file.write(Buffer.from("hello"), 1, 3);
    await file.write("!");
    await file.sync();
    const { size, mode } = await file.stat();
    await file.close();
    return { bytesWritten, size, mode };
  });
  await tried(() => own.open(at("a/file"), "wx"));
  await tried(() => own.readFile(at("a/file"), "utf8"));
  await tried(async () => {
    const file = await own.open(at("a/file"), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = (await file.stat()).isFile();
    const piece = Buffer.alloc(6, ".");
    const { bytesRead } = await file.read(piece, 1, 2);
    const elsewhere = Buffer.alloc(2, ".");
    await file.read(elsewhere, 0, 2, 3);
    const text = (await file.readFile()).toString();
    await file.close();
    return { found, text, bytesRead, pieces: `${piece} ${elsewhere}` };
  });
  await tried(() => own.rename(at("a/file"), at("a/other")));
  await tried(() => own.rename(at("a/file"), at("a/third")));
  await tried(() => own.link(at("a/file"), at("a/third")));
  await tried(() => own.link(at("a/other"), at("a/third")));
  await tried(() => own.link(at("a/other"), at("a/third")));
  await tried(() => own.readFile(at("a/third"), "utf8"));
  await tried(() => own.readdir(at("a")));
  await tried(() => own.rm(at("a/third")));
  await tried(async () =>
    (await own.readdir(folder, { withFileTypes: true })).map((one) => [one.name, one.isDirectory()]).sort(),
  );
  await tried(() => own.readdir(at("a/other")));
  await tried(() => own.stat(at("a/other/deeper")));
  await tried(() => own.rm(at("none")));
  await tried(() => own.rm(at("none"), { force: true }));
  await tried(() => own.rm(at("b"), { recursive: true }));
  await tried(() => own.readdir(folder));
  return seen;
}

test("the simulated disk answers as the machine's does, errors included", async () => {
  const folder = await machine.mkdtemp(join(tmpdir(), "zdsync-disk-"));
  const { computer } = await emptySimulation();
  const simulated: unknown[] = [];
  try {
    await computer.run(async () => {
      simulated.push(...(await everything(files, await files.mkdtemp("/tmp/x-"))));
      return 0;
    });
    expect(simulated).toEqual(await everything(machine as unknown as Files, folder));
  } finally {
    await machine.rm(folder, { recursive: true });
  }
});

describe("a loss of power", () => {
  /** What stands in a file after the power was lost at the end of `work`, in each of so many seeds. */
  async function afterLoss(work: () => Promise<void>, path: string): Promise<Set<string | null>> {
    const found = new Set<string | null>();
    for (let seed = 0; seed < 40; seed++) {
      const { computer } = await emptySimulation(seed);
      computer.disk.write("/data/file", "before");
      const program = async () => {
        await work();
        await sleep(2000);
        return 0;
      };
      const end = await computer.run(program, { kill: { afterMs: 1000, power: true } });
      expect(end.exit).toBe("killed");
      found.add(computer.disk.read(path)?.toString() ?? null);
    }
    return found;
  }

  test("keeps what was synced with its name", async () => {
    const work = () => writeWholeFile("/data/file", "afterwards");
    expect(await afterLoss(work, "/data/file")).toEqual(new Set(["afterwards"]));
  });

  test("may lose or cut what was not synced", async () => {
    const work = async () => {
      const file = await files.open("/data/file", "w");
      await file.write("afterwards");
      await file.close();
    };
    const found = await afterLoss(work, "/data/file");
    expect(found).toContain("afterwards");
    expect(found.size).toBeGreaterThan(2);
  });

  test("may lose a name whose folder was not synced", async () => {
    const work = async () => void (await createWholeFile("/data/new", "whole"));
    expect(await afterLoss(work, "/data/new")).toEqual(new Set(["whole", null]));
  });
});

test("only the process is killed: all that was written stays", async () => {
  const { computer } = await emptySimulation();
  const end = await computer.run(
    async () => {
      const file = await files.open("/tmp/file", "w");
      await file.write("written");
      await file.write("never written");
      return 0;
    },
    { kill: { fileOperation: 3 } },
  );
  expect(end.exit).toBe("killed");
  expect(computer.disk.read("/tmp/file")?.toString()).toBe("written");
});

test("a full disk refuses by plan, and later does not", async () => {
  const { computer } = await emptySimulation();
  const codes: unknown[] = [];
  await computer.run(
    async () => {
      for (const name of ["one", "two", "three"])
        codes.push(
          await files.mkdir(`/tmp/${name}`).then(
            () => "made",
            ({ code }) => code,
          ),
        );
      return 0;
    },
    { disk: { failing: { write: 2, code: "ENOSPC" } } },
  );
  expect(codes).toEqual(["made", "ENOSPC", "made"]);
});

test("a disk can be put back to what it was, databases included", async () => {
  const { computer } = await emptySimulation();
  const remember = (what: string) =>
    computer.run(async () => {
      const database = files.openDatabase("/tmp/memory.sqlite");
      database.run("create table if not exists words (word text)");
      database.query("insert into words values (?)").run(what);
      database.close();
      await writeWholeFile("/tmp/file", what);
      return 0;
    });
  await remember("first");
  const snapshot = computer.disk.snapshot();
  await remember("second");
  computer.disk.restore(snapshot);
  expect(computer.disk.read("/tmp/file")?.toString()).toBe("first");
  let words: unknown[] = [];
  await computer.run(async () => {
    const database = files.openDatabase("/tmp/memory.sqlite");
    words = database.query("select word from words").all();
    return 0;
  });
  expect(words).toEqual([{ word: "first" }]);
});
