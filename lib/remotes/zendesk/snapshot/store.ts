import type { Database } from "bun:sqlite";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { EXIT, ZdsyncError } from "../../../errors.ts";
import { openDatabase } from "../../../storage/files/open-database.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import type { ReadingTimes } from "./trust.ts";

/** A list that a snapshot is kept of. */
export type SnapshotList = "organizations" | "users" | "memberships";

/** Metadata of a kept list, in addition to its records. */
export interface ListMeta extends ReadingTimes {
  /** Digest of all that the records depend on; see `identityOf`. */
  identity: string;
}

/** A page of the last full listing: how it is asked for again, and behind which record it begins. */
export interface SnapshotPage {
  place: number;
  /** The path that it was asked for with. */
  path: string;
  behindId: number | null;
  /** Zendesk's time, milliseconds since 1970. */
  checkedAt: number;
}

/** A list as it was kept. */
export interface KeptList<T> {
  meta: ListMeta;
  rows: Map<number, SnapshotRow<T>>;
  /** In order. */
  pages: SnapshotPage[];
}

/** Differences that a reading found between a list and its kept copy. */
export interface ListChanges<T> {
  changed: readonly SnapshotRow<T>[];
  removed: readonly number[];
  /** New ones, and those that were listed again. */
  pages: readonly SnapshotPage[];
}

/** A list and what is to be kept of it: all of it, or what became of a kept one. */
export interface ListToKeep {
  list: SnapshotList;
  meta: ListMeta;
  /** Metadata of the kept list when it was read; null: the new list replaces any kept one. */
  basis: ListMeta | null;
  changes: ListChanges<unknown>;
}

/** Another version's file is a foreign one: nothing is taken from it. */
const VERSION = 1;
const TABLES = [
  "create table if not exists lists (list text primary key, meta text not null, records integer not null)",
  "create table if not exists records (list text not null, id integer not null, changed_at integer not null, record text, unreadable text, primary key (list, id)) without rowid",
  "create table if not exists pages (list text not null, place integer not null, path text not null, behind_id integer, checked_at integer not null, primary key (list, place)) without rowid",
];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const MetaSchema = v.object({ identity: v.string(), listedAt: count, coveredUntil: count });
const ListSchema = v.object({ meta: v.pipe(v.string(), v.parseJson(), MetaSchema), records: count });
const PagesSchema = v.array(
  v.object({ place: count, path: v.string(), behindId: v.nullable(count), checkedAt: count }),
);
const UnreadableSchema = v.object({
  id: v.nullable(v.number()),
  salesforce_id: v.nullable(v.string()),
  reason: v.string(),
});

/** Memberships go with their organization (facts/zendesk.md 8.20), and no export tells of that: then people are listed in full once. */
const WITH_ORGANIZATIONS = ["users", "memberships"] as const;

/** Thrown if the file does not hold a snapshot of this version. Exit 1. */
export class ForeignSnapshotError extends ZdsyncError {
  readonly exitCode = EXIT.failed;

  constructor(path: string, what: string) {
    super(`${path} contains ${what}`);
  }
}

/**
 * Lists of one Zendesk instance in a database. Methods throw what SQLite says, and `ForeignSnapshotError` for what is there and no
 * snapshot of this version; a list is written whole or not at all.
 */
export class SnapshotStore implements Disposable {
  readonly #database: Database;

  /** Opens the file, or makes it. Throws as `openDatabase`. */
  constructor(private readonly path: string) {
    this.#database = openDatabase(path, "everything is listed in full once");
    try {
      this.#prepare();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * A list as it was kept; null where there is none.
   *
   * @param isRecord whether something is a record of this list
   */
  read<T>(list: SnapshotList, isRecord: (value: unknown) => value is T): KeptList<T> | null {
    const found = this.#database.query("select meta, records from lists where list = ?").get(list);
    if (found === null) return null;
    const head = v.safeParse(ListSchema, found);
    const pages = v.safeParse(PagesSchema, this.#pagesOf(list));
    if (!head.success || !pages.success) throw new ForeignSnapshotError(this.path, "something else than lists");
    const rows = this.#rowsOf(list, isRecord);
    if (rows.size !== head.output.records) throw new ForeignSnapshotError(this.path, "fewer records than it should");
    return { meta: head.output.meta, rows, pages: pages.output };
  }

  /** Keeps all of the lists; none of them where one that is noted changes of is no more as it was read. */
  keep(lists: readonly ListToKeep[]): void {
    this.#database.transaction(() => {
      if (lists.some(({ list, basis }) => basis && !isDeepStrictEqual(this.#metaOf(list), basis))) return;
      for (const one of lists) this.#keep(one);
    })();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #prepare(): void {
    const [version] = this.#database.query("pragma user_version").values()[0] ?? [];
    const [tables] = this.#database.query("select count(*) from sqlite_master").values()[0] ?? [];
    if (version === 0 && tables === 0) {
      this.#database.transaction(() => {
        for (const sql of TABLES) this.#database.run(sql);
        this.#database.run(`pragma user_version = ${VERSION}`);
      })();
    } else if (version !== VERSION)
      throw new ForeignSnapshotError(this.path, `a database of version ${Number(version)}`);
  }

  #keep({ list, meta, basis, changes }: ListToKeep): void {
    const there = new Set(changes.changed.map(({ id }) => id));
    const gone = basis ? changes.removed.length > 0 : this.#idsOf(list).some((id) => !there.has(id));
    if (!basis) this.#forget(list);
    this.#write(list, meta, changes);
    if (gone && list === "organizations") for (const one of WITH_ORGANIZATIONS) this.#forget(one);
  }

  #forget(list: SnapshotList): void {
    for (const table of ["lists", "records", "pages"])
      this.#database.query(`delete from ${table} where list = ?`).run(list);
  }

  #metaOf(list: SnapshotList): ListMeta | null {
    const head = v.safeParse(
      ListSchema,
      this.#database.query("select meta, records from lists where list = ?").get(list),
    );
    return head.success ? head.output.meta : null;
  }

  #idsOf(list: SnapshotList): number[] {
    return this.#database
      .query("select id from records where list = ?")
      .values(list)
      .map(([id]) => Number(id));
  }

  #write(list: SnapshotList, meta: ListMeta, { changed, removed, pages }: ListChanges<unknown>): void {
    const put = this.#database.query(
      "insert or replace into records (list, id, changed_at, record, unreadable) values (?, ?, ?, ?, ?)",
    );
    for (const { id, changedAt, record, unreadable } of changed)
      put.run(list, id, changedAt, text(record), text(unreadable));
    const remove = this.#database.query("delete from records where list = ? and id = ?");
    for (const id of removed) remove.run(list, id);
    const putPage = this.#database.query(
      "insert or replace into pages (list, place, path, behind_id, checked_at) values (?, ?, ?, ?, ?)",
    );
    for (const { place, path, behindId, checkedAt } of pages) putPage.run(list, place, path, behindId, checkedAt);
    const sql =
      "insert or replace into lists (list, meta, records) values (?, ?, (select count(*) from records where list = ?))";
    this.#database.query(sql).run(list, JSON.stringify(meta), list);
  }

  #pagesOf(list: SnapshotList): unknown[] {
    const sql =
      "select place, path, behind_id as behindId, checked_at as checkedAt from pages where list = ? order by place";
    return this.#database.query(sql).all(list);
  }

  #rowsOf<T>(list: SnapshotList, isRecord: (value: unknown) => value is T): Map<number, SnapshotRow<T>> {
    const rows = new Map<number, SnapshotRow<T>>();
    const sql = "select id, changed_at, record, unreadable from records where list = ? order by id";
    for (const found of this.#database.query(sql).iterate(list)) {
      const { id, changed_at, record, unreadable } = found as Record<string, unknown>;
      const row = { id: Number(id), changedAt: Number(changed_at) };
      const value: unknown = parsed(record);
      const problem = v.safeParse(UnreadableSchema, parsed(unreadable));
      if (value !== null && isRecord(value)) rows.set(row.id, { ...row, record: value, unreadable: null });
      else if (value === null && problem.success)
        rows.set(row.id, { ...row, record: null, unreadable: problem.output });
      else throw new ForeignSnapshotError(this.path, `a record that is none (${row.id})`);
    }
    return rows;
  }
}

function text(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return null;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
