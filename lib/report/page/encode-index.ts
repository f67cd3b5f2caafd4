import { explain, titleOf, whatText } from "../../reasons/reason-text.ts";
import { causeOf } from "../cause.ts";
import type { FoldedRows, ReportModel, Row } from "../model.ts";
import { CHANGES_IN_INDEX, type Coded, type LinkPattern, type PageIndex, type PageReason } from "./format.ts";

/** The columns of everything that a report lists, rows first. Pure. */
export function encodeIndex({ rows, folded }: Pick<ReportModel, "rows" | "folded">): PageIndex {
  const records: Indexed[] = [...rows.map(asIndexed), ...folded.flatMap(membersAsRows)];
  return {
    names: records.map(({ name }) => name),
    salesforceIds: records.map(({ salesforce_id }) => salesforce_id),
    ids: records.map(({ id }) => id),
    domains: coded(records, ({ domains }) => domains.join(" ")),
    comparison: coded(records, ({ comparison }) => comparison),
    instance: coded(records, ({ instance }) => instance),
    effect: coded(records, ({ effect }) => effect),
    harm: coded(records, ({ harm }) => harm),
    outcome: coded(records, ({ outcome }) => outcome),
    fields: codedByJson(records, ({ fields }) => fields),
    changes: codedByJson(records, ({ changes }) => firstChanges(changes)),
    reason: told(records),
    cause: coded(records, ({ cause }) => cause),
    links: codedByJson(records, linkPattern),
    level: coded(records, ({ weight }) => weight.level),
    arr: records.map(({ weight }) => weight.arr),
    seats: records.map(({ weight }) => weight.seats),
    groups: groupsOf(rows.length, folded),
  };
}

/** Values that folded rows do not have for their members. */
const UNKNOWN_OF_MEMBERS = {
  domains: [],
  weight: { level: null, arr: 0, seats: 0 },
  links: { salesforce: null, zendesk: null },
};

/** A row as the index needs it: of a member of folded rows, not everything is known. */
type Indexed = Omit<Row, "explanation" | "id_of"> & { fields: string[]; cause: string };

function asIndexed(row: Row): Indexed {
  return { ...row, fields: row.changes.map(({ field }) => field), cause: causeOf(row) };
}

/** Fields that say what a change means to the customer: they are told first where a row has no room for all. */
const FIELDS_SHOWN_FIRST = [
  "support_hold",
  "restricted_account",
  "support_level",
  "mark_for_deletion",
  "expiration_date",
];

function firstChanges(changes: Row["changes"]): Row["changes"] {
  if (changes.length <= CHANGES_IN_INDEX) return changes;
  const first = changes.filter(({ field }) => FIELDS_SHOWN_FIRST.includes(field));
  return [...first, ...changes.filter((change) => !first.includes(change))].slice(0, CHANGES_IN_INDEX);
}

function membersAsRows(group: FoldedRows): Indexed[] {
  const { members, comparison, instance, effect, harm, outcome, fields } = group;
  const shared = { comparison, instance, effect, harm, outcome, fields, ...UNKNOWN_OF_MEMBERS };
  return members.map(({ salesforce_id, id, name, changes = [], reason = null }) => ({
    ...shared,
    salesforce_id,
    id,
    name,
    changes,
    reason: reason ?? group.reason,
    cause: reason === null ? "" : whatText(reason),
  }));
}

function groupsOf(first: number, folded: readonly FoldedRows[]): PageIndex["groups"] {
  let from = first;
  return folded.map(({ members, count, changes, reason, code }) => {
    const cause = reason !== null ? whatText(reason) : code === null ? "" : titleOf(code);
    const group = { from, members: members.length, count, changes, cause };
    from += members.length;
    return group;
  });
}

function coded<Record, Value>(records: readonly Record[], read: (record: Record) => Value): Coded<Value> {
  return codedBy(records, read, (value) => value);
}

function codedByJson<Record, Value>(records: readonly Record[], read: (record: Record) => Value): Coded<Value> {
  return codedBy(records, read, (value) => JSON.stringify(value));
}

function codedBy<Record, Value>(
  records: readonly Record[],
  read: (record: Record) => Value,
  keyOf: (value: Value) => unknown,
): Coded<Value> {
  const positions = new Map<unknown, number>();
  const values: Value[] = [];
  const at = records.map((record) => {
    const value = read(record);
    const key = keyOf(value);
    const known = positions.get(key);
    if (known !== undefined) return known;
    positions.set(key, values.length);
    return values.push(value) - 1;
  });
  return { values, at };
}

/** Each distinct reason is put into words once: fifty thousand rows have few. */
function told(records: readonly Pick<Row, "reason">[]): Coded<PageReason | null> {
  const { values, at } = codedByJson(records, ({ reason }) => reason);
  return {
    values: values.map((reason) => reason && { code: reason.code, title: titleOf(reason.code), ...explain(reason) }),
    at,
  };
}

/** Addresses differ in nothing but the ids: each pattern is told once. */
function linkPattern({ links, salesforce_id, id }: Pick<Row, "links" | "salesforce_id" | "id">): LinkPattern {
  return {
    salesforce: pattern(links.salesforce, "{salesforce_id}", salesforce_id),
    zendesk: pattern(links.zendesk, "{id}", id === null ? null : String(id)),
  };
}

function pattern(address: string | null, placeholder: string, id: string | null): string | null {
  if (address === null || id === null || id === "") return address;
  const at = address.lastIndexOf(id);
  return at === -1 ? address : address.slice(0, at) + placeholder + address.slice(at + id.length);
}
