import type { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import * as v from "valibot";
import type { ConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { randomBytes } from "../../lib/edges/chance.ts";
import type { Actor } from "../conversation.ts";
import { ConfirmedCountsSchema } from "./counts.ts";

/** Milliseconds for which an offer can be confirmed after it was shown. */
export const OFFER_MS = 5 * 60_000;
/** Offers are remembered for a day, so that an old button can be told from one that never was. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Stands for the channel of an offer that is made publicly: the channel of notices need not be the one where it was asked for. */
export const ANY_CHANNEL = "";

/** A run that somebody may start, once: what it is, who may, and until when. */
export interface Offer {
  /** SHA-256 of the token: the token itself is only in the button. */
  digest: string;
  by: Actor;
  instance: InstanceName | null;
  counts: ConfirmedCounts;
  expiresAt: Date;
  state: "open" | "used" | "dismissed";
}

const RowSchema = v.object({
  digest: v.string(),
  team: v.string(),
  channel: v.string(),
  user: v.string(),
  instance: v.nullable(v.picklist(INSTANCES)),
  counts: v.pipe(v.string(), v.parseJson(), ConfirmedCountsSchema),
  expires_at: v.number(),
  state: v.picklist(["open", "used", "dismissed"]),
});

/** The offers that buttons stand for. Only digests of their tokens are kept: who reads the database cannot confirm anything. */
export class Offers {
  constructor(private readonly database: Database) {}

  /** Makes an offer that is shown now; answers its one-time token (256 random bits). */
  make(offered: Pick<Offer, "by" | "instance" | "counts">, now: Date): string {
    const token = randomBytes(32).toString("base64url");
    const { by, instance, counts } = offered;
    this.database.run(
      "insert into run_offers (digest, team, channel, user, instance, counts, expires_at, state) values (?, ?, ?, ?, ?, ?, ?, 'open')",
      [digestOf(token), by.team, by.channel, by.user, instance, JSON.stringify(counts), now.getTime() + OFFER_MS],
    );
    return token;
  }

  /** The offer that a button's value stands for; null where there is none. */
  find(token: string): Offer | null {
    const row = this.database.query("select * from run_offers where digest = ?").get(digestOf(token));
    const read = v.safeParse(RowSchema, row);
    if (!read.success) return null;
    const { digest, team, channel, user, instance, counts, expires_at, state } = read.output;
    return { digest, by: { team, channel, user }, instance, counts, expiresAt: new Date(expires_at), state };
  }

  /** Ends an open offer; false where it was not open any more. One statement: of two at once, one wins. */
  end(digest: string, state: "used" | "dismissed"): boolean {
    const { changes } = this.database.run("update run_offers set state = ? where digest = ? and state = 'open'", [
      state,
      digest,
    ]);
    return changes === 1;
  }

  forgetOld(now: Date): void {
    this.database.run("delete from run_offers where expires_at < ?", [now.getTime() - REMEMBERED_MS]);
  }
}

/** Returns why a person may not confirm or dismiss an offer; null if they may. Pure. */
export function rejectionOf(offer: Offer | null, by: Actor, now: Date): Rejection | null {
  if (offer === null) return "unknown";
  const isThere = offer.by.channel === ANY_CHANNEL || offer.by.channel === by.channel;
  const isTheirs = offer.by.user === by.user && offer.by.team === by.team && isThere;
  if (!isTheirs) return "not theirs";
  if (offer.state !== "open") return offer.state;
  return offer.expiresAt.getTime() <= now.getTime() ? "expired" : null;
}
export type Rejection = "unknown" | "not theirs" | "used" | "dismissed" | "expired";

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
