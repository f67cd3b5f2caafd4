import { HARMS } from "../../lib/report/model.ts";
import type { Coded, PageIndex } from "../../lib/report/page/format.ts";
import { firstRecord, groupOf, type Line, lineOfGroup, rowCount, valueAt } from "./records.ts";
import { comparable, type Haystack, wordsOf } from "./search.ts";
import type { Sort, View } from "./view.ts";

/** Records and groups selected by a view. */
export interface Selection {
  /** The table's lines, in order; members of an open group after its line. */
  lines: Line[];
  /** Number of these records, including those in groups. */
  records: number;
  /** Number of these records in each group. */
  inGroup: number[];
}

/** Selects and sorts. Every keystroke comes here: one pass over the columns, nothing is sorted again. */
export function select(index: PageIndex, haystack: Haystack, order: readonly Line[], view: View): Selection {
  const isShown = matcher(index, haystack, view);
  const inGroup = index.groups.map(({ from, members }) => {
    let count = 0;
    for (let at = from; at < from + members; at++) if (isShown(at)) count++;
    return count;
  });
  const lines: Line[] = [];
  let records = 0;
  for (const line of order) {
    const group = groupOf(line);
    if (group === null) {
      if (!isShown(line)) continue;
      records++;
      lines.push(line);
      continue;
    }
    const { from = 0, members = 0, count = 0 } = index.groups[group] ?? {};
    const shown = inGroup[group] ?? 0;
    if (shown === 0) continue;
    records += shown === members ? count : shown;
    lines.push(line);
    if (isExpanded(index, inGroup, group, view))
      for (let at = from; at < from + members; at++) if (isShown(at)) lines.push(at);
  }
  return { lines, records, inGroup };
}

/** Members that a search found, of so many at most, are shown without being asked for. */
const FOUND_AT_MOST = 20;

/** True if the members of a group are shown: because it is open, or because the search found few of them. */
export function isExpanded(index: PageIndex, inGroup: readonly number[], group: number, view: View): boolean {
  const found = inGroup[group] ?? 0;
  const isFound = view.query.trim() !== "" && found < (index.groups[group]?.members ?? 0) && found <= FOUND_AT_MOST;
  return isFound || view.open === groupKey(group);
}

/** Key of a group of folded rows in the address bar. */
export const groupKey = (group: number): string => `group:${group}`;

/** Returns a predicate that is true for the positions of the records that a view shows. */
function matcher(index: PageIndex, haystack: Haystack, view: View): (at: number) => boolean {
  const { filters, harms } = view;
  const columns = [
    allowed(index.harm, harms.length > 0 ? (harm) => harms.includes(harm) : null),
    allowed(index.instance, filters.instance === undefined ? null : (value) => value === filters.instance),
    allowed(index.effect, filters.effect === undefined ? null : (value) => value === filters.effect),
    allowed(index.outcome, filters.outcome === undefined ? null : (value) => value === filters.outcome),
    allowed(index.reason, filters.reason === undefined ? null : (value) => value?.title === filters.reason),
    allowed(
      index.fields,
      ((field) => (field === undefined ? null : (value: string[]) => value.includes(field)))(filters.field),
    ),
  ].filter((column) => column !== null);
  const words = wordsOf(view.query);
  return (at) => {
    for (const { codes, allows } of columns) if (!allows[codes[at] ?? 0]) return false;
    for (const word of words) if (!haystack[at]?.includes(word)) return false;
    return true;
  };
}

/** Which codes of a column a filter allows; null where it does not filter. */
function allowed<Value>(column: Coded<Value>, test: ((value: Value) => boolean) | null) {
  return test === null ? null : { codes: column.at, allows: column.values.map(test) };
}

/** All lines in an order: rows and groups, not the members of groups. By harm: as the model has them, groups after their equals. */
export function orderOf(index: PageIndex, sort: Sort, descending: boolean): Line[] {
  const lines: Line[] = Array.from({ length: rowCount(index) }, (_, row) => row);
  for (const group of index.groups.keys()) lines.push(lineOfGroup(group));
  const rank = rankOf(index, sort);
  const ranks = new Map(lines.map((line) => [line, rank(line)] as const));
  const direction = descending ? -1 : 1;
  return lines.sort((one, other) => {
    const [left, right] = [ranks.get(one) ?? 0, ranks.get(other) ?? 0];
    return left < right ? -direction : left > right ? direction : 0;
  });
}

function rankOf(index: PageIndex, sort: Sort): (line: Line) => string | number {
  const at = (line: Line) => firstRecord(line, index.groups);
  switch (sort) {
    case "harm":
      return (line) => HARMS.indexOf(valueAt(index.harm, at(line)));
    case "customer":
      return (line) => (line < 0 ? "\uffff" : comparable(index.names[line] ?? ""));
    case "change":
      return (line) => valueAt(index.fields, at(line)).join(" ");
    case "reason":
      return (line) => valueAt(index.reason, at(line))?.title ?? "\uffff";
    default:
      return (line) => valueAt<string | null>(index[sort], at(line)) ?? "\uffff";
  }
}
