import type { Database } from "bun:sqlite";
import * as v from "valibot";
import { oneLine } from "../../lib/text/outside-text.ts";
import type { Audit, AuditEntry } from "../ports.ts";

/** Entries are kept for a year. A trigger of the database keeps anybody from removing them before: another time is a further migration, too. */
const AUDIT_KEPT_MS = 365 * 24 * 3_600_000;

/** Characters of what was done, and of what came of it: all counts of four comparisons take some 400. */
const MOST = 600;

/** The audit log in the bot's database. */
export interface AuditLog extends Audit {
  /** Drops entries that are older than a year, before the newest entry and before now; every `record` does it too. */
  prune(now: Date): void;
}

const RowSchema = v.object({
  at: v.number(),
  team: v.string(),
  channel: v.string(),
  user: v.string(),
  what: v.string(),
  result: v.string(),
});

/**
 * Who did what, when, and what came of it; in a table that refuses to be changed. Entries are dropped only by `prune`: the database
 * itself knows nothing of the time, so it lets go of what is a year older than its newest entry.
 * Methods throw where the database cannot be read or written.
 */
export function createAuditLog(database: Database): AuditLog {
  const prune = (now: Date) => {
    database.run("delete from audit where at < ? and at < (select max(at) from audit) - ?", [
      now.getTime() - AUDIT_KEPT_MS,
      AUDIT_KEPT_MS,
    ]);
  };
  return {
    record({ at, by, what, result }) {
      database.run("insert into audit (at, team, channel, user, what, result) values (?, ?, ?, ?, ?, ?)", [
        at.getTime(),
        ...[by.team, by.channel, by.user].map((id) => cleaned(id, 40)),
        ...[what, result].map((text) => cleaned(withoutPersonal(text), MOST)),
      ]);
      prune(at);
    },
    latest(count) {
      const rows = database.query("select * from audit order by at desc, id desc limit ?").all(count);
      return rows.map((row) => entryOf(v.parse(RowSchema, row)));
    },
    prune,
  };
}

function entryOf({ at, team, channel, user, what, result }: v.InferOutput<typeof RowSchema>): AuditEntry {
  return { at: new Date(at), by: { team, channel, user }, what, result };
}

/** Removes anything that looks like an address or a token, should a colleague's text ever contain one. */
function withoutPersonal(text: string): string {
  return text
    .replace(/[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+/g, "(address)")
    .replace(/\b(?:xox[a-z]|xapp|xwfp|gl[a-z]{2,7})-[\w-]{8,}/g, "(token)")
    .replace(/\b(Bearer |(?:token|secret|password) ?[=:] ?)\S{6,}/gi, "$1(token)");
}

/** One line, cut by code point. */
function cleaned(text: string, most: number): string {
  const line = oneLine(text);
  const points = Array.from(line);
  return points.length <= most ? line : `${points.slice(0, most - 1).join("")}…`;
}
