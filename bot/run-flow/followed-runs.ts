import type { Database } from "bun:sqlite";
import * as v from "valibot";
import type { ConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import type { Block } from "../../lib/remotes/slack/ports.ts";
import type { Actor } from "../conversation.ts";
import { ConfirmedCountsSchema } from "./counts.ts";

/** Ended runs are remembered for 30 days. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** Everything posted to a run's thread so far. */
export interface Notified {
  /** The end of each part that was told or is held back, by the part's name. */
  parts: Record<string, string>;
  /** Lines that wait for the last message about parts. */
  held: string[];
  /** Messages about parts so far. */
  messages: number;
  /** Since when the run cannot be seen, as ISO time; null while it can. */
  unseenSince: string | null;
  /** Number of times the thread was notified that the run cannot be seen. */
  unseenTold: number;
  /** True if the last of these notifications still applies. */
  saidUnseen: boolean;
}

/** A run that somebody confirmed. */
export interface FollowedRun {
  /** Ours; the run has no id of its own before it is started. */
  start: number;
  by: Actor;
  instance: InstanceName | null;
  counts: ConfirmedCounts;
  askedAt: Date;
  /** The runner's; null before that is known. */
  runId: string | null;
  /** `starting`: the runner was or is being asked. `sought`: nobody knows what became of that. */
  state: "starting" | "sought" | "following" | "ended";
  told: Notified;
}

/** A message that is decided on, and is to be put. `asksAgain`: with buttons that are made when it is put. */
export interface DecidedPost {
  key: string;
  thread: string | null;
  text: string;
  blocks: Block[];
  asksAgain: { by: Actor; instance: InstanceName | null; counts: ConfirmedCounts } | null;
}

const NOTHING_NOTIFIED: Notified = {
  parts: {},
  held: [],
  messages: 0,
  unseenSince: null,
  unseenTold: 0,
  saidUnseen: false,
};

const NotifiedSchema = v.object({
  parts: v.record(v.string(), v.string()),
  held: v.array(v.string()),
  messages: v.number(),
  unseenSince: v.nullable(v.string()),
  unseenTold: v.number(),
  saidUnseen: v.boolean(),
});
const RowSchema = v.object({
  start: v.number(),
  team: v.string(),
  channel: v.string(),
  user: v.string(),
  instance: v.nullable(v.picklist(INSTANCES)),
  counts: v.pipe(v.string(), v.parseJson(), ConfirmedCountsSchema),
  asked_at: v.number(),
  run_id: v.nullable(v.string()),
  state: v.picklist(["starting", "sought", "following", "ended"]),
  told: v.pipe(v.string(), v.parseJson(), NotifiedSchema),
});

/**
 * The runs that were confirmed here, what their threads have been told, and the messages that are decided on. What is told and the
 * message that tells it are kept in one transaction; the message is put afterwards, and again after a restart: so that nothing is
 * missing, and nothing is told twice.
 */
export class FollowedRuns {
  constructor(private readonly database: Database) {}

  /** Notes a start that is about to be asked for; answers its number. */
  begin({ by, instance, counts }: Pick<FollowedRun, "by" | "instance" | "counts">, now: Date): number {
    const { lastInsertRowid } = this.database.run(
      "insert into run_starts (team, channel, user, instance, counts, asked_at, state, told) values (?, ?, ?, ?, ?, ?, 'starting', ?)",
      [by.team, by.channel, by.user, instance, JSON.stringify(counts), now.getTime(), JSON.stringify(NOTHING_NOTIFIED)],
    );
    return Number(lastInsertRowid);
  }

  get(start: number): FollowedRun | null {
    return followed(this.database.query("select * from run_starts where start = ?").get(start));
  }

  ofRun(runId: string): FollowedRun | null {
    return followed(this.database.query("select * from run_starts where run_id = ?").get(runId));
  }

  /** Those that are not over, oldest first. */
  unended(): FollowedRun[] {
    const rows = this.database.query("select * from run_starts where state <> 'ended' order by start").all();
    return rows.flatMap((row) => followed(row) ?? []);
  }

  /** The newest start of which, as of all before it, it is known what run it became, or that none did. */
  knownUpTo(): number {
    const row = this.database
      .query<{ start: number }, []>(`select coalesce(
        (select min(start) - 1 from run_starts where run_id is null and state <> 'ended'),
        (select max(start) from run_starts), 0) as start`)
      .get();
    return row?.start ?? 0;
  }

  /** True if another start began after this one, and may have become a run. */
  anyAfter(start: number): boolean {
    return this.database.query("select 1 from run_starts where start > ? limit 1").get(start) !== null;
  }

  /** Keeps what a run's thread is told, and the messages that tell it. */
  keep(start: number, change: Pick<FollowedRun, "state" | "told" | "runId">, posts: readonly DecidedPost[]): void {
    this.database
      .transaction(() => {
        this.database.run("update run_starts set state = ?, told = ?, run_id = ? where start = ?", [
          change.state,
          JSON.stringify(change.told),
          change.runId,
          start,
        ]);
        for (const post of posts) this.decide(start, post);
      })
      .immediate();
  }

  /** Decides on one message more. */
  decide(start: number, post: DecidedPost): void {
    this.database.run("insert into run_posts (start, post) values (?, ?)", [start, JSON.stringify(post)]);
  }

  /** The messages that were decided on and may not have been put, in their order. */
  decided(): { place: number; start: number; post: DecidedPost }[] {
    const rows = this.database
      .query<{ place: number; start: number; post: string }, []>(
        "select place, start, post from run_posts order by place",
      )
      .all();
    // Written by `decide`, in the same file's table: nothing from outside.
    return rows.map(({ place, start, post }) => ({ place, start, post: JSON.parse(post) as DecidedPost }));
  }

  markEnqueued(place: number): void {
    this.database.run("delete from run_posts where place = ?", [place]);
  }

  /** Forgets a start that certainly did not happen. */
  forget(start: number): void {
    this.database.run("delete from run_starts where start = ?", [start]);
  }

  forgetOld(now: Date): void {
    this.database.run("delete from run_starts where state = 'ended' and asked_at < ?", [now.getTime() - REMEMBERED_MS]);
  }
}

function followed(row: unknown): FollowedRun | null {
  const read = v.safeParse(RowSchema, row);
  if (!read.success) return null;
  const { start, team, channel, user, instance, counts, asked_at, run_id, state, told } = read.output;
  const by = { team, channel, user };
  return { start, by, instance, counts, askedAt: new Date(asked_at), runId: run_id, state, told };
}
