import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Account } from "../../domain/account.ts";
import type { UnreadableRecord } from "./ports.ts";

/** Memory of one account: enough to see whether it changed, and to cut the next reading into ranges of equal size. */
export interface KnownAccount {
  /** The account's own id, 18 characters. */
  id: string;
  /** Of everything that was read of it (`digestOf`). */
  digest: string;
  subscriptions: number;
  charges: number;
}

/** Object that holds the records of a child list, to query them without their accounts. */
export interface ChildObject {
  object: string;
  /** The child's lookup of the account: `Zuora__Account__c`. */
  lookup: string;
}

/** Memory that one reading of all accounts leaves for the next one (docs/decisions/0045-salesforce-in-streams.md). */
export interface AccountsMemory {
  /** Host with port of the Salesforce that was read. */
  host: string;
  /** Digest of what the accounts were asked for. */
  query: string;
  /** Requests that the nested query took, one after the other, when it was last used for all accounts. */
  nestedRequests: number;
  /** Rows that a page of a flat query is expected to hold. */
  pageRows: number;
  /** Null where it is not known: then only the nested query can be used. */
  children: { subscriptions: ChildObject; charges: ChildObject } | null;
  /** Sorted by id, each once. */
  accounts: KnownAccount[];
}

const VERSION = 1;
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const child = v.object({
  object: v.pipe(v.string(), v.regex(/^\w{1,80}$/)),
  lookup: v.pipe(v.string(), v.regex(/^\w{1,80}$/)),
});
const HeaderSchema = v.object({
  version: v.literal(VERSION),
  host: v.string(),
  query: v.string(),
  nestedRequests: count,
  pageRows: v.pipe(count, v.minValue(1)),
  children: v.nullable(v.object({ subscriptions: child, charges: child })),
  accounts: count,
});
const LINE = /^([A-Za-z0-9]{18}) ([\w-]{22}) (\d{1,9}) (\d{1,9})$/;

/** The memory as text: a header in JSON, then a line for each account. */
export function renderAccountsMemory({ accounts, ...header }: AccountsMemory): string {
  const lines = accounts.map((one) => `${one.id} ${one.digest} ${one.subscriptions} ${one.charges}\n`);
  return `${JSON.stringify({ version: VERSION, ...header, accounts: accounts.length })}\n${lines.join("")}`;
}

/** Reads what `renderAccountsMemory` wrote; null for anything else, also for one that was cut off or is of another version. */
export function parseAccountsMemory(text: string): AccountsMemory | null {
  const [first = "", ...lines] = text.split("\n");
  const header = v.safeParse(HeaderSchema, jsonOrNull(first));
  if (!header.success || lines.pop() !== "" || lines.length !== header.output.accounts) return null;
  const accounts: KnownAccount[] = [];
  let before = "";
  for (const line of lines) {
    const [, id, digest, subscriptions, charges] = LINE.exec(line) ?? [];
    if (id === undefined || digest === undefined || id <= before) return null;
    accounts.push({ id, digest, subscriptions: Number(subscriptions), charges: Number(charges) });
    before = id;
  }
  const { version: _, ...rest } = header.output;
  return { ...rest, accounts };
}

/** A digest of an account as it was mapped, or of why it could not be. Two that differ in anything have different digests. */
export function digestOf(mapped: { account: Account } | { unreadable: UnreadableRecord }): string {
  return textDigest(JSON.stringify("account" in mapped ? mapped.account : mapped));
}

/** 22 characters. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
