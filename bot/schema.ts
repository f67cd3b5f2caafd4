import type { Database } from "bun:sqlite";

/**
 * The tables of the bot's database as version 1 has them. Databases of before had no version, and any part of these: each part of the bot
 * made its own, so nothing here may fail where a table is there.
 */
const VERSION_1 = [
  // What it says in Slack.
  `create table if not exists outbox (
    id integer primary key autoincrement, key text not null unique, thread text, text text not null, blocks text not null,
    state text not null default 'pending' check (state in ('pending', 'sending', 'posted')), ts text, created_at integer not null,
    sent_at integer, attempts integer not null default 0, reason text, next_at integer not null default 0,
    place text not null default '')`,
  `create table if not exists page_uploads (
    run_id text primary key, instance text, thread text not null, "after" text not null, state text not null,
    attempts integer not null, next_at integer not null, wanted_at integer not null) strict`,
  "create table if not exists watch (name text primary key, value text not null) strict",
  // What people asked for.
  "create table if not exists answered_requests (id text primary key, at integer not null, answer text)",
  `create table if not exists audit (
    id integer primary key autoincrement, at integer not null, team text not null, channel text not null, user text not null,
    what text not null, result text not null) strict`,
  "create index if not exists audit_at on audit (at)",
  `create trigger if not exists audit_no_update before update on audit
    begin select raise(abort, 'entries of the audit log are never changed'); end`,
  // `insert or replace` drops the old row without telling the trigger below.
  `create trigger if not exists audit_no_replace before insert on audit
    when exists (select 1 from audit where id = new.id)
    begin select raise(abort, 'entries of the audit log are never changed'); end`,
  `create trigger if not exists audit_no_delete before delete on audit
    when old.at >= (select max(at) from audit) - 31536000000
    begin select raise(abort, 'entries of the audit log are kept for a year'); end`,
  `create table if not exists organization_states (
    message text not null, organization integer not null, state text not null, by text not null, at integer not null,
    count integer not null, addresses text not null, primary key (message, organization)) strict`,
  // Runs.
  `create table if not exists run_offers (
    digest text primary key, team text not null, channel text not null, user text not null, instance text,
    counts text not null, expires_at integer not null, state text not null) strict`,
  `create table if not exists run_starts (
    start integer primary key autoincrement, team text not null, channel text not null, user text not null, instance text,
    counts text not null, asked_at integer not null, run_id text unique, state text not null, told text not null) strict`,
  `create table if not exists run_posts (
    place integer primary key autoincrement, start integer not null, post text not null) strict`,
  `create table if not exists process_starts (
    run_id text primary key, data_dir text not null, dry_run integer not null, pid integer, started_at text not null)`,
  `create table if not exists pipeline_starts (
    run_id text primary key, after_id integer not null, dry_run integer not null, asked_at text not null, id integer unique)`,
  "create table if not exists pipelines (id integer primary key, seen text not null, ended integer not null)",
  "create table if not exists pipeline_records (id integer primary key, state text not null, record text not null)",
] as const;

/** Brings a database to the version after its position here. Never changed once released: a further change is a further entry. */
export const MIGRATIONS: readonly ((database: Database) => void)[] = [
  (database) => {
    for (const statement of VERSION_1) database.run(statement);
    // An outbox of the time when there was one channel only.
    const columns = database.query<{ name: string }, []>("pragma table_info(outbox)").all();
    if (!columns.some(({ name }) => name === "place"))
      database.run("alter table outbox add column place text not null default ''");
  },
];
