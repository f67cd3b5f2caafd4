import type { Harm } from "../domain/harms.ts";

export { HARMS, type Harm } from "../domain/harms.ts";

import type { AuditLine } from "../audit/render-audit.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Effect } from "../domain/limits.ts";
import type { Reason, ReasonCode } from "../domain/reason.ts";
import type { ExitCode } from "../errors.ts";
import type { ExplanationDocument } from "../explain/document.ts";

/**
 * What a run planned and what came of it, for every report: `report.html`, `report.md`, JUnit, the terminal and Slack are made from
 * this one model. Holds names and addresses of customers: it goes nowhere that the artifacts do not go.
 */
export interface ReportModel {
  head: ReportHead;
  /** Each measure of each comparison that has a limit. */
  limits: LimitBar[];
  comparisons: ComparisonCounts[];
  /** Everything that changes, and everything that is left as it is for a reason, sorted by harm (`byHarm`). */
  rows: Row[];
  /** Rows that change the same fields in the same way, from so many on; their rows are not in `rows`. */
  folded: FoldedRows[];
  /** The last runs of the history, oldest first, this one included. */
  trend: RunTrend[];
  /** Findings of `zdsync audit` in the run's artifacts; left out if nobody looked. */
  audit?: AuditLine[];
  /** The runs of a data directory, newest first; only where the page is about these (`index.html`). */
  runs?: RunOfHistory[];
}

/** One run of the history, in words, as `zdsync runs` lists it. */
export interface RunOfHistory {
  run_id: string;
  started_at: string;
  seconds: number | null;
  /** Its command, and who started it. */
  what: string;
  outcome: string;
  ended_well: boolean;
  counts: string;
  /** Its page, seen from the data directory; null where it was not kept. */
  href: string | null;
}

/** Facts about the run as a whole. */
export interface ReportHead {
  kind: "run" | "dry run" | "preview" | "undo" | "stage" | "simulate" | "runs";
  /** The command as it was given, such as `zdsync run --instance global`. */
  command: string;
  run_id: string;
  /** The day that the run works for, `YYYY-MM-DD`. */
  today: string;
  hosts: { salesforce: string | null; global: string | null; "us-government": string | null };
  /** ISO 8601. */
  started_at: string;
  seconds: number | null;
  /** Person or program that started it: a user of the machine, a pipeline, a person in Slack. */
  started_by: string | null;
  exit: ExitCode | null;
  /** Why nothing, or not everything, was written. */
  refusals: Reason[];
  failures: { where: string; reason: Reason }[];
  /** Points of the set-up that are not as people would expect; they stopped nothing. */
  warnings?: Reason[];
  /** The instance whose customers are left out; absent where none is. Counts are those of all. */
  withheld?: "us-government";
  /** The command that applies exactly what this preview shows; null where there is nothing to apply. */
  apply: string | null;
  /** Options to append to `zdsync explain WHAT` for a row that carries no explanation (`--pipeline 4711`); null or absent: none. */
  explain?: string | null;
}

/** One measure against its limit. */
export interface LimitBar {
  comparison: Comparison;
  effect: Effect;
  count: number;
  /** Existing records. */
  of: number;
  limit: number | null;
  /** Planned changes that it does not count: ids of 15 characters that are written with 18. */
  uncounted?: number;
  /** Given with `--allow`. */
  allowed: number | null;
  exceeded: boolean;
}

/** Counts that one comparison planned, and their outcome; null if nothing was written. */
export interface ComparisonCounts {
  comparison: Comparison;
  existing: number;
  planned: { creates: number; updates: number; marks: number; contacts: number };
  results: { applied: number; failed: number; skipped: number } | null;
  /** Applied changes, by effect; null if nothing was written. */
  applied: { creates: number; updates: number; marks: number; contacts: number } | null;
  /** Over its change files (S3). */
  digest: string;
}

/** One record of one comparison: a change with what became of it, or a record that was left as it is. */
export interface Row {
  comparison: Comparison | null;
  instance: InstanceName | null;
  effect: "create" | "update" | "mark" | "unmark" | "contact" | "none";
  harm: Harm;
  salesforce_id: string | null;
  /** The organization's or user's id; null for what does not exist yet. */
  id: number | null;
  /** Kind of record that `id` belongs to: an undo of global reverts users as well. */
  id_of: "organization" | "user";
  name: string;
  /** Domains of its contacts, to be searched for. */
  domains: string[];
  changes: { field: string; before: string; after: string }[];
  outcome: "planned" | "applied" | "failed" | "skipped" | "refused" | "not attempted" | null;
  reason: Reason | null;
  /** Weight among rows of equal harm: the level before, the revenue, the seats. */
  weight: { level: string | null; arr: number; seats: number };
  links: { salesforce: string | null; zendesk: string | null };
  /** The same as `zdsync explain` says; null for rows that do not matter enough to carry it. */
  explanation: ExplanationDocument | null;
}

/** Rows that say the same, told once. */
export interface FoldedRows {
  /** Null for what concerns no comparison, such as accounts that were not processed. */
  comparison: Comparison | null;
  instance: InstanceName | null;
  effect: Row["effect"];
  harm: Harm;
  outcome: Row["outcome"];
  /** The fields that all of them change. */
  fields: string[];
  /** All of their values where they are the same for all. */
  changes: Row["changes"];
  /** The code of the reason that all of them have; null where they have none. */
  code: ReasonCode | null;
  /** The reason itself where it is the same for all, parameters included. */
  reason: Reason | null;
  count: number;
  members: FoldedMember[];
}

/** One of the rows that were folded, to be found by the search. `changes` and `reason` only where they are its own. */
export interface FoldedMember {
  salesforce_id: string | null;
  id: number | null;
  name: string;
  changes?: Row["changes"];
  reason?: Reason | null;
}

/** One run of the history, as a bar of a chart. */
export interface RunTrend {
  run_id: string;
  started_at: string;
  seconds: number | null;
  exit: ExitCode | null;
  created: number;
  updated: number;
  marked: number;
  failed: number;
  /** Its page, seen from the data directory (`history/<run id>/report.html`), or among a pipeline's artifacts; null where it was not kept. */
  href: string | null;
}
