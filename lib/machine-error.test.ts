import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT, exitCodeOf, messageOf } from "./errors.ts";
import { machineProblem } from "./machine-error.ts";
import { writeWholeFile } from "./storage/files/write-whole-file.ts";

function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code}: as the system says it`), { code, ...more });
}

describe("A7: a problem of the machine is told as that, with what to do", () => {
  test.each([
    [
      "ENOSPC",
      EXIT.failed,
      "data/x.json could not be written: the disk is full (ENOSPC). Free some space, then run again.",
    ],
    ["EDQUOT", EXIT.failed, "quota"],
    ["EFBIG", EXIT.failed, "ulimit -f"],
    ["EMFILE", EXIT.failed, "ulimit -n"],
    ["ENFILE", EXIT.failed, "too many open files"],
    ["EIO", EXIT.failed, "disk reports an error"],
    [
      "EROFS",
      EXIT.usage,
      "its file system is read-only (EROFS). Mount it writable, or choose another place (for the data: --data-dir",
    ],
    ["EACCES", EXIT.usage, "Give that user read and write access"],
    ["EPERM", EXIT.usage, "Give that user read and write access"],
    ["ENOTDIR", EXIT.usage, "a part of its path is a file"],
    ["EISDIR", EXIT.usage, "it is a folder, but a file is expected there"],
    ["SQLITE_FULL", EXIT.failed, "the disk is full"],
    ["SQLITE_IOERR_WRITE", EXIT.failed, "disk reports an error"],
    ["SQLITE_READONLY", EXIT.usage, "read-only"],
    ["SQLITE_READONLY_DBMOVED", EXIT.usage, "read-only"],
    ["SQLITE_CANTOPEN", EXIT.usage, "its folder is missing"],
  ])("%s: exit %d", (code, exit, said) => {
    const error = systemError(code, { path: "data/x.json" });
    expect(messageOf(error)).toStartWith("data/x.json ");
    expect(messageOf(error)).toContain(said);
    expect(messageOf(error)).not.toContain("fault of the program");
    expect(exitCodeOf(error)).toBe(exit);
  });

  test("a port that is taken, or may not be used", () => {
    const taken = systemError("EADDRINUSE", { port: 3000, syscall: "listen" });
    expect(messageOf(taken)).toBe(
      "Port 3000 is in use by another program (EADDRINUSE). Stop that program, or choose another port (--port, or PORT for the bot).",
    );
    expect(exitCodeOf(taken)).toBe(EXIT.usage);
    expect(messageOf(systemError("EACCES", { port: 80, syscall: "listen" }))).toStartWith("Port 80 is not accessible");
  });

  test("without a path it is still said what it is about", () => {
    expect(messageOf(systemError("EMFILE"))).toStartWith("A file could not be opened: ");
    expect(messageOf(systemError("SQLITE_FULL"))).toStartWith("A database could not be written: ");
  });

  test("whatever else is thrown is none of the machine's", () => {
    for (const error of [new TypeError("x"), systemError("ENOENT"), systemError("constructor"), null, "ENOSPC"]) {
      expect(machineProblem(error)).toBeNull();
      expect(exitCodeOf(error)).toBe(EXIT.failed);
    }
  });
});

describe("A7: what the system really throws", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "zdsync-machine-"));
    await writeFile(join(folder, "file"), "");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const thrownBy = async (work: () => unknown): Promise<unknown> => {
    try {
      await work();
    } catch (error) {
      return error;
    }
    throw new Error("nothing was thrown");
  };

  test.each([
    ["a file where a folder is needed", () => writeWholeFile(join(folder, "file/x.json"), ""), "ENOTDIR"],
    ["a folder where a file is needed", () => readFile(folder), "EISDIR"],
    ["the same, read by Bun", () => Bun.file(folder).text(), "EISDIR"],
    [
      "a database in a folder that is not there",
      () => new Database(join(folder, "none/x.sqlite"), { create: true }),
      "SQLITE_CANTOPEN",
    ],
    ["a database that may only be read", () => readOnlyDatabase(), "SQLITE_READONLY"],
    ["a port that is taken", () => twoServers(), "EADDRINUSE"],
  ])("%s", async (_, work, code) => {
    const error = await thrownBy(work);
    expect(machineProblem(error)).toMatchObject({ code, isSetting: true });
  });

  function readOnlyDatabase(): void {
    const path = join(folder, "x.sqlite");
    using made = new Database(path, { create: true });
    made.run("create table t (x)");
    using database = new Database(path, { readonly: true });
    database.run("insert into t values (1)");
  }

  async function twoServers(): Promise<void> {
    const fetch = () => new Response("");
    await using first = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
    await using _ = Bun.serve({ hostname: "127.0.0.1", port: first.port ?? 0, fetch });
  }
});
