import * as v from "valibot";
import type { Organization } from "../../domain/organization.ts";
import { IncompleteError } from "../../errors.ts";
import type { ZendeskClient } from "./client.ts";
import { type ListingOptions, listAll, MAX_RECORDS } from "./list.ts";
import type { ListOptions, Page } from "./ports.ts";

const CountSchema = v.object({ count: v.object({ value: v.pipe(v.number(), v.minValue(0)) }) });

/** From here on the count may stand still (facts/zendesk.md 2), and says nothing. */
export const PINNED = 100_000;

/**
 * Every organization of an instance. A list that ends early looks complete (S1), and an instance that looks empty takes any number
 * of creates (S2), so Zendesk's own count is held against it. That one is approximate and up to a day old (facts/zendesk.md 2):
 * only fewer than half of it is refused, or more than twice as many. `count`: asked beside the list.
 */
export async function* allOrganizations(
  client: ZendeskClient,
  { count = () => countOf(client), onPage }: ListOptions & Pick<ListingOptions<Organization>, "onPage"> = {},
): AsyncGenerator<Page<Organization>> {
  let listed = 0;
  const maxRecords = async () => maxOf(await counting);
  const pages = listAll(client, "organizations", "/organizations", { confirmEnd: true, maxRecords, onPage });
  // Before the count: its pages come one after the other, and take longest.
  const first = pages.next();
  const counting = count();
  for (let page = await first; !page.done; page = await pages.next()) {
    listed += page.value.records.length + page.value.unreadable.length;
    yield page.value;
  }
  const counted = await counting;
  if (counted === null || listed >= counted / 2) return;
  throw new IncompleteError(
    `Not complete: the list of organizations of Zendesk ${client.instance} ended after ${listed} records, but its count is ${counted}. Nothing was kept; the next run reads it again.`,
  );
}

/** Upper limit for the length of a list of organizations: the count is approximate, and so is this. */
function maxOf(counted: number | null): number {
  return counted === null || counted >= PINNED ? MAX_RECORDS : 2 * counted;
}

/** True if a list is too short to be all of an instance: less than half of a count that is itself approximate. Pure. */
export function isMuchLessThanCounted(listed: number, counted: number): boolean {
  return counted < PINNED && listed < counted / 2;
}

/** True if a list is longer than an instance can be, by the same count. Pure. */
export function isMoreThanCounted(listed: number, counted: number): boolean {
  return listed > maxOf(counted);
}

/** Null where the account has no such count: it is one proof more, and never the only one. */
export async function countOf(client: ZendeskClient): Promise<number | null> {
  try {
    const answer = v.safeParse(CountSchema, await client.get("/organizations/count"));
    return answer.success ? answer.output.count.value : null;
  } catch {
    return null;
  }
}
