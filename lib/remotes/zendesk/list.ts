import * as v from "valibot";
import { IncompleteError } from "../../errors.ts";
import type { ZendeskClient } from "./client.ts";
import type { Page } from "./ports.ts";
import { readRecord, type WIRE, wireOf } from "./schema.ts";

type Kind = keyof typeof WIRE;
export type RecordOf<K extends Kind> = v.InferOutput<(typeof WIRE)[K]>;

const PAGE_SIZE = 100;
/** Records of a list where nothing says how many there should be: far more than the largest account has. */
export const MAX_RECORDS = 5_000_000;
/** Shorter lists are not measured. */
const LONG = 10_000;
/** Pages in a row that are empty and say that there is more. */
const MAX_EMPTY_PAGES = 3;

const PagingSchema = v.object({
  meta: v.object({ has_more: v.boolean() }),
  links: v.object({ next: v.nullable(v.string()) }),
});

/** A page of a list as it came. */
export interface ListedPage<T> {
  /** The path, or the link of Zendesk's, that it was asked for with. */
  asked: string;
  rows: readonly unknown[];
  page: Page<T>;
}

export interface ListingOptions<T> {
  confirmEnd?: boolean;
  maxRecords?: () => Promise<number>;
  /** Told of each page before it is handed on. */
  onPage?: ((page: ListedPage<T>) => void) | undefined;
  /** Page of an earlier list to begin at, instead of the first one. */
  from?: string;
}

/**
 * Every record of a list, page by page, with cursor paging. Proves completeness (S1): goes on until `has_more` is false (the
 * next link stands there on the last page too, so it proves nothing), and takes no id twice. `confirmEnd`: for lists of which
 * absence is acted on, the end is asked for once more, so that a page lost there does not go unnoticed. `maxRecords`: asked once a
 * list has become long; what goes on behind so many may have no end and is refused.
 */
export async function* listAll<K extends Kind>(
  client: ZendeskClient,
  kind: K,
  path: string,
  { confirmEnd = false, maxRecords = async () => MAX_RECORDS, onPage, from }: ListingOptions<RecordOf<K>> = {},
): AsyncGenerator<Page<RecordOf<K>>> {
  const proof = new CompletenessProof(`the list of ${kind.replaceAll("_", " ")} of Zendesk ${client.instance}`);
  let max = LONG;
  let next: string | null = from ?? `${path}?page%5Bsize%5D=${PAGE_SIZE}`;
  while (next !== null) {
    const asked: string = next;
    const body: unknown = await client.get(asked);
    const rows = rowsOf(body, kind);
    next = proof.nextAfter(rows, body);
    if (proof.records > LONG && max === LONG) max = Math.max(await maxRecords(), LONG + 1);
    proof.checkLength(max);
    if (next === null && confirmEnd) {
      const behind = proof.behindEnd(rows, body) ?? asked;
      proof.checkEnd(rowsOf(await client.get(behind), kind));
    }
    const page = readRows(rows ?? [], kind, client.userMarkField);
    onPage?.({ asked, rows: rows ?? [], page });
    yield page;
  }
}

/** Watches over the pages of one list; throws `IncompleteError` as soon as it cannot be proved complete. */
class CompletenessProof {
  private readonly ids = new Set<number>();
  private readonly links = new Set<string>();
  private emptyPages = 0;
  /** Also those without an id. */
  records = 0;

  constructor(private readonly list: string) {}

  /** Refuses a list that has become longer than it can be. */
  checkLength(max: number): void {
    if (this.records > max) throw this.incomplete(`has more than the maximum of ${max} records`);
  }

  /** The link to the page after this one, or null after the last one. */
  nextAfter(rows: unknown[] | null, body: unknown): string | null {
    const paging = v.safeParse(PagingSchema, body);
    if (!rows || !paging.success) throw this.incomplete("has a page without records or without paging");
    this.records += rows.length;
    for (const id of rows.flatMap(idOf)) {
      if (this.ids.has(id)) throw this.incomplete(`contains record ${id} twice, so another record may be missing`);
      this.ids.add(id);
    }
    const { meta, links } = paging.output;
    if (!meta.has_more) return null;
    this.emptyPages = rows.length === 0 ? this.emptyPages + 1 : 0;
    if (links.next === null || this.links.has(links.next) || this.emptyPages > MAX_EMPTY_PAGES)
      throw this.incomplete(`stopped after ${this.ids.size} records although Zendesk has more`);
    this.links.add(links.next);
    return links.next;
  }

  /** Link to the page after the last one; null if the last one was empty: then that one is requested again. */
  behindEnd(rows: unknown[] | null, body: unknown): string | null {
    const paging = v.safeParse(PagingSchema, body);
    return paging.success && rows && rows.length > 0 ? paging.output.links.next : null;
  }

  /** Refuses an end that is none: what is behind it must be empty (facts/zendesk.md 2), or known already. */
  checkEnd(rows: unknown[] | null): void {
    if (rows?.flatMap(idOf).every((id) => this.ids.has(id))) return;
    throw this.incomplete(`ended after ${this.ids.size} records and then continued, so a page may be missing`);
  }

  private incomplete(what: string): IncompleteError {
    return new IncompleteError(`Not complete: ${this.list} ${what}. Nothing was kept; the next run reads it again.`);
  }
}

/** The rows under a key of an answer; null where they are no list. */
export function rowsOf(body: unknown, key: string): unknown[] | null {
  const rows = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[key] : null;
  return Array.isArray(rows) ? rows : null;
}

/** Rows in their wire form, users with the field that marks them; one that cannot be read is reported and stops nothing. */
export function readRows<K extends Kind>(rows: readonly unknown[], kind: K, userMarkField: string): Page<RecordOf<K>> {
  const wire = wireOf(kind, userMarkField) as v.GenericSchema<unknown, RecordOf<K>>;
  const page: Page<RecordOf<K>> = { records: [], unreadable: [] };
  for (const row of rows) {
    const read = readRecord(wire, row);
    if ("record" in read) page.records.push(read.record);
    else page.unreadable.push(read.unreadable);
  }
  return page;
}

function idOf(row: unknown): number[] {
  const id = typeof row === "object" && row !== null ? (row as Record<string, unknown>).id : null;
  return typeof id === "number" ? [id] : [];
}
