import * as v from "valibot";
import { IncompleteError } from "../errors.ts";
import type { ZendeskClient } from "./client.ts";
import type { Page } from "./ports.ts";
import { readRecord, WIRE } from "./schema.ts";

type Kind = keyof typeof WIRE;
export type RecordOf<K extends Kind> = v.InferOutput<(typeof WIRE)[K]>;

const PAGE_SIZE = 100;

const PagingSchema = v.object({
  meta: v.object({ has_more: v.boolean() }),
  links: v.object({ next: v.nullable(v.string()) }),
});

/**
 * Every record of a list, page by page, with cursor paging. Proves completeness (S1): goes on until `has_more` is false (the
 * next link stands there on the last page too, so it proves nothing), and takes no id twice.
 */
export async function* listAll<K extends Kind>(
  client: ZendeskClient,
  kind: K,
  path: string,
): AsyncGenerator<Page<RecordOf<K>>> {
  const what = `the list of ${kind.replaceAll("_", " ")} of Zendesk ${client.instance}`;
  const seen = new Set<number>();
  let url = `${path}${path.includes("?") ? "&" : "?"}page%5Bsize%5D=${PAGE_SIZE}`;
  for (;;) {
    const body = await client.get(url);
    const rows = rowsOf(body, kind);
    const paging = v.safeParse(PagingSchema, body);
    if (!rows || !paging.success)
      throw new IncompleteError(
        `A page of ${what} is no page: its records or its paging are missing. Nothing was kept; run again, and if it stays so, tell the maintainers.`,
      );
    for (const id of rows.flatMap(idOf)) {
      if (seen.has(id))
        throw new IncompleteError(
          `In ${what}, record ${id} came twice: the list changed under way, and another record may be missing. Nothing was kept; run again.`,
        );
      seen.add(id);
    }
    yield readRows(rows, kind);
    const { meta, links } = paging.output;
    if (!meta.has_more) return;
    if (links.next === null || links.next === url)
      throw new IncompleteError(
        `${what[0]?.toUpperCase()}${what.slice(1)} stopped after ${seen.size} records although Zendesk has more. Nothing was kept; run again.`,
      );
    url = links.next;
  }
}

/** The rows under a key of an answer; null where they are no list. */
export function rowsOf(body: unknown, key: string): unknown[] | null {
  const rows = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[key] : null;
  return Array.isArray(rows) ? rows : null;
}

/** Rows in their wire form; one that cannot be read is reported and stops nothing. */
export function readRows<K extends Kind>(rows: readonly unknown[], kind: K): Page<RecordOf<K>> {
  const page: Page<RecordOf<K>> = { records: [], unreadable: [] };
  for (const row of rows) {
    const read = readRecord(WIRE[kind] as v.GenericSchema<unknown, RecordOf<K>>, row);
    if ("record" in read) page.records.push(read.record);
    else page.unreadable.push(read.unreadable);
  }
  return page;
}

function idOf(row: unknown): number[] {
  const id = typeof row === "object" && row !== null ? (row as Record<string, unknown>).id : null;
  return typeof id === "number" ? [id] : [];
}
