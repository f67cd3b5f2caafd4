import { type SandboxBytes, unguessable } from "../server/chance.ts";
import type { Fault, SalesforceRecord } from "../types.ts";
import { invalidLocator } from "./errors.ts";
import type { ChildrenByParent, RecordStore } from "./record-store.ts";
import type { ObjectName } from "./schema.ts";
import type { CompiledQuery, Selected } from "./soql/compile.ts";

/** One page of a result, or of a child list, in wire form. */
export type Page = Record<string, unknown> & { records: SalesforceRecord[] };

/** How a page is asked for. */
export interface PageRequest {
  /** `/services/data/vNN.N`, as in the request: the links of the page repeat it. */
  base: string;
  /** Rows of the page, children included. */
  batch: number;
  fault: Fault | undefined;
  /** Whether deleted records are looked through, too (`queryAll`). */
  deleted?: boolean;
}

/** All rows of a query or of one child list; what a locator stands for. */
interface Result {
  query: CompiledQuery;
  rows: readonly SalesforceRecord[];
  /** The children of each list of the query, as they were when it ran. */
  children: ReadonlyMap<string, ChildrenByParent>;
  askedMs: number;
  locator?: string;
}

const twoDaysMs = 2 * 24 * 3600 * 1000;
/** What Salesforce puts where there is no id. */
const noId = "000000000000000AAA";

/**
 * Results behind locators. They belong to the user, not to the session, and live for two days (facts 1.5, 2.3).
 * A locator may be used again, in any order.
 */
export class ResultPages {
  readonly #store: RecordStore;
  readonly #now: () => Date;
  readonly #bytes: SandboxBytes;
  /** In the order of asking, so that the oldest come first. */
  readonly #results = new Map<string, Result>();

  /** Rows to a page of a query with child lists, at most. */
  readonly #nestedRows: number;

  constructor(
    store: RecordStore,
    now: () => Date,
    { nestedRows, bytes = unguessable }: { nestedRows: number; bytes?: SandboxBytes | undefined },
  ) {
    this.#bytes = bytes;
    this.#nestedRows = nestedRows;
    this.#store = store;
    this.#now = now;
  }

  /** Runs the query and answers its first page. */
  first(query: CompiledQuery, request: PageRequest): Page {
    this.#forgetOld();
    const rows = query.rows(this.#candidates(query, request));
    if (query.countOnly) return { totalSize: rows.length, done: true, records: [] };
    return this.#page(this.#result(query, rows), 0, request);
  }

  #candidates({ object, between }: CompiledQuery, { deleted }: PageRequest): SalesforceRecord[] {
    if (deleted) return this.#store.allWithDeleted(object);
    return between ? this.#store.between(object, between) : this.#store.all(object);
  }

  /** @throws INVALID_QUERY_LOCATOR for one that is unknown, too old, or points behind the last row */
  next(locator: string, request: PageRequest): Page {
    this.#forgetOld();
    const [, name = "", offset = ""] = /^([A-Za-z0-9]{18})-(\d+)$/.exec(locator) ?? [];
    const result = this.#results.get(name);
    if (!result || Number(offset) >= result.rows.length) throw invalidLocator();
    return this.#page(result, Number(offset), request);
  }

  #result(query: CompiledQuery, rows: readonly SalesforceRecord[]): Result {
    const lists = query.selected.filter((item) => item.kind === "list");
    const children = new Map(lists.map(({ list }) => [list.name, this.#store.children(list)]));
    return { query, rows, children, askedMs: this.#now().getTime() };
  }

  #forgetOld(): void {
    const oldestMs = this.#now().getTime() - twoDaysMs;
    for (const [locator, { askedMs }] of this.#results) {
      if (askedMs >= oldestMs) break;
      this.#results.delete(locator);
    }
  }

  #page(result: Result, offset: number, { base, batch, fault }: PageRequest): Page {
    if (fault?.kind === "empty") return { totalSize: 0, done: true, records: [] };
    const isNested = result.query.selected.some((item) => item.kind === "list");
    const rows = isNested ? Math.min(batch, this.#nestedRows) : batch;
    const writer = new PageWriter(base, rows, this.#store, (rest, at) => this.#link(base, rest, at));
    const records: SalesforceRecord[] = [];
    for (let at = offset; at < result.rows.length; at += 1) {
      const row = result.rows[at];
      const record = row && writer.add(row, result);
      if (!record) break;
      records.push(record);
    }
    return this.#envelope(result, offset + records.length, base, played(records, fault));
  }

  #envelope(result: Result, reached: number, base: string, records: SalesforceRecord[]): Page {
    const totalSize = result.rows.length;
    if (reached >= totalSize) return { totalSize, done: true, records };
    return { totalSize, done: false, nextRecordsUrl: this.#link(base, result, reached), records };
  }

  /** Where the rest of a result is; the result gets its locator when it first needs one. */
  #link(base: string, result: Result, offset: number): string {
    const locator = result.locator ?? `0r8${this.#bytes(6).toString("hex")}AAA`;
    result.locator = locator;
    this.#results.set(locator, result);
    return `${base}/query/${locator}-${offset}`;
  }
}

/** Writes the records of one page, until it is full. */
class PageWriter {
  #written = 0;

  constructor(
    readonly base: string,
    readonly batch: number,
    readonly store: RecordStore,
    readonly link: (result: Result, offset: number) => string,
  ) {}

  /**
   * The record with its child lists; undefined where it does not fit on the page any more. Child rows count too
   * (facts 2.2). Only the first record of a page is written although it does not fit: then its child lists share what
   * is left, and the rest of each is behind a locator of its own. Seen on real orgs: 499 children in a page of 500.
   */
  add(row: SalesforceRecord, result: Result): SalesforceRecord | undefined {
    const lists = new Map<string, SalesforceRecord[]>();
    let size = 1;
    for (const item of result.query.selected) {
      if (item.kind !== "list") continue;
      const rows = item.query.rows(result.children.get(item.list.name)?.get(String(row.Id)) ?? []);
      lists.set(item.list.name, rows);
      size += rows.length;
    }
    if (this.#written > 0 && this.#written + size > this.batch) return undefined;
    this.#written += 1;
    const { object, selected } = result.query;
    return this.#record(object, row, selected, (item) =>
      this.#childList(item.query, lists.get(item.list.name) ?? [], result.askedMs),
    );
  }

  #childList(query: CompiledQuery, rows: SalesforceRecord[], askedMs: number): Page | null {
    if (rows.length === 0) return null;
    const shown = rows.slice(0, Math.max(0, this.batch - this.#written));
    this.#written += shown.length;
    const records = shown.map((row) => this.#record(query.object, row, query.selected));
    const totalSize = rows.length;
    if (shown.length === totalSize) return { totalSize, done: true, records };
    const result = { query, rows, children: new Map(), askedMs };
    return { totalSize, done: false, nextRecordsUrl: this.link(result, shown.length), records };
  }

  #record(
    object: ObjectName,
    row: SalesforceRecord,
    selected: readonly Selected[],
    childList: (item: Extract<Selected, { kind: "list" }>) => Page | null = () => null,
  ): SalesforceRecord {
    const id = typeof row.Id === "string" ? row.Id : noId;
    const record: SalesforceRecord = {
      attributes: { type: object, url: `${this.base}/sobjects/${object}/${id}` },
    };
    for (const item of selected) {
      if (item.kind === "column") record[item.column.name] = written(row[item.column.name]);
      // No children: null, but the key is there (facts 2.4).
      else if (item.kind === "list") record[item.list.name] = childList(item);
      else record[item.lookup.name] = this.#parent(row, item);
    }
    return record;
  }

  #parent(row: SalesforceRecord, { lookup, selected }: Extract<Selected, { kind: "lookup" }>): SalesforceRecord | null {
    const columns: SalesforceRecord = {};
    for (const name of ["Id", ...selected.map(keyOf)]) {
      const parent = this.store.parent(row, lookup, name);
      if (parent === null) return null;
      columns[name] = parent[name];
    }
    return this.#record(lookup.to, columns, selected);
  }
}

function keyOf(item: Selected): string {
  return item.kind === "column" ? item.column.name : item.kind === "lookup" ? item.lookup.name : item.list.name;
}

/** There is no empty text in Salesforce. */
function written(value: unknown): unknown {
  return value === undefined || value === "" ? null : value;
}

/** Plays "drop-record" and "duplicate-record" on the middle of the page; sizes and links stay as if nothing happened. */
function played(records: SalesforceRecord[], fault: Fault | undefined): SalesforceRecord[] {
  const middle = Math.floor(records.length / 2);
  const before = records[middle - 1];
  if (fault?.kind === "drop-record") return records.toSpliced(middle, 1);
  if (fault?.kind === "duplicate-record" && before) return records.with(middle, before);
  return records;
}
