import type { SalesforceRecord, World } from "../types.ts";
import { type Index, indexed, within } from "./id-index.ts";
import type { ChildList, Lookup, ObjectName } from "./schema.ts";
import type { IdBounds } from "./soql/compile.ts";

type Table = Map<string, SalesforceRecord>;
/** The children of a list, by the id of their parent. */
export type ChildrenByParent = ReadonlyMap<string, readonly SalesforceRecord[]>;

/** The records of all objects, by id. A record is never changed, only replaced: a result keeps what it was made of. */
export class RecordStore {
  readonly #tables = new Map<ObjectName, Table>();
  /** Deleted accounts, by id. */
  readonly #recycleBin: Table;
  /** What was deleted with an account, by its id. */
  readonly #wentAlong = new Map<string, Belonging[]>();
  /** By the name of the list; thrown away when a child is edited. */
  readonly #children = new Map<string, ChildrenByParent>();
  /** By object and column; thrown away likewise. */
  readonly #indexes = new Map<string, Index>();

  constructor(records: World["salesforce"], deletedAccounts: readonly SalesforceRecord[] = []) {
    this.#recycleBin = new Map(deletedAccounts.map((row) => [String(row.Id), row]));
    for (const [object, rows] of Object.entries(records) as [ObjectName, SalesforceRecord[]][]) {
      this.#tables.set(object, new Map(rows.map((row) => [String(row.Id), row])));
    }
  }

  all(object: ObjectName): SalesforceRecord[] {
    return [...this.#table(object).values()];
  }

  /** The records whose id in a column is within bounds, ascending by it; no others need to be looked at. */
  between(object: ObjectName, { column, from, to }: IdBounds): SalesforceRecord[] {
    const name = `${object}.${column}`;
    const index = this.#indexes.get(name) ?? indexed(this.#table(object).values(), column);
    this.#indexes.set(name, index);
    return within(index, from, to);
  }

  /** Everything, and what lies in the recycle bin: what `queryAll` looks through. */
  allWithDeleted(object: ObjectName): SalesforceRecord[] {
    return object === "Account" ? [...this.all(object), ...this.#recycleBin.values()] : this.all(object);
  }

  /**
   * Merges two accounts: what looked up the loser looks up the winner, and the loser lies in the recycle bin with `MasterRecordId`
   * (found-by-checking, "Salesforce merges"). @throws Error where there is no such account
   */
  mergeAccounts(winnerId: string, loserId: string, now: Date): void {
    const accounts = this.#table("Account");
    const loser = accounts.get(loserId);
    if (!loser || !accounts.has(winnerId) || winnerId === loserId)
      throw new Error(`The sandbox's Salesforce has no two accounts ${winnerId} and ${loserId} to merge.`);
    for (const table of this.#tables.values()) {
      for (const [id, row] of table) {
        const columns = ["Zuora__Account__c", "AccountId"].filter((name) => row[name] === loserId);
        const moved = Object.fromEntries(columns.map((name) => [name, winnerId]));
        if (columns.length > 0)
          table.set(id, { ...row, ...moved, ...("Account" in row ? { Account: undefined } : {}) });
      }
    }
    accounts.delete(loserId);
    this.#recycleBin.set(loserId, {
      ...loser,
      IsDeleted: true,
      MasterRecordId: winnerId,
      SystemModstamp: modstamp(now),
    });
    this.#forgetIndexes();
  }

  emptyRecycleBin(): void {
    this.#recycleBin.clear();
    this.#wentAlong.clear();
  }

  add(object: ObjectName, record: SalesforceRecord): void {
    this.#table(object).set(String(record.Id), record);
    this.#forgetIndexes();
  }

  /**
   * Deletes a record. An account goes to the recycle bin, and what belongs to it goes along: contacts, subscriptions, charges.
   * @throws Error where there is no such record
   */
  delete(object: ObjectName, id: string, now: Date): void {
    const table = this.#table(object);
    const record = table.get(id);
    if (!record) throw new Error(`The sandbox's Salesforce has no ${object} ${id} to delete.`);
    table.delete(id);
    this.#forgetIndexes();
    if (object !== "Account") return;
    this.#recycleBin.set(id, { ...record, IsDeleted: true, MasterRecordId: null, SystemModstamp: modstamp(now) });
    const along: Belonging[] = [];
    for (const [name, other] of this.#tables)
      for (const row of other.values())
        if (row.Zuora__Account__c === id || row.AccountId === id) along.push({ object: name, row });
    for (const { object: name, row } of along) this.#table(name).delete(String(row.Id));
    this.#wentAlong.set(id, along);
  }

  /** Takes a deleted account out of the recycle bin, with what went along. @throws Error where it is not there, or was merged */
  restore(id: string, now: Date): void {
    const record = this.#recycleBin.get(id);
    if (!record || record.MasterRecordId) throw new Error(`The sandbox's Salesforce cannot restore Account ${id}.`);
    this.#recycleBin.delete(id);
    this.add("Account", { ...record, IsDeleted: false, SystemModstamp: modstamp(now) });
    for (const { object, row } of this.#wentAlong.get(id) ?? []) this.add(object, row);
    this.#wentAlong.delete(id);
  }

  /** What lies in the recycle bin. */
  get deletedAccounts(): SalesforceRecord[] {
    return [...this.#recycleBin.values()];
  }

  /** @throws Error where there is no such record */
  edit(object: ObjectName, id: string, change: SalesforceRecord): void {
    const table = this.#table(object);
    const record = table.get(id);
    if (!record) throw new Error(`The sandbox's Salesforce has no ${object} ${id} to edit.`);
    table.set(id, { ...record, ...change });
    this.#forgetIndexes();
  }

  children(list: ChildList): ChildrenByParent {
    const known = this.#children.get(list.name);
    if (known) return known;
    const children = Map.groupBy(this.#table(list.to).values(), (child) => String(child[list.by]));
    this.#children.set(list.name, children);
    return children;
  }

  /**
   * The parent a record looks up, null for none. The parent stands nested in the record; a `wanted` column that it
   * lacks there is looked for in the parent's own record.
   */
  parent(record: SalesforceRecord, lookup: Lookup, wanted: string): SalesforceRecord | null {
    const nested = record[lookup.name];
    if (nested === null) return null;
    if (!isRecord(nested)) return this.#byId(lookup.to, record[lookup.idColumn]) ?? null;
    if (wanted in nested) return nested;
    return this.#byId(lookup.to, record[lookup.idColumn] ?? nested.Id) ?? nested;
  }

  #forgetIndexes(): void {
    this.#children.clear();
    this.#indexes.clear();
  }

  #byId(object: ObjectName, id: unknown): SalesforceRecord | undefined {
    return typeof id === "string" ? this.#table(object).get(id) : undefined;
  }

  #table(object: ObjectName): Table {
    return this.#tables.get(object) ?? new Map();
  }
}

interface Belonging {
  object: ObjectName;
  row: SalesforceRecord;
}

function modstamp(now: Date): string {
  return now.toISOString().replace("Z", "+0000");
}

function isRecord(value: unknown): value is SalesforceRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
