import type { Database } from "bun:sqlite";
import * as v from "valibot";
import { DamagedDatabaseError, isDamage, openDatabase } from "../../storage/files/open-database.ts";

/** The memory's file in the data directory. */
export const NOTICE_MEMORY = "outbox.sqlite";
/** Kept for so long: notices are due for a week (Y3). */
const KEPT = 30 * 24 * 60 * 60 * 1000;

/**
 * What is known to stand in the channel, so that it is not asked, and not posted again where it cannot be read. It only makes notices
 * quieter: what it does not know means nothing (Y4). No method throws.
 */
export interface NoticeMemory extends Disposable {
  /** Those of these organizations (Zendesk ids) whose notice stands in the channel. */
  known(organizationIds: readonly number[]): Set<number>;
  remember(organizationIds: readonly number[]): void;
  /** The `ts` of the run's parent message; null where it is not known. */
  parentOf(runId: string): string | null;
  rememberParent(runId: string, ts: string): void;
}

/** Knows nothing and notes nothing: for dry runs, and where there is no Slack. */
export const NO_MEMORY: NoticeMemory = {
  known: () => new Set(),
  remember() {},
  parentOf: () => null,
  rememberParent() {},
  [Symbol.dispose]() {},
};

const TABLES = [
  "create table if not exists notices (channel text, organization_id integer, at integer not null, primary key (channel, organization_id))",
  "create table if not exists notice_parents (channel text, run_id text, ts text not null, at integer not null, primary key (channel, run_id))",
];
const NamedSchema = v.array(v.object({ organization_id: v.number() }));
const ParentSchema = v.nullable(v.object({ ts: v.string() }));

/** Options of opening the memory of one channel's notices. */
export interface NoticeMemoryOptions {
  /** Slack's id: what stands in one channel says nothing about another one. */
  channel: string;
  now: Date;
  /** Told once where the file cannot be used; the notices then go on without it. */
  warn(message: string): void;
}

/** Opens the memory in a file, which is made where there is none. A damaged one is left as it is, and nothing is known. */
export function openNoticeMemory(path: string, options: NoticeMemoryOptions): NoticeMemory {
  const { channel, now, warn } = options;
  let database: Database | null = null;
  /** The answer of the database, or `otherwise` from the first failure on. */
  function ask<Answer>(question: (database: Database) => Answer, otherwise: Answer): Answer {
    if (database === null) return otherwise;
    try {
      return question(database);
    } catch (error) {
      giveUp(error);
      return otherwise;
    }
  }
  function giveUp(error: unknown): void {
    warn(
      `${path} cannot be used: ${whyUnusable(path, error)} Notices continue without it, based on the channel's messages.`,
    );
    database?.close();
    database = null;
  }
  try {
    database = openDatabase(path, LOST);
  } catch (error) {
    giveUp(error);
  }
  ask((open) => prepare(open, now), undefined);
  return {
    known: (ids) => ask((open) => knownOf(open, channel, ids), new Set()),
    remember: (ids) => ask((open) => remember(open, channel, ids, now), undefined),
    parentOf: (runId) => ask((open) => parentOf(open, channel, runId), null),
    rememberParent: (runId, ts) =>
      ask((open) => {
        const sql = "insert or ignore into notice_parents (channel, run_id, ts, at) values (?, ?, ?, ?)";
        open.query(sql).run(channel, runId, ts, now.getTime());
      }, undefined),
    [Symbol.dispose]() {
      database?.close();
      database = null;
    },
  };
}

const LOST =
  "it only recorded which notices were posted, which is read from the channel instead (if the bot cannot read the channel, notices of the last two hours may be posted twice)";

function whyUnusable(path: string, error: unknown): string {
  if (error instanceof DamagedDatabaseError) return error.message;
  if (isDamage(error)) return new DamagedDatabaseError(path, LOST).message;
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "it cannot be opened";
  return `${known}. Check that its folder is writable.`;
}

function prepare(database: Database, now: Date): void {
  for (const table of TABLES) database.run(table);
  for (const table of ["notices", "notice_parents"])
    database.query(`delete from ${table} where at < ?`).run(now.getTime() - KEPT);
}

function knownOf(database: Database, channel: string, ids: readonly number[]): Set<number> {
  const sql =
    "select organization_id from notices where channel = ? and organization_id in (select value from json_each(?))";
  const rows = v.parse(NamedSchema, database.query(sql).all(channel, JSON.stringify(ids)));
  return new Set(rows.map((row) => row.organization_id));
}

/** All of them or none: they stand in one message. */
function remember(database: Database, channel: string, ids: readonly number[], now: Date): void {
  const sql = "insert or ignore into notices (channel, organization_id, at) select ?, value, ? from json_each(?)";
  database.query(sql).run(channel, now.getTime(), JSON.stringify(ids));
}

function parentOf(database: Database, channel: string, runId: string): string | null {
  const row = database.query("select ts from notice_parents where channel = ? and run_id = ?").get(channel, runId);
  return v.parse(ParentSchema, row)?.ts ?? null;
}
