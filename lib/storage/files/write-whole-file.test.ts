import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillingDisk } from "../../../test/safety/filling-disk.ts";
import { withEdges } from "../../edges/edges.ts";
import { MACHINE } from "../../edges/machine.ts";
import { createWholeFile, isTemporary, removeLeftovers, writeWholeFile } from "./write-whole-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (name = "a.json") => join(folder, name);
const text = (name?: string) => readFile(file(name), "utf8");

describe("B3: a file is written whole or not at all", () => {
  test("new or in the place of another, for its owner only, and nothing else is left", async () => {
    await writeFile(file(), "old", { mode: 0o644 });
    await writeWholeFile(file(), "new");
    await writeWholeFile(file("b.bin"), Uint8Array.of(1, 2));
    expect(await text()).toBe("new");
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(["a.json", "b.bin"]);
  });

  test("a write that takes only a part is followed by one for the rest", async () => {
    using disk = await fillingDisk(1, "short");
    await writeWholeFile(file(), "0123456789");
    expect([await text(), disk.writes()]).toEqual(["0123456789", 2]);
  });

  test("where the disk is full the old file stays, and nothing of the new one", async () => {
    await writeFile(file(), "old");
    using _ = await fillingDisk(1);
    await expect(writeWholeFile(file(), "new and longer")).rejects.toMatchObject({ code: "ENOSPC", path: file() });
    expect([await text(), await readdir(folder)]).toEqual(["old", ["a.json"]]);
  });

  test("under the system's own limit on the size of files", async () => {
    await writeFile(file(), "old");
    const script = `import { writeWholeFile } from ${JSON.stringify(join(import.meta.dir, "write-whole-file.ts"))};
      await writeWholeFile(${JSON.stringify(file())}, Buffer.alloc(100_000, 65)).catch((error) => console.log(error.code));`;
    const child = Bun.spawn(["sh", "-c", 'ulimit -f 8; exec "$0" -e "$1"', process.execPath, script]);
    expect((await new Response(child.stdout).text()).trim()).toBe("EFBIG");
    expect([await text(), await readdir(folder)]).toEqual(["old", ["a.json"]]);
  });

  test("a folder of that name is an error, and nothing is left beside it", async () => {
    await mkdir(file());
    await expect(writeWholeFile(file(), "new")).rejects.toMatchObject({ path: file() });
    expect(await readdir(folder)).toEqual(["a.json"]);
  });

  test("a symbolic link is replaced, and what it points to stays as it is", async () => {
    await writeFile(file("elsewhere"), "theirs");
    await symlink(file("elsewhere"), file());
    await writeWholeFile(file(), "ours");
    expect([await text("elsewhere"), await text()]).toEqual(["theirs", "ours"]);
  });

  test("many at once: each whole, the last one to come stays", async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(50_000));
    await Promise.all(texts.map((one) => writeWholeFile(file(), one)));
    expect(texts).toContain(await text());
    expect(await readdir(folder)).toEqual(["a.json"]);
  });
});

describe("B3: a file that must not be there yet", () => {
  test("is made once", async () => {
    expect(await createWholeFile(file(), "mine")).toBe(true);
    expect(await createWholeFile(file(), "yours")).toBe(false);
    expect(await text()).toBe("mine");
  });

  test("a link that leads nowhere is something of that name", async () => {
    await symlink(file("nowhere"), file());
    expect(await createWholeFile(file(), "mine")).toBe(false);
    expect(await readdir(folder)).toEqual(["a.json"]);
  });

  test("is made once where the file system has no links", async () => {
    const files = { ...MACHINE.files, link: () => Promise.reject(Object.assign(new Error(), { code: "EPERM" })) };
    await withEdges({ ...MACHINE, files }, async () => {
      expect(await createWholeFile(file(), "mine")).toBe(true);
      expect(await createWholeFile(file(), "yours")).toBe(false);
    });
    expect([await text(), await readdir(folder)]).toEqual(["mine", ["a.json"]]);
  });

  test("is not there where the disk was full", async () => {
    using _ = await fillingDisk(1);
    await expect(createWholeFile(file(), "mine")).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await readdir(folder)).toEqual([]);
  });
});

test("B3: what killed runs left is removed once it is old; files of others stay", async () => {
  const now = new Date("2026-11-27T12:00:00Z");
  const names = [".a.json.0123456789ab.tmp", ".b.json.0123456789ab.tmp", "a.json", ".mine.tmp"];
  for (const name of names) {
    await writeFile(file(name), "");
    const at = new Date(now.getTime() - (name.startsWith(".b") ? 5 : 3_601) * 1000);
    await utimes(file(name), at, at);
  }
  await removeLeftovers(folder, now);
  await removeLeftovers(file("nowhere"), now);
  expect((await readdir(folder)).sort()).toEqual([".b.json.0123456789ab.tmp", ".mine.tmp", "a.json"]);
  expect(names.map(isTemporary)).toEqual([true, true, false, false]);
});
