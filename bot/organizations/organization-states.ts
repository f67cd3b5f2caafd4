import type { Database } from "bun:sqlite";
import * as v from "valibot";
import type { Reason } from "../../lib/domain/reason.ts";
import { decodeReason, encodeReason, REASON_ENTRIES } from "../../lib/storage/artifacts/reason-record.ts";

/** State of an organization reported by a message, since the message was posted. `by` is a Slack user id. */
export type KnownState = { by: string; at: Date } & (
  | { is: "handled" }
  /** So many users were created or associated; 0: somebody was there already. */
  | { is: "contacts added"; count: number }
  /** Looked again, with the addresses tried and the reason of each. */
  | { is: "still nobody"; addresses: TriedAddress[] }
);

/** An address that was tried, and what became of it. */
export interface TriedAddress {
  email: string;
  failed: boolean;
  reason: Reason;
}

/** After so long nobody clicks on a message any more. */
const KEPT_MS = 180 * 24 * 3_600_000;

/** As kept: with the sentence too, so that an older bot can read it; rows of an older one have nothing else. */
const AddressSchema = v.pipe(
  v.object({ email: v.string(), failed: v.optional(v.boolean(), false), reason: v.string(), ...REASON_ENTRIES }),
  v.transform(({ email, failed, ...kept }): TriedAddress => ({ email, failed, reason: decodeReason(kept) })),
);

const RowSchema = v.object({
  organization: v.number(),
  state: v.picklist(["handled", "contacts added", "still nobody"]),
  by: v.string(),
  at: v.number(),
  count: v.number(),
  addresses: v.pipe(v.string(), v.parseJson(), v.array(AddressSchema)),
});

/**
 * What became of reported organizations, by message and organization: two clicks on different organizations of one message leave two
 * lines. Methods throw where the database cannot be read or written.
 */
export class OrganizationStates {
  constructor(private readonly database: Database) {}

  /** Keeps what became of an organization, in the place of what was known. */
  keep(message: string, organization: number, state: KnownState): void {
    const count = state.is === "contacts added" ? state.count : 0;
    const addresses = state.is === "still nobody" ? state.addresses : [];
    this.database.run("insert or replace into organization_states values (?, ?, ?, ?, ?, ?, ?)", [
      ...[message, organization, state.is, state.by, state.at.getTime(), count],
      JSON.stringify(addresses.map((one) => ({ ...one, ...encodeReason(one.reason) }))),
    ]);
    this.database.run("delete from organization_states where at < ?", [state.at.getTime() - KEPT_MS]);
  }

  /** Returns the known states of a message's organizations, by Zendesk id. */
  ofMessage(message: string): Map<number, KnownState> {
    const rows = this.database.query("select * from organization_states where message = ?").all(message);
    return new Map(rows.map(readRow));
  }

  /** The newest that is known of an organization, in whatever message; null where nothing is. */
  newest(organization: number): KnownState | null {
    const row = this.database
      .query("select * from organization_states where organization = ? order by at desc limit 1")
      .get(organization);
    return row === null ? null : readRow(row)[1];
  }
}

function readRow(row: unknown): [number, KnownState] {
  const { organization, state, by, at, count, addresses } = v.parse(RowSchema, row);
  const who = { by, at: new Date(at) };
  if (state === "handled") return [organization, { is: state, ...who }];
  if (state === "still nobody") return [organization, { is: state, ...who, addresses }];
  return [organization, { is: state, ...who, count }];
}
