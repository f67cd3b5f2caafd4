import type { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import * as v from "valibot";
import { type AddressState, addressIn, type KnownAddresses } from "../domain/plan-contacts.ts";
import { addressKey } from "../domain/protected-address.ts";
import { CONTACTS_DUE_DAYS } from "../domain/recent-organizations.ts";
import { existsSync } from "../edges/files.ts";
import { messageOf } from "../errors.ts";
import { decodeReason } from "./artifacts/reason-record.ts";
import { openDatabase } from "./files/open-database.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Entries are kept somewhat longer than contacts are due. */
const KEPT_MS = (CONTACTS_DUE_DAYS + 2) * DAY_MS;
/** Somebody who was in the way may be gone by tomorrow: then the address is asked for again, and still placed within the week. */
const LEFT_MS = DAY_MS;

/** An address that an organization wants. */
export interface OrganizationAddress {
  /** The organization's id in Zendesk. */
  id: number;
  email: string;
}

/** Decision about an address, permanent or for a day. */
export type SettledState = Exclude<AddressState, { is: "free" }>;

/** Decisions of earlier runs. They only save look-ups (G2): anything not in here is requested. */
export interface SettledContacts extends Disposable {
  /** Of these addresses those that are settled: in place, or left alone since less than a day. Never throws. */
  known(addresses: readonly OrganizationAddress[]): KnownAddresses;
}

/** The same for stages that write: what was decided is noted. */
export interface ContactMemory extends SettledContacts {
  /** Notes what became of addresses. Never throws. */
  settle(settled: readonly (OrganizationAddress & { state: SettledState })[]): void;
}

/** Knows nothing and notes nothing. */
export const NO_CONTACT_MEMORY: ContactMemory = {
  known: () => new Map(),
  settle() {},
  [Symbol.dispose]() {},
};

/** Options of the memory of settled contacts of one Zendesk instance. */
export interface ContactMemoryOptions {
  /** Host of the Zendesk instance: ids of one instance say nothing about another. */
  host: string;
  now: Date;
  /** Nothing is noted, and no file is made. */
  readOnly: boolean;
  /** Told once where the file cannot be used; everything then goes on without it. */
  warn(message: string): void;
}

/** `what` is a digest of host, organization and address: the file holds no addresses. */
const TABLE =
  "create table if not exists settled_contacts (what text primary key, state text not null, code text, params text, at integer not null)";
const RowsSchema = v.array(
  v.object({
    what: v.string(),
    state: v.picklist(["there", "left"]),
    code: v.nullable(v.string()),
    params: v.nullable(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))),
    at: v.number(),
  }),
);

/** Opens the memory in a file, which is made where there is none. One that cannot be used is left as it is, and nothing is known. */
export function openContactMemory(path: string, options: ContactMemoryOptions): ContactMemory {
  if (options.readOnly && !existsSync(path)) return NO_CONTACT_MEMORY;
  let database: Database | null = null;
  const giveUp = (error: unknown) => {
    options.warn(`the contact memory cannot be read, so contacts are looked up in Zendesk: ${messageOf(error)}`);
    database?.close();
    database = null;
  };
  /** The answer of the database, or `otherwise` from the first failure on. */
  const ask = <Answer>(question: (open: Database) => Answer, otherwise: Answer): Answer => {
    if (database === null) return otherwise;
    try {
      return question(database);
    } catch (error) {
      giveUp(error);
      return otherwise;
    }
  };
  try {
    database = openDatabase(path, "contacts that were already settled are looked up again");
  } catch (error) {
    giveUp(error);
  }
  if (!options.readOnly) ask((open) => prepare(open, options.now), undefined);
  return {
    known: (addresses) => ask<KnownAddresses>((open) => knownOf(open, addresses, options), new Map()),
    settle: (settled) => (options.readOnly ? undefined : ask((open) => settle(open, settled, options), undefined)),
    [Symbol.dispose]() {
      database?.close();
      database = null;
    },
  };
}

function prepare(database: Database, now: Date): void {
  database.run(TABLE);
  database.query("delete from settled_contacts where at < ?").run(now.getTime() - KEPT_MS);
}

function knownOf(
  database: Database,
  addresses: readonly OrganizationAddress[],
  { host, now }: ContactMemoryOptions,
): KnownAddresses {
  const keys = new Map(addresses.map(({ id, email }) => [digestOf(host, id, email), addressIn(id, email)]));
  const sql =
    "select what, state, code, params, at from settled_contacts where what in (select value from json_each(?))";
  const rows = v.parse(RowsSchema, database.query(sql).all(JSON.stringify([...keys.keys()])));
  return new Map(
    rows.flatMap(({ what, state, code, params, at }): [string, AddressState][] => {
      const key = keys.get(what);
      if (key === undefined) return [];
      if (state === "there") return [[key, { is: "there" }]];
      if (code === null || !(at > now.getTime() - LEFT_MS)) return [];
      return [[key, { is: "left", reason: decodeReason({ reason: code, code, params: params ?? {} }) }]];
    }),
  );
}

/** All of them or none. What was left alone keeps the moment it was first seen so, so that it is asked for again after a day. */
function settle(
  database: Database,
  settled: readonly (OrganizationAddress & { state: SettledState })[],
  { host, now }: ContactMemoryOptions,
): void {
  const sql =
    "insert into settled_contacts (what, state, code, params, at) values (?, ?, ?, ?, ?) on conflict (what) do update set state = excluded.state, code = excluded.code, params = excluded.params, at = excluded.at where settled_contacts.state <> 'left' or excluded.state <> 'left' or settled_contacts.at <= ?";
  const statement = database.query(sql);
  const at = now.getTime();
  database.transaction(() => {
    for (const { id, email, state } of settled) {
      const { code = null, params = null } = state.is === "left" ? state.reason : {};
      statement.run(
        digestOf(host, id, email),
        state.is,
        code,
        params === null ? null : JSON.stringify(params),
        at,
        at - LEFT_MS,
      );
    }
  })();
}

function digestOf(host: string, organizationId: number, email: string): string {
  return createHash("sha256")
    .update(`${host}\n${organizationId}\n${addressKey(email)}`)
    .digest("hex");
}
