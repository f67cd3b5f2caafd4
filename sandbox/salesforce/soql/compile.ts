import {
  type FieldType,
  type OrderByClause,
  parseQuery,
  type Query,
  type Subquery,
  type WhereClause,
} from "@jetstreamapp/soql-parser-js";
import type { SalesforceRecord } from "../../types.ts";
import { invalidField, invalidType, malformedQuery, notPlayed, outsideValidRange } from "../errors.ts";
import type { RecordStore } from "../record-store.ts";
import type { ChildList, Column, Lookup, ObjectName, Schema } from "../schema.ts";
import { comparable, comparison, type Operator } from "./comparison.ts";
import { type Condition, conditionTree } from "./condition.ts";
import { longId, textOf } from "./literal.ts";
import { located, unknownChildList, unknownColumn, unknownRelationship } from "./query-messages.ts";

/** A query ready to be run: which records, in which order, and what of them. */
export interface CompiledQuery {
  object: ObjectName;
  selected: Selected[];
  /** SELECT COUNT(): only `totalSize` is answered. */
  countOnly: boolean;
  /** Of what ids its records must be, where it says so: an index on one column; none of the others need to be looked at. */
  between: IdBounds | null;
  /** The records that meet the query, sorted and cut as it says. */
  rows(candidates: readonly SalesforceRecord[]): SalesforceRecord[];
}

/** Bounds of a column with ids, in comparable form; null: none. */
export interface IdBounds {
  column: string;
  from: string | null;
  to: string | null;
}

/** What one key of an answered record holds. */
export type Selected =
  | { kind: "column"; column: Column }
  | { kind: "lookup"; lookup: Lookup; selected: Selected[] }
  | { kind: "list"; list: ChildList; query: CompiledQuery };

/** What a query is compiled against. */
export interface Surroundings {
  schema: Schema;
  store: RecordStore;
  /** YYYY-MM-DD. */
  today: string;
}

/** @throws SalesforceError as Salesforce refuses the query */
export function compile(soql: string, surroundings: Surroundings): CompiledQuery {
  const query = parsed(soql);
  const object = surroundings.schema.object(query.sObject ?? "");
  if (!object) throw invalidType(query.sObject ?? "");
  return new Compiler(soql, surroundings, object, [query.sObject ?? "", query.sObjectAlias ?? ""]).compile(query);
}

/** Parsing takes longer than answering, and whoever asks every hour asks the same. */
const RECENT_QUERIES = 200;
const recent = new Map<string, Query>();

function parsed(soql: string): Query {
  const known = recent.get(soql);
  if (known) return known;
  const query = parsedAnew(soql);
  if (recent.size >= RECENT_QUERIES) recent.clear();
  recent.set(soql, query);
  return query;
}

function parsedAnew(soql: string): Query {
  try {
    return parseQuery(soql);
  } catch (error) {
    throw malformedQuery(error instanceof Error ? error.message : "unexpected token");
  }
}

/** A field as a query names it, followed through its lookups. */
interface Path {
  lookups: Lookup[];
  column: Column;
}

class Compiler {
  constructor(
    readonly soql: string,
    readonly surroundings: Surroundings,
    readonly object: ObjectName,
    /** What may stand before a field's name without meaning a lookup: the object or its alias. */
    readonly prefixes: readonly string[],
  ) {}

  compile(query: Query | Subquery): CompiledQuery {
    requirePlayed(query);
    const fields = query.fields ?? [];
    const countOnly = fields.length === 1 && fields.every(isCount);
    const selected: Selected[] = [];
    if (!countOnly) for (const field of fields) this.#select(selected, field);
    const matches = query.where ? this.#where(query.where) : () => true;
    const order = [query.orderBy ?? []].flat().map((clause) => this.#order(clause));
    const start = query.offset ?? 0;
    if (start > 2000) throw outsideValidRange("Maximum SOQL offset allowed is 2000");
    const end = query.limit === undefined ? undefined : start + query.limit;
    const rows = (candidates: readonly SalesforceRecord[]) => {
      const found = candidates.filter(matches);
      if (order.length > 0) found.sort((one, other) => firstDifference(order, one, other));
      return start === 0 && end === undefined ? found : found.slice(start, end);
    };
    const between = query.where ? this.#idBounds(conditionTree(query.where)) : null;
    return { object: this.object, selected, countOnly, between, rows };
  }

  /** The first column with ids that the query sets bounds to, among conditions that all must hold. */
  #idBounds(condition: Condition): IdBounds | null {
    const all = condition.kind === "AND" ? condition.parts : [condition];
    const limits = all.flatMap((part) => {
      if (part.kind !== "comparison" || part.field.includes(".") || !/^(?:>=|<)$/.test(part.operator)) return [];
      const { column } = this.#path(part.field);
      const [literal] = part.literals;
      return column.type === "id" && literal
        ? [{ ...part, column: column.name, id: longId(textOf(literal.text)) }]
        : [];
    });
    const column = limits[0]?.column;
    if (column === undefined) return null;
    const limit = (operator: Operator) =>
      limits.find((one) => one.column === column && one.operator === operator)?.id ?? null;
    return { column, from: limit(">="), to: limit("<") };
  }

  #select(selected: Selected[], field: FieldType): void {
    switch (field.type) {
      case "FieldSubquery":
        selected.push(this.#childList(field.subquery));
        return;
      case "Field":
      case "FieldRelationship": {
        if ("alias" in field) throw malformedQuery("only aggregate expressions use field aliasing");
        const { lookups, column } = this.#path(("rawValue" in field && field.rawValue) || field.field);
        addColumn(selected, lookups, column);
        return;
      }
      case "FieldFunctionExpression":
        throw notPlayed(`${field.functionName}() in SELECT`);
      case "FieldTypeof":
        throw notPlayed("TYPEOF");
    }
  }

  #childList(subquery: Subquery): Selected {
    const { schema } = this.surroundings;
    const name = subquery.relationshipName;
    const list = schema.childList(this.object, name);
    if (!list) throw invalidField(located(this.soql, name, unknownChildList(name)));
    const prefixes = [name, subquery.sObjectAlias ?? ""];
    return {
      kind: "list",
      list,
      query: new Compiler(this.soql, this.surroundings, list.to, prefixes).compile(subquery),
    };
  }

  #path(text: string): Path {
    const steps = text.split(".");
    const [first = ""] = steps;
    const isPrefix = this.prefixes.some((prefix) => prefix.toLowerCase() === first.toLowerCase());
    const names = steps.length > 1 && isPrefix && !this.#lookup(this.object, first) ? steps.slice(1) : steps;
    const lookups: Lookup[] = [];
    let object = this.object;
    for (const name of names.slice(0, -1)) {
      const lookup = this.#lookup(object, name);
      if (!lookup) throw invalidField(located(this.soql, text, unknownRelationship(name)));
      lookups.push(lookup);
      object = lookup.to;
    }
    const name = names.at(-1) ?? "";
    const column = this.surroundings.schema.column(object, name);
    if (!column) throw invalidField(located(this.soql, text, unknownColumn(object, name)));
    return { lookups, column };
  }

  #lookup(object: ObjectName, name: string): Lookup | undefined {
    return this.surroundings.schema.lookup(object, name);
  }

  /** The value at the end of a path; null where a parent on the way is missing. */
  #value({ lookups, column }: Path): (record: SalesforceRecord) => unknown {
    const { store } = this.surroundings;
    const steps = lookups.map((lookup, index) => ({ lookup, wanted: lookups[index + 1]?.name ?? column.name }));
    return (record) => {
      let at: SalesforceRecord | null = record;
      for (const { lookup, wanted } of steps) {
        if (at) at = store.parent(at, lookup, wanted);
      }
      return at?.[column.name] ?? null;
    };
  }

  #where(where: WhereClause): (record: SalesforceRecord) => boolean {
    return this.#condition(conditionTree(where));
  }

  #condition(condition: Condition): (record: SalesforceRecord) => boolean {
    switch (condition.kind) {
      case "NOT": {
        const part = this.#condition(condition.part);
        return (record) => !part(record);
      }
      case "AND": {
        const parts = condition.parts.map((part) => this.#condition(part));
        return (record) => parts.every((part) => part(record));
      }
      case "OR": {
        const parts = condition.parts.map((part) => this.#condition(part));
        return (record) => parts.some((part) => part(record));
      }
      case "comparison": {
        const path = this.#path(condition.field);
        const value = this.#value(path);
        const test = comparison(path.column, condition.operator, condition.literals, this.surroundings.today);
        return (record) => test(value(record));
      }
    }
  }

  /** Nulls come first unless the query says otherwise, in descending order too. */
  #order(clause: OrderByClause): Comparator {
    if (!("field" in clause)) throw notPlayed("functions in ORDER BY");
    const path = this.#path(clause.field);
    const value = this.#value(path);
    const direction = clause.order === "DESC" ? -1 : 1;
    const nulls = clause.nulls === "LAST" ? 1 : -1;
    return (one, other) => {
      const [a, b] = [comparable(path.column, value(one)), comparable(path.column, value(other))];
      if (a === b) return 0;
      if (a === null || b === null) return a === null ? nulls : -nulls;
      return a < b ? -direction : direction;
    };
  }
}

type Comparator = (one: SalesforceRecord, other: SalesforceRecord) => number;

function firstDifference(order: Comparator[], one: SalesforceRecord, other: SalesforceRecord): number {
  for (const compare of order) {
    const difference = compare(one, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Fields of the same parent share one nested object. @throws INVALID_FIELD for a field selected twice */
function addColumn(selected: Selected[], lookups: readonly Lookup[], column: Column): void {
  const [lookup, ...rest] = lookups;
  if (!lookup) {
    if (selected.some((item) => item.kind === "column" && item.column === column))
      throw invalidField(`duplicate field selected: ${column.name}`);
    selected.push({ kind: "column", column });
    return;
  }
  let parent = selected.find((item) => item.kind === "lookup" && item.lookup === lookup);
  if (parent?.kind !== "lookup") {
    parent = { kind: "lookup", lookup, selected: [] };
    selected.push(parent);
  }
  addColumn(parent.selected, rest, column);
}

function isCount(field: FieldType): boolean {
  return field.type === "FieldFunctionExpression" && /^count$/i.test(field.functionName) && !field.parameters.length;
}

function requirePlayed(query: Query | Subquery): void {
  const { groupBy, having, usingScope, withDataCategory, withSecurityEnforced, withAccessLevel, update } = query;
  if (groupBy || having) throw notPlayed("GROUP BY");
  if (usingScope) throw notPlayed("USING SCOPE");
  if (withDataCategory || withSecurityEnforced || withAccessLevel) throw notPlayed("WITH");
  if (query.for || update) throw notPlayed("FOR and UPDATE");
}
