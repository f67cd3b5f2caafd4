import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DamagedDatabaseError, openDatabase } from "./open-database.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-database-"));
  path = join(folder, "deep", "memory.sqlite");
  const database = openDatabase(path);
  database.run("create table things (name text)");
  for (let count = 0; count < 500; count++) database.run("insert into things values (?)", ["x".repeat(200)]);
  database.run("pragma wal_checkpoint(truncate)");
  database.close();
});
afterEach(() => rm(folder, { recursive: true }));

async function overwrite(at: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(4096, 0xaa), 0, 4096, at);
  await file.close();
}

test.each<[string, () => Promise<unknown>]>([
  ["no database at all", () => writeFile(path, "damaged ".repeat(1000))],
  ["cut", () => truncate(path, 20_480)],
  ["a page in the middle that is something else", () => overwrite(5 * 4096)],
])("B6: %s: says that it may be deleted and what that loses, and leaves the file alone", async (_, damage) => {
  await damage();
  const before = await readFile(path);
  const failed = () => openDatabase(path, "the list of things is lost");
  expect(failed).toThrow(DamagedDatabaseError);
  expect(failed).toThrow(
    `${path} is damaged and cannot be read. You can delete it, together with ${path}-wal and ${path}-shm if they exist: the list of things is lost, but nothing about customers depends on it.`,
  );
  expect(await readFile(path)).toEqual(before);
});

test("what is whole is opened as before, readable by its owner only", async () => {
  const database = openDatabase(path);
  expect(database.query("select count(*) as count from things").get()).toEqual({ count: 500 });
  database.close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
