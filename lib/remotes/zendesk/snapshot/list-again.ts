import pLimit from "p-limit";
import * as v from "valibot";
import { IncompleteError } from "../../../errors.ts";
import type { ZendeskClient } from "../client.ts";
import { listAll, type RecordOf, rowsOf } from "../list.ts";
import { Listing } from "./listing.ts";
import type { ListedAgain } from "./picture.ts";
import type { SnapshotPage } from "./store.ts";
import { MAX_NEW_PAGES, pagesToCheck } from "./trust.ts";
import { type ListedKind, readListed } from "./wire-rows.ts";

/** New records stand at the end, but within a batch ids are in no order (facts/zendesk.md 2): more than a page of known ones is looked at. */
const END_PAGES = 2;
/** Pages that are listed at once. */
const AT_ONCE = 8;
const PagingSchema = v.object({ meta: v.object({ has_more: v.boolean() }) });

/** Pages of a list as they are now, and where pages begin that are new. */
export interface PagesAgain<T> {
  pages: ListedAgain<T>[];
  /** Those that were listed, with the moment, and new ones. */
  checked: SnapshotPage[];
}

/**
 * Lists again what is due of the pages of a list (the longest unchecked first), and its end: what is new stands there.
 * Null where so much is new that listing everything is no dearer. Throws as lists do.
 *
 * @param now Zendesk's time
 */
export async function listAgain<K extends ListedKind>(
  client: ZendeskClient,
  kind: K,
  known: readonly SnapshotPage[],
  now: number,
): Promise<PagesAgain<RecordOf<K>> | null> {
  const [endFrom] = known.slice(-END_PAGES);
  if (endFrom === undefined) return null;
  const before = known.slice(0, -END_PAGES);
  const lastTime = Math.max(...known.map(({ checkedAt }) => checkedAt));
  const due = [...before]
    .sort((one, other) => one.checkedAt - other.checkedAt || one.place - other.place)
    .slice(0, pagesToCheck(before.length, now - lastTime));
  const limit = pLimit(AT_ONCE);
  const [end, ...pages] = await Promise.all([
    listEnd(client, kind, endFrom, now),
    ...due.map((page) => limit(() => pageAgain(client, kind, page))),
  ]);
  if (end === null) return null;
  const checked = due.map((page) => ({ ...page, checkedAt: now }));
  return { pages: [...pages, ...end.pages], checked: [...checked, ...end.checked] };
}

async function pageAgain<K extends ListedKind>(
  client: ZendeskClient,
  kind: K,
  { path, behindId }: SnapshotPage,
): Promise<ListedAgain<RecordOf<K>>> {
  const body: unknown = await client.get(path);
  const paging = v.safeParse(PagingSchema, body);
  const rows = readListed(rowsOf(body, kind) ?? [null], kind, client.userMarkField);
  if (!paging.success || !rows)
    throw new IncompleteError(
      `Not complete: a page of ${kind} of Zendesk ${client.instance} that was listed again is none.`,
    );
  return { behindId, rows, isLast: !paging.output.meta.has_more };
}

/** Everything from a page on. Null where there are too many new ones. */
async function listEnd<K extends ListedKind>(
  client: ZendeskClient,
  kind: K,
  from: SnapshotPage,
  now: number,
): Promise<PagesAgain<RecordOf<K>> | null> {
  const listing = new Listing(client, kind);
  for await (const _ of listAll(client, kind, "", { from: from.path, onPage: listing.take }))
    if (listing.pages.length > MAX_NEW_PAGES) return null;
  if (!listing.canBeKept)
    throw new IncompleteError(
      `Not complete: the end of the list of ${kind} of Zendesk ${client.instance} is in no order.`,
    );
  const checked = listing.pages.map(
    ({ place, path, behindId }): SnapshotPage => ({
      place: from.place + place,
      path,
      behindId: behindId ?? from.behindId,
      checkedAt: now,
    }),
  );
  return { pages: [{ behindId: from.behindId, rows: listing.rows, isLast: true }], checked };
}
