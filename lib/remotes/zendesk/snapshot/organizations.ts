import { type Organization, OrganizationSchema } from "../../../domain/organization.ts";
import { type Reason, reason } from "../../../domain/reason.ts";
import { messageOf, StoppedError } from "../../../errors.ts";
import { fitsOf } from "../../../storage/artifacts/fits-schema.ts";
import { allOrganizations, countOf } from "../all-organizations.ts";
import type { ZendeskClient } from "../client.ts";
import type { ListOptions, Page } from "../ports.ts";
import { type ExportBudget, exportOrganizations } from "./incremental-export.ts";
import type { SnapshotKeeper } from "./keeper.ts";
import { listAgain } from "./list-again.ts";
import { Listing } from "./listing.ts";
import { Picture } from "./picture.ts";
import type { KeptList, ListToKeep } from "./store.ts";
import { agreesWithCount, exportedUntil, exportFrom, isDue } from "./trust.ts";

const LIST = "organizations";
/** Records to a page of what is known already. */
const PAGE = 1000;

/** A snapshot that was completed, and what is to be kept of it; or why there is none (nothing to tell where that is as it should be). */
export type Completed<T> = { is: "complete"; picture: Picture<T>; keep: ListToKeep } | { is: "none"; told: Reason[] };

/**
 * Every organization of an instance, as `allOrganizations`: from the snapshot and what was exported since, where that is proved
 * (decision 54), else by listing them all.
 */
export async function* organizationsBySnapshot(
  client: ZendeskClient,
  keeper: SnapshotKeeper,
  identity: () => Promise<string>,
  { count = () => countOf(client) }: ListOptions = {},
): AsyncGenerator<Page<Organization>> {
  const own = await identity();
  const completed = await completedOrganizations(client, keeper, own, count);
  if (completed.is === "complete") {
    yield* pagesOf(completed.picture);
    yield* told(await keeper.keep([completed.keep]));
    return;
  }
  const { told: why } = completed;
  if (why.length > 0) yield { records: [], unreadable: [], told: why };
  const listing = new Listing(client, LIST);
  let counted: number | null = null;
  yield* allOrganizations(client, { count: async () => (counted = await count()), onPage: listing.take });
  if (listing.begunAt === null || !listing.canBeKept || !agreesWithCount(listing.rows.length, counted)) return;
  const meta = { identity: own, listedAt: listing.begunAt, coveredUntil: listing.begunAt };
  const changes = { changed: listing.rows, removed: [], pages: listing.pages };
  yield* told(await keeper.keep([{ list: LIST, meta, basis: null, changes }]));
}

async function completedOrganizations(
  client: ZendeskClient,
  keeper: SnapshotKeeper,
  identity: string,
  count: () => Promise<number | null>,
): Promise<Completed<Organization>> {
  const read = keeper.read((store) => store.read(LIST, isOrganization));
  if ("told" in read) return { is: "none", told: [read.told] };
  const kept = read.answer;
  const now = client.remoteNow();
  if (kept === null || now === null) return { is: "none", told: [] };
  if (kept.meta.identity !== identity) return { is: "none", told: [reason("snapshot.of_another", { list: LIST })] };
  if (isDue(kept.meta, now)) return { is: "none", told: [] };
  try {
    return await completedFrom(client, kept, now, count, keeper.exports);
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    return { is: "none", told: [reason("snapshot.not_completed", { list: LIST, message: messageOf(error) })] };
  }
}

async function completedFrom(
  client: ZendeskClient,
  { meta, rows, pages }: KeptList<Organization>,
  now: number,
  count: () => Promise<number | null>,
  budget: ExportBudget,
): Promise<Completed<Organization>> {
  const [exported, again, counted] = await Promise.all([
    exportOrganizations(client, exportFrom(meta.coveredUntil), budget),
    listAgain(client, LIST, pages, now),
    count(),
  ]);
  if (exported.is === "none") return { is: "none", told: [exported.why] };
  if (again === null) return { is: "none", told: [] };
  const picture = new Picture(rows);
  for (const row of exported.rows) picture.take(row);
  const freshFrom = exportedUntil(now);
  const wrong = again.pages.flatMap((page) => picture.hold(page, freshFrom));
  if (wrong.length > 0) return { is: "none", told: [differs(LIST, wrong)] };
  if (counted !== null && !agreesWithCount(picture.size, counted))
    return { is: "none", told: [reason("snapshot.count_differs", { list: LIST, known: picture.size, counted })] };
  const changes = { changed: picture.changed(), removed: picture.removed(), pages: again.checked };
  return {
    is: "complete",
    picture,
    keep: { list: LIST, basis: meta, meta: { ...meta, coveredUntil: freshFrom }, changes },
  };
}

/** The first ten of the records, and how many there are. */
export function differs(list: ListToKeep["list"], ids: readonly number[]): Reason {
  const records = [...new Set(ids)].sort((one, other) => one - other);
  return reason("snapshot.differs", { list, records: records.slice(0, 10), differing: records.length });
}

/** Yields the known records, in pages like those of a list. */
export function* pagesOf<T>(picture: Picture<T>): Generator<Page<T>> {
  let page: Page<T> = { records: [], unreadable: [] };
  for (const { record, unreadable } of picture.rows()) {
    if (record !== null) page.records.push(record);
    if (unreadable !== null) page.unreadable.push(unreadable);
    if (page.records.length + page.unreadable.length < PAGE) continue;
    yield page;
    page = { records: [], unreadable: [] };
  }
  yield page;
}

/** A page that only tells something; none where there is nothing to tell. */
export function* told(why: Reason | null): Generator<Page<never>> {
  if (why !== null) yield { records: [], unreadable: [], told: [why] };
}

const fits = fitsOf(OrganizationSchema);

function isOrganization(value: unknown): value is Organization {
  return fits(value);
}
