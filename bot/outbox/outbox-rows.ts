import type { Database } from "bun:sqlite";
import * as v from "valibot";
import type { OutgoingPost } from "../../lib/remotes/slack/ports.ts";

const BlocksSchema = v.array(v.looseObject({ type: v.string() }));
const RowSchema = v.object({
  key: v.string(),
  thread: v.nullable(v.string()),
  text: v.string(),
  blocks: v.pipe(v.string(), v.parseJson(), BlocksSchema),
  state: v.picklist(["pending", "sending"]),
  created_at: v.number(),
  sent_at: v.nullable(v.number()),
  attempts: v.number(),
  reason: v.nullable(v.string()),
  next_at: v.number(),
});

/** A message that is not known to be posted; times are milliseconds since 1970. */
export type OutboxRow = v.InferOutput<typeof RowSchema>;

const COLUMNS = "key, thread, text, blocks, state, created_at, sent_at, attempts, reason, next_at";

/** The outbox's table. Each method is one statement: a program that is killed leaves every row in one of its states. */
export class OutboxRows {
  /** @param place which of several outboxes in the same table these are the rows of; empty: the one for everything */
  constructor(
    readonly database: Database,
    readonly place: string,
  ) {}

  /** Takes over the rows of places that nobody delivers any more. */
  adoptAllBut(places: readonly string[]): void {
    const sql = "update outbox set place = ? where place not in (select value from json_each(?))";
    this.database.query(sql).run(this.place, JSON.stringify([...places, this.place]));
  }

  has(key: string): boolean {
    return this.database.query("select 1 from outbox where key = ? and place = ?").get(key, this.place) !== null;
  }

  /** Returns true if the row is new; a key that already exists is left unchanged. */
  add({ key, thread, text, blocks }: OutgoingPost, at: number): boolean {
    const sql = "insert or ignore into outbox (key, thread, text, blocks, created_at, place) values (?, ?, ?, ?, ?, ?)";
    return this.database.query(sql).run(key, thread, text, JSON.stringify(blocks), at, this.place).changes > 0;
  }

  /** Returns the messages not known to be posted, in the order in which they were added. */
  open(): OutboxRow[] {
    const sql = `select ${COLUMNS} from outbox where state <> 'posted' and place = ? order by id`;
    const rows = this.database.query(sql).all(this.place);
    return v.parse(v.array(RowSchema), rows);
  }

  tsOf(key: string): string | null {
    const row = this.database.query("select ts from outbox where key = ? and state = 'posted'").get(key);
    return row === null ? null : v.parse(v.object({ ts: v.string() }), row).ts;
  }

  /** About to be sent; again within one delivery (after a rate limit) it is the same attempt. */
  sending(key: string, at: number): void {
    const sql =
      "update outbox set sent_at = ?, attempts = attempts + (state = 'pending'), state = 'sending' where key = ?";
    this.database.query(sql).run(at, key);
  }

  posted(key: string, ts: string): void {
    this.database.query("update outbox set state = 'posted', ts = ?, reason = null where key = ?").run(ts, key);
  }

  /** Certainly not posted, and through no fault of its own: no attempt, if it was sent at all. */
  limited(key: string, reason: string): void {
    const sql =
      "update outbox set attempts = attempts - (state = 'sending'), state = 'pending', reason = ? where key = ?";
    this.database.query(sql).run(reason, key);
  }

  /** Certainly not posted; tried again from `nextAt` on. */
  pending(key: string, reason: string | null, nextAt = 0): void {
    const sql = "update outbox set state = 'pending', reason = ?, next_at = ? where key = ?";
    this.database.query(sql).run(reason, nextAt, key);
  }

  /** Why the row is where it is. */
  note(key: string, reason: string): void {
    this.database.query("update outbox set reason = ? where key = ?").run(reason, key);
  }

  /** Forgets what was put before a moment and is posted, unless something still waits for its thread. */
  prune(before: number): void {
    const waiting = "select thread from outbox where state <> 'posted' and thread is not null";
    const sql = `delete from outbox where state = 'posted' and created_at < ? and key not in (${waiting})`;
    this.database.query(sql).run(before);
  }
}
