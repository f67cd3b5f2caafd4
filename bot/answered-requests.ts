import type { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import * as v from "valibot";
import { SIGNATURE_WINDOW_SECONDS } from "./http/signature.ts";

/** A signature that is five minutes ahead of our clock holds for ten; a minute more for clocks that are set. */
const KEPT_MS = (2 * SIGNATURE_WINDOW_SECONDS + 60) * 1000;
/** Far more than people type and click in that time. */
const MAX_KEPT = 20_000;

const RowSchema = v.nullable(v.object({ answer: v.nullable(v.string()) }));

/** Clock, log and size limit of the memory of answered requests. */
export interface AnsweredRequestsOptions {
  clock: () => Date;
  /** Told what went wrong, by code. */
  warn: (message: string) => void;
  /** For tests. */
  maxKept?: number;
}

/** A request that came before: what it was answered with, null where nothing was said or the bot ended in between. */
export interface EarlierRequest {
  answer: string | null;
}

/**
 * Commands and clicks that were taken, for as long as their signature would let them in once more: whoever sends one again (a proxy, a
 * log that was read, Slack after a lost connection) gets the same answer, and nothing is done a second time. In the bot's database, so
 * that a restart forgets nothing. Where that cannot be written, this process still knows. No method throws.
 */
export class AnsweredRequests {
  readonly #kept = new Map<string, { at: number; answer: string | null }>();

  constructor(
    private readonly database: Database,
    private readonly options: AnsweredRequestsOptions,
  ) {}

  /** Null the first time, and taken from then on: before anything is done about it. Otherwise what it was answered with. */
  take(id: string): EarlierRequest | null {
    const now = this.options.clock().getTime();
    this.#forgetOld(now);
    const earlier = this.#kept.get(id) ?? this.#orWarn(() => this.#stored(id), null);
    if (earlier) return { answer: earlier.answer };
    this.#kept.set(id, { at: now, answer: null });
    this.#orWarn(
      () => void this.database.run("insert or ignore into answered_requests (id, at) values (?, ?)", [id, now]),
      undefined,
    );
    return null;
  }

  /** Keeps what a request was answered with. */
  answered(id: string, answer: string): void {
    const kept = this.#kept.get(id);
    if (kept) kept.answer = answer;
    this.#orWarn(
      () => void this.database.run("update answered_requests set answer = ? where id = ?", [answer, id]),
      undefined,
    );
  }

  #stored(id: string): EarlierRequest | null {
    return v.parse(RowSchema, this.database.query("select answer from answered_requests where id = ?").get(id));
  }

  #forgetOld(now: number): void {
    const maxKept = this.options.maxKept ?? MAX_KEPT;
    // In the order in which they came.
    for (const [id, { at }] of this.#kept) {
      if (now - at <= KEPT_MS && this.#kept.size < maxKept) break;
      this.#kept.delete(id);
    }
    this.#orWarn(() => {
      this.database.run("delete from answered_requests where at < ?", [now - KEPT_MS]);
      this.database.run("delete from answered_requests where rowid <= (select max(rowid) from answered_requests) - ?", [
        maxKept - 1,
      ]);
    }, undefined);
  }

  #orWarn<Result>(work: () => Result, otherwise: Result): Result {
    try {
      return work();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      const reason = typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "it cannot be used";
      this.options.warn(
        `the bot's database (${reason}): a request repeated after a restart would be treated as a new one`,
      );
      return otherwise;
    }
  }
}

/** Returns an id that tells one command or click from all others, based on Slack's `trigger_id` or, without one, on the whole body. */
export function requestId(body: Readonly<Record<string, unknown>>): string {
  const { trigger_id: trigger } = body;
  const own = typeof trigger === "string" && trigger !== "" ? `trigger ${trigger}` : JSON.stringify(body);
  return createHash("sha256").update(own).digest("hex");
}
