import type { AuditLine } from "../../audit/render-audit.ts";
import type { ExplanationDocument } from "../../explain/document.ts";
import type { LimitBar, ReportHead, Row, RunOfHistory, RunTrend } from "../model.ts";

/**
 * How `write-page.ts` lays a report into `report.html`, and how the page's program (`page/`) reads it: the head as JSON, everything
 * else as blocks of JSON, deflated (raw) and in base64, each in an element of its own and opened when it is needed.
 */
export interface PageHead {
  /** The sentence on top. */
  headline: string;
  about: Omit<ReportHead, "refusals" | "failures" | "warnings">;
  /** Why nothing, or not everything, was written, in words. */
  problems: { where: string | null; what: string; remedy: string }[];
  /** Points of the set-up that are not as people would expect, in words. */
  warnings: { where: null; what: string; remedy: string }[];
  limits: LimitBar[];
  trend: RunTrend[];
  audit: AuditLine[];
  /** Of a page about the runs of a data directory; else null. */
  runs: RunOfHistory[] | null;
  /** Rows, and what folded rows stand for, together. */
  records: number;
  /** Rows per block of details; block `n` has the rows from `n * rowsPerBlock` on. */
  rowsPerBlock: number;
  /** True if explanations were left out because the page would have exceeded its maximum size. */
  explanationsLeftOut: boolean;
}

/** A column with few distinct values: each value once, and for each record its position among them. */
export interface Coded<Value> {
  values: Value[];
  at: number[];
}

/** One field's change, as the model has it: field, before, after. */
export type Change = Row["changes"][number];

/** A reason in words. */
export interface PageReason {
  code: string;
  title: string;
  what: string;
  remedy: string;
}

/** Addresses of a record; `{salesforce_id}` and `{id}` stand for the record's own. */
export interface LinkPattern {
  salesforce: string | null;
  zendesk: string | null;
}

/** Columns of all records, by position: first the rows in the model's order, then the members of each group of folded rows. */
export interface PageIndex {
  names: string[];
  salesforceIds: (string | null)[];
  ids: (number | null)[];
  /** A record's domains, with blanks between. */
  domains: Coded<string>;
  comparison: Coded<Row["comparison"]>;
  instance: Coded<Row["instance"]>;
  effect: Coded<Row["effect"]>;
  harm: Coded<Row["harm"]>;
  outcome: Coded<Row["outcome"]>;
  /** All fields that change. */
  fields: Coded<string[]>;
  /** The first few changes; the details have all of them. Of a member of folded rows only those that are its own. */
  changes: Coded<Change[]>;
  reason: Coded<PageReason | null>;
  /** Why, in a few words: the reason, or what the explanation answers; empty where there is neither. */
  cause: Coded<string>;
  links: Coded<LinkPattern>;
  level: Coded<string | null>;
  arr: number[];
  seats: number[];
  groups: PageGroup[];
}

/** Folded rows: the records `from` to `from + members`, told as one. */
export interface PageGroup {
  from: number;
  members: number;
  /** Number of records it stands for; more than `members` if the model does not have all of them. */
  count: number;
  changes: Change[];
  /** Why, where it is the same for all: the reason, or only what it is about. */
  cause: string;
}

/** Contents of an opened row; null if the index has everything. */
export type Detail = { changes: Change[]; explanation: ExplanationDocument | null } | null;

/** Changes of a record that the index has. */
export const CHANGES_IN_INDEX = 3;

/** Ids of the elements that hold the data. */
export const ELEMENTS = { head: "head-data", index: "index-data", block: (block: number) => `block-${block}` } as const;
