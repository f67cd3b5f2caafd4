import { invalidField, invalidFilterOperator, malformedQuery, notPlayed } from "../errors.ts";
import type { Column } from "../schema.ts";
import { likePattern, longId, textOf } from "./literal.ts";

/** One literal of a condition, as the parser found it. */
export interface Literal {
  /** The parser's name for what it is: STRING, INTEGER, DATE, … */
  type: string;
  /** As written; a string with its quotes. */
  text: string;
}

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" | "IN" | "NOT IN" | "INCLUDES" | "EXCLUDES";

/** Whether a column's value meets a condition. */
export type Test = (value: unknown) => boolean;

/**
 * The test a condition puts to a column's value (facts 5): text is compared without case, no text and null are the same,
 * an unticked checkbox and null too; `!=` and `NOT IN` accept null, `<` and `>` never do.
 * @param today what TODAY means, YYYY-MM-DD
 * @throws INVALID_FIELD for a literal of another type than the column's, and for a date in quotes
 */
export function comparison(column: Column, operator: Operator, literals: readonly Literal[], today: string): Test {
  requireOperator(column, operator);
  if (operator === "LIKE") return like(column, literals);
  if (operator === "INCLUDES" || operator === "EXCLUDES") return picks(column, operator, literals);
  const wanted = literals.map((literal) => meant(column, literal, today));
  const among = new Set(wanted);
  const [limit] = wanted;
  switch (operator) {
    case "=":
    case "IN":
      return (value) => among.has(comparable(column, value));
    case "!=":
    case "NOT IN":
      return (value) => !among.has(comparable(column, value));
    case "<":
      return ordered(column, limit, (value, other) => value < other);
    case "<=":
      return ordered(column, limit, (value, other) => value <= other);
    case ">":
      return ordered(column, limit, (value, other) => value > other);
    case ">=":
      return ordered(column, limit, (value, other) => value >= other);
  }
}

type Comparable = string | number | boolean | null;

/** A stored value in the form in which it is compared; for ORDER BY too. */
export function comparable(column: Column, value: unknown): Comparable {
  if (column.type === "boolean") return value === true;
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (column.type === "id") return longId(String(value));
  if (column.type === "datetime") return Date.parse(String(value));
  return String(value).toLowerCase();
}

function ordered(
  column: Column,
  limit: Comparable | undefined,
  holds: (value: string | number | boolean, limit: string | number | boolean) => boolean,
): Test {
  return (stored) => {
    const value = comparable(column, stored);
    return value !== null && limit !== null && limit !== undefined && holds(value, limit);
  };
}

function like(column: Column, literals: readonly Literal[]): Test {
  const patterns = literals.map((literal) => {
    requireType(column, literal);
    return likePattern(literal.text);
  });
  return (value) => typeof value === "string" && value !== "" && patterns.some((pattern) => pattern.test(value));
}

/** Multi-select picklists: `('A;B', 'C')` asks for both A and B, or for C; values that are set beside them do not matter. */
function picks(column: Column, operator: "INCLUDES" | "EXCLUDES", literals: readonly Literal[]): Test {
  const wanted = literals.map((literal) => {
    requireType(column, literal);
    return values(textOf(literal.text));
  });
  // Few combinations of values are spread over many records.
  const known = new Map<unknown, boolean>();
  const includes: Test = (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const set = new Set(values(typeof value === "string" ? value : ""));
    const included = wanted.some((all) => all.every((one) => set.has(one)));
    known.set(value, included);
    return included;
  };
  return operator === "INCLUDES" ? includes : (value) => !includes(value);
}

function values(joined: string): string[] {
  return joined.split(";").map((value) => value.trim().toLowerCase());
}

function requireOperator({ name, type }: Column, operator: Operator): void {
  const picking = operator === "INCLUDES" || operator === "EXCLUDES";
  if (picking && type !== "multipicklist")
    throw invalidFilterOperator(`includes or excludes operator only valid on multipicklist field '${name}'`);
  const ordering = ["<", "<=", ">", ">=", "LIKE"].includes(operator);
  const unordered = type === "boolean" || type === "multipicklist";
  if ((ordering && unordered) || (operator === "LIKE" && type !== "text"))
    throw invalidFilterOperator(`invalid operator on ${type} field '${name}'`);
}

/** What a literal means for this column, in comparable form. */
function meant(column: Column, literal: Literal, today: string): Comparable {
  if (literal.type === "NULL") return column.type === "boolean" ? false : null;
  requireType(column, literal);
  switch (column.type) {
    case "number":
      return Number(literal.text);
    case "boolean":
      return literal.text.toUpperCase() === "TRUE";
    case "datetime":
      return comparable(column, literal.text);
    case "date":
      return literal.type === "DATE" ? literal.text : namedDay(literal.text, today);
    case "id":
      return idMeant(column, textOf(literal.text));
    default:
      return comparable(column, textOf(literal.text));
  }
}

function idMeant(column: Column, id: string): Comparable {
  if (id !== "" && !/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(id))
    throw invalidFilterOperator(`invalid ID field: ${id}`);
  return comparable(column, id);
}

const named: Record<string, number> = { YESTERDAY: -1, TODAY: 0, TOMORROW: 1 };

function namedDay(name: string, today: string): string {
  const days = named[name.toUpperCase()];
  if (days === undefined) throw notPlayed(`the date literal ${name}`);
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** The literals that each type of column takes, and what Salesforce says to others. */
const accepted: Record<Column["type"], { literals: RegExp; says: string }> = {
  id: { literals: /^STRING$/, says: "must be of type string and should be enclosed in quotes" },
  text: { literals: /^STRING$/, says: "must be of type string and should be enclosed in quotes" },
  multipicklist: { literals: /^STRING$/, says: "must be of type string and should be enclosed in quotes" },
  number: { literals: /^(?:INTEGER|DECIMAL)$/, says: "must be of type double and should not be enclosed in quotes" },
  boolean: { literals: /^BOOLEAN$/, says: "must be of type boolean and should not be enclosed in quotes" },
  datetime: {
    literals: /^DATETIME$/,
    says: "must be of type dateTime and should not be enclosed in quotes",
  },
  date: {
    literals: /^(?:DATE|DATE_LITERAL|DATE_N_LITERAL)$/,
    says: "must be of type date and should not be enclosed in quotes",
  },
};

function requireType({ name, type }: Column, literal: Literal): void {
  const { literals, says } = accepted[type];
  if (!literals.test(literal.type)) throw invalidField(`value of filter criterion for field '${name}' ${says}`);
  if (literal.type === "DATE" && Number.isNaN(Date.parse(`${literal.text}T00:00:00Z`)))
    throw malformedQuery(`Invalid date: ${literal.text}`);
}
