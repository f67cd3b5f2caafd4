import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NewerDatabaseError, openDatabase } from "./database.ts";
import { Outbox } from "./outbox/outbox.ts";
import { MIGRATIONS } from "./schema.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-bot-database-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const versionOf = (database: Database) => database.query("pragma user_version").values()[0]?.[0];
/** What a database is made of, whatever the layout of the statements. */
const schemaOf = (database: Database) =>
  database.query("select type, name from sqlite_master where name not like 'sqlite_%' order by name").values();

test("a new database has this version's tables", () => {
  const database = openDatabase(":memory:");
  expect(versionOf(database)).toBe(MIGRATIONS.length);
  expect(
    database.query("select count(*) from sqlite_master where type = 'table' and name not like 'sqlite_%'").values(),
  ).toEqual([[13]]);
});

test("a database without a version, with some of the tables and rows in them, has all of them afterwards, and its rows", () => {
  const path = join(folder, "earlier.sqlite");
  const before = new Database(path);
  // Of a version that knew one channel only.
  before.run(`create table outbox (id integer primary key autoincrement, key text not null unique, thread text,
    text text not null, blocks text not null, state text not null default 'pending', ts text, created_at integer not null,
    sent_at integer, attempts integer not null default 0, reason text, next_at integer not null default 0)`);
  before.run("insert into outbox (key, text, blocks, created_at) values ('of before', 'x', '[]', 1)");
  before.run("create table watch (name text primary key, value text not null) strict");
  before.run("insert into watch values ('state', '{}')");
  before.close();
  const database = openDatabase(path);
  expect(versionOf(database)).toBe(MIGRATIONS.length);
  expect(schemaOf(database)).toEqual(schemaOf(openDatabase(":memory:")));
  expect(new Outbox(database).undelivered().map(({ key }) => key)).toEqual(["of before"]);
  expect(database.query("select value from watch").values()).toEqual([["{}"]]);
  database.close();
  // Opened once more nothing is left to do.
  const again = openDatabase(path);
  expect(versionOf(again)).toBe(MIGRATIONS.length);
  again.close();
});

test("a database of a later version is left as it is, and said", () => {
  const path = join(folder, "later.sqlite");
  const later = new Database(path);
  later.run("create table watch (name text primary key, value text not null, more text) strict");
  later.run("pragma user_version = 99");
  const before = schemaOf(later);
  expect(() => openDatabase(path)).toThrow(NewerDatabaseError);
  expect(() => openDatabase(path)).toThrow(`${path} was written by a later version of zdsync (schema 99;`);
  expect(schemaOf(later)).toEqual(before);
  later.close();
});
