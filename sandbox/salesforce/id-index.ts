import type { SalesforceRecord } from "../types.ts";
import { longId } from "./soql/literal.ts";

/** The records of an object ascending by the id in a column, with those ids beside; records without one are in no range. */
export interface Index {
  ids: string[];
  records: SalesforceRecord[];
}

export function indexed(records: Iterable<SalesforceRecord>, column: string): Index {
  const entries: [id: string, record: SalesforceRecord][] = [];
  for (const record of records) {
    const id = record[column];
    if (typeof id === "string" && id !== "") entries.push([longId(id), record]);
  }
  entries.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return { ids: entries.map(([id]) => id), records: entries.map(([, record]) => record) };
}

/** The records from a bound (included) to another (not included); null: no bound. */
export function within({ ids, records }: Index, from: string | null, to: string | null): SalesforceRecord[] {
  const begin = from === null ? 0 : firstNotBelow(ids, from);
  return records.slice(begin, to === null ? undefined : firstNotBelow(ids, to));
}

function firstNotBelow(ids: readonly string[], bound: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as string) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
