import { HARMS, type Harm, type Row } from "../../lib/report/model.ts";
import type { Change, Coded, PageGroup, PageIndex, PageReason } from "../../lib/report/page/format.ts";

/** One record, taken from the columns when it is shown. */
export interface Record {
  /** Its position in the columns. */
  at: number;
  /** Its key in the address bar. */
  key: string;
  name: string;
  salesforceId: string | null;
  id: number | null;
  domains: string;
  comparison: Row["comparison"];
  instance: Row["instance"];
  effect: Row["effect"];
  harm: Harm;
  outcome: Row["outcome"];
  fields: string[];
  changes: Change[];
  reason: PageReason | null;
  /** Why, in a few words: the reason, or what the explanation answers. */
  cause: string;
  links: { salesforce: string | null; zendesk: string | null };
  level: string | null;
  arr: number;
  seats: number;
}

/** The record at a position. */
export function recordAt(index: PageIndex, at: number): Record {
  const salesforceId = index.salesforceIds[at] ?? null;
  const id = index.ids[at] ?? null;
  const links = valueAt(index.links, at);
  return {
    at,
    key: keyAt(index, at),
    name: index.names[at] ?? "",
    salesforceId,
    id,
    domains: valueAt(index.domains, at),
    comparison: valueAt(index.comparison, at),
    instance: valueAt(index.instance, at),
    effect: valueAt(index.effect, at),
    harm: valueAt(index.harm, at),
    outcome: valueAt(index.outcome, at),
    fields: valueAt(index.fields, at),
    changes: valueAt(index.changes, at),
    reason: valueAt(index.reason, at),
    cause: valueAt(index.cause, at),
    links: {
      salesforce: links.salesforce?.replace("{salesforce_id}", () => salesforceId ?? "") ?? null,
      zendesk: links.zendesk?.replace("{id}", () => String(id ?? "")) ?? null,
    },
    level: valueAt(index.level, at),
    arr: index.arr[at] ?? 0,
    seats: index.seats[at] ?? 0,
  };
}

/** Returns a record's key in the address bar: its instance and its id, or its position if it has none. */
export function keyAt(index: PageIndex, at: number): string {
  const where = valueAt(index.comparison, at) ?? valueAt(index.instance, at) ?? "run";
  return `${where}:${index.salesforceIds[at] ?? index.ids[at] ?? `row-${at}`}`;
}

/** The value of a column with few distinct values. */
export function valueAt<Value>({ values, at }: Coded<Value>, position: number): Value {
  return values[at[position] ?? 0] as Value;
}

/** Returns the number of records for each value of a column. */
export function countByValue({ values, at }: Coded<unknown>): number[] {
  const counts = new Array<number>(values.length).fill(0);
  for (const code of at) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Returns the number of records for each harm, in the order of harm; the members of folded rows are all counted. */
export function countHarms(index: PageIndex): { harm: Harm; count: number }[] {
  const counts = countByValue(index.harm);
  for (const { from, members, count } of index.groups)
    if (members > 0) {
      const code = index.harm.at[from] ?? 0;
      counts[code] = (counts[code] ?? 0) + count - members;
    }
  return HARMS.map((harm) => ({ harm, count: counts[index.harm.values.indexOf(harm)] ?? 0 }));
}

/** A line of the table: a record, or a group of folded ones. Groups are negative, so that a line is a number. */
export type Line = number;

export const lineOfGroup = (group: number): Line => -1 - group;

/** The group that a line stands for; null where it is a record. */
export function groupOf(line: Line): number | null {
  return line < 0 ? -1 - line : null;
}

/** Returns the number of rows, which is also the position of the first group member. */
export function rowCount(index: PageIndex): number {
  return index.groups[0]?.from ?? index.names.length;
}

/** The record that a line shows: of a group its first member, which says what all of them say. */
export function firstRecord(line: Line, groups: readonly PageGroup[]): number {
  const group = groupOf(line);
  return group === null ? line : (groups[group]?.from ?? 0);
}
