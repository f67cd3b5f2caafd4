import type { WhereClause } from "@jetstreamapp/soql-parser-js";
import { malformedQuery, notPlayed } from "../errors.ts";
import type { Literal, Operator } from "./comparison.ts";

/** A WHERE clause as a tree. */
export type Condition = { kind: "AND" | "OR"; parts: Condition[] } | { kind: "NOT"; part: Condition } | Comparison;

/** One comparison of a field, named as in the query, with its literals. */
export interface Comparison {
  kind: "comparison";
  field: string;
  operator: Operator;
  literals: Literal[];
}

/**
 * The tree of a WHERE clause; the parser gives a chain of conditions with counts of parentheses only.
 * @throws MALFORMED_QUERY for AND and OR mixed at one level: Salesforce wants parentheses there (facts 5)
 */
export function conditionTree(where: WhereClause): Condition {
  const tokens = new Tokens(flattened(where));
  const tree = alternatives(tokens);
  if (tokens.next !== undefined) throw malformedQuery(`unexpected token: '${spelled(tokens.next)}'`);
  return tree;
}

type Token = "(" | ")" | "AND" | "OR" | "NOT" | Comparison;

class Tokens {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token | undefined {
    this.#at += 1;
    return this.#tokens[this.#at - 1];
  }
}

/** One level: conditions joined by AND only, or by OR only. */
function alternatives(tokens: Tokens): Condition {
  const first = single(tokens);
  const joint = tokens.next;
  if (joint !== "AND" && joint !== "OR") return first;
  const parts = [first];
  while (tokens.next === joint) {
    tokens.take();
    parts.push(single(tokens));
  }
  if (tokens.next === "AND" || tokens.next === "OR") throw malformedQuery(`unexpected token: '${tokens.next}'`);
  return { kind: joint, parts };
}

function single(tokens: Tokens): Condition {
  const token = tokens.take();
  if (token === "NOT") return { kind: "NOT", part: single(tokens) };
  if (token === "(") {
    const inner = alternatives(tokens);
    if (tokens.take() !== ")") throw malformedQuery("expecting a right parentheses");
    return inner;
  }
  if (typeof token === "object") return token;
  throw malformedQuery(`unexpected token: '${token === undefined ? "<EOF>" : spelled(token)}'`);
}

function spelled(token: Token): string {
  return typeof token === "object" ? token.field : token;
}

function flattened(where: WhereClause): Token[] {
  const tokens: Token[] = [];
  for (let clause: WhereClause | undefined = where; clause; clause = "right" in clause ? clause.right : undefined) {
    const { left } = clause;
    tokens.push(...repeated("(", left && "openParen" in left ? left.openParen : 0));
    if (left && "operator" in left) {
      tokens.push(compared(left), ...repeated(")", left.closeParen));
    }
    if ("operator" in clause) tokens.push(clause.operator);
  }
  return tokens;
}

function repeated(token: "(" | ")", times = 0): Token[] {
  return Array.from({ length: times }, () => token);
}

/** The parser's condition with something to compare. */
type Compared = Extract<NonNullable<WhereClause["left"]>, { operator: unknown }>;

function compared(condition: Compared): Comparison {
  if ("valueQuery" in condition) throw notPlayed("semi-joins");
  if ("fn" in condition) throw notPlayed("functions in WHERE");
  const { field, operator, value, literalType = "STRING" } = condition;
  const literals = [value].flat().map((text, index) => ({
    text,
    type: (Array.isArray(literalType) ? literalType[index] : literalType) ?? "STRING",
  }));
  return { kind: "comparison", field, operator, literals };
}
