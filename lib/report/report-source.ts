import type { Create, Mark, Note, PlannedContact, Update } from "../domain/changeset.ts";
import type { UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { Customers } from "./customers.ts";
import type { ReportHead, Row, RunTrend } from "./model.ts";

/** A note, with what its `id` is of where the comparison and the reason do not say so. */
export type ReportedNote = Note & Partial<Pick<Row, "id_of">>;

/** A comparison with its records. */
export interface ReportedComparison {
  comparison: ComparisonReport;
  creates: readonly (Create | UserCreate)[];
  updates: readonly (Update | UserUpdate)[];
  marks: readonly (Mark | UserMark)[];
  notes: readonly ReportedNote[];
  /** Where the comparison plans any (C10). */
  contacts: readonly PlannedContact[];
  /** What became of them; empty where nothing was written. */
  results: readonly Result[];
}

/** What a report is about, before its comparisons are looked at. */
export type ReportAbout = Omit<ReportHead, "refusals"> & {
  /** Whether it was to write: what was not begun was then not attempted, and else only planned. */
  writes: boolean;
};

/** Everything that a report is made from. */
export interface ReportSource {
  about: ReportAbout;
  comparisons: readonly ReportedComparison[];
  /** What stages say that compare nothing: of accounts, charges, overrides, unreadable records. */
  notes: readonly Note[];
  customers: Customers;
  trend: readonly RunTrend[];
}
