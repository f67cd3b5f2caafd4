import type { Fault } from "../types.ts";
import { fixedLimits } from "./behaviour.ts";
import { paginationError } from "./errors.ts";
import { lowerBound } from "./key-index.ts";
import type { Wire } from "./wire.ts";

/** What a list endpoint lists, as ids; only the rows of the asked page are ever made into records. */
export interface Listing {
  /** The key of the rows in the body. */
  key: string;
  /** In cursor order. */
  ids: readonly number[];
  /** Whether `ids` ascend: then a cursor survives the deletion of the row it points at. Default true. */
  ascending?: boolean;
  /** In offset order, where that differs: organizations go by name there (facts 2). */
  offsetIds?: () => readonly number[];
  accepts?: (id: number) => boolean;
  wire: (id: number) => Wire;
}

/**
 * One page in the mode the query asks for: cursor mode when it has a `page[...]` parameter, offset mode otherwise.
 * @throws ZendeskError 400 for a cursor that is none, both modes at once, or an offset too deep
 */
export function page(url: URL, listing: Listing, fault?: Fault): Wire {
  const cursorMode = [...url.searchParams.keys()].some((key) => key.startsWith("page["));
  if (!cursorMode) return offsetPage(url, listing, fault);
  if (url.searchParams.has("page")) throw invalidPage("page and page[...] are mutually exclusive");
  return cursorPage(url, listing, fault);
}

function cursorPage(url: URL, listing: Listing, fault?: Fault): Wire {
  const size = whole(url, "page[size]", fixedLimits.pageSize);
  const after = url.searchParams.get("page[after]");
  const before = url.searchParams.get("page[before]");
  const { ids, hasMore } =
    before === null
      ? rowsAfter(listing, after === null ? undefined : decodedCursor(after, "page[after]"), size)
      : rowsBefore(listing, decodedCursor(before, "page[before]"), size);
  const endsEarly = fault?.kind === "early-end";
  const rows = fault?.kind === "empty" ? [] : endsEarly ? ids.slice(0, Math.ceil(ids.length / 2)) : ids;
  const first = rows[0];
  const last = rows.at(-1);
  // Also on the last page both cursors and both links are there; only an *empty* page has none (facts 2).
  const beforeCursor = first === undefined ? null : cursor(first);
  const afterCursor = last === undefined ? null : cursor(last);
  return {
    [listing.key]: played(rows, fault).map(listing.wire),
    meta: {
      has_more: hasMore && rows.length > 0 && !endsEarly,
      after_cursor: afterCursor,
      before_cursor: beforeCursor,
    },
    links: {
      prev: beforeCursor && cursorLink(url, "page[before]", beforeCursor),
      next: afterCursor && cursorLink(url, "page[after]", afterCursor),
    },
  };
}

interface Rows {
  ids: number[];
  hasMore: boolean;
}

function rowsAfter(
  { ids, ascending = true, accepts = everything }: Listing,
  id: number | undefined,
  size: number,
): Rows {
  const start = id === undefined ? 0 : ascending ? lowerBound(ids, id + 1) : ids.indexOf(id) + 1;
  const found: number[] = [];
  for (let at = start; at < ids.length && found.length <= size; at += 1) {
    const candidate = ids[at];
    if (candidate !== undefined && accepts(candidate)) found.push(candidate);
  }
  return { ids: found.slice(0, size), hasMore: found.length > size };
}

function rowsBefore({ ids, ascending = true, accepts = everything }: Listing, id: number, size: number): Rows {
  const end = ascending ? lowerBound(ids, id) : ids.indexOf(id);
  const found: number[] = [];
  for (let at = end - 1; at >= 0 && found.length <= size; at -= 1) {
    const candidate = ids[at];
    if (candidate !== undefined && accepts(candidate)) found.unshift(candidate);
  }
  return { ids: found.slice(-size), hasMore: found.length > size };
}

const everything = (): boolean => true;

function offsetPage(url: URL, listing: Listing, fault?: Fault): Wire {
  const number = whole(url, "page", Number.POSITIVE_INFINITY, 1);
  const size = whole(url, "per_page", fixedLimits.pageSize);
  if (number > fixedLimits.offsetPages || number * size > fixedLimits.offsetRecords) {
    const detail = `Pagination beyond ${fixedLimits.offsetRecords} records is not supported, use cursor based pagination`;
    throw paginationError("InvalidPaginationDepth", "Invalid pagination depth", detail);
  }
  const all = listing.offsetIds?.() ?? listing.ids;
  const ids = fault?.kind === "empty" ? [] : listing.accepts ? all.filter(listing.accepts) : all;
  const rows = ids.slice((number - 1) * size, number * size);
  return {
    [listing.key]: played(rows, fault).map(listing.wire),
    next_page: number * size < ids.length ? offsetLink(url, number + 1) : null,
    previous_page: number > 1 ? offsetLink(url, number - 1) : null,
    count: ids.length,
  };
}

/** Plays "drop-record" and "duplicate-record" on the middle row; cursors and counts stay as if nothing happened. */
export function played<Row>(rows: readonly Row[], fault: Fault | undefined): Row[] {
  const middle = rows[Math.floor(rows.length / 2)];
  if (fault?.kind === "drop-record") return rows.filter((row) => row !== middle);
  if (fault?.kind === "duplicate-record") return rows.flatMap((row) => (row === middle ? [row, row] : [row]));
  return [...rows];
}

/** A positive whole number from the query; a size above the maximum is clamped (nobody knows, facts "Open points"). */
function whole(url: URL, name: string, maximum: number, fallback = maximum): number {
  const text = url.searchParams.get(name);
  if (text === null || text === "") return fallback;
  if (!/^[1-9]\d*$/.test(text)) throw invalidPage(`${name} must be an integer`);
  return Math.min(Number(text), maximum);
}

/** Stateless: base64 of `{"o":"id","v":base64("i" + the id as little-endian int64)}` (facts 2). */
export function cursor(id: number): string {
  const value = Buffer.alloc(9);
  value.write("i", 0, "latin1");
  value.writeBigInt64LE(BigInt(id), 1);
  return Buffer.from(JSON.stringify({ o: "id", v: value.toString("base64") })).toString("base64");
}

function decodedCursor(text: string, name: string): number {
  try {
    const { v } = JSON.parse(Buffer.from(text, "base64").toString()) as { v: string };
    return Number(Buffer.from(v, "base64").readBigInt64LE(1));
  } catch {
    throw invalidPage(`${name} is not valid`);
  }
}

function invalidPage(detail: string): Error {
  return paginationError("InvalidPaginationParameter", "Invalid page parameters", detail);
}

/** Links repeat the path as it was asked for, with or without `.json`, and the other parameters, sorted. */
function cursorLink(url: URL, direction: string, value: string): string {
  return link(url, { [direction]: value }, ["page[after]", "page[before]"]);
}

function offsetLink(url: URL, number: number): string {
  return link(url, { page: String(number) }, ["page"]);
}

function link(url: URL, added: Record<string, string>, replaced: string[]): string {
  const parameters = new URLSearchParams(url.searchParams);
  for (const name of replaced) parameters.delete(name);
  for (const [name, value] of Object.entries(added)) parameters.set(name, value);
  parameters.sort();
  return `${url.origin}${url.pathname}?${parameters}`;
}
