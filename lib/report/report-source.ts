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
  /** Contacts of the comparison, if it plans any (C10). */
  contacts: readonly PlannedContact[];
  /** Outcomes of its records; empty if nothing was written. */
  results: readonly Result[];
}

/** Facts about the run as a whole, before its comparisons are looked at. */
export type ReportAbout = Omit<ReportHead, "refusals"> & {
  /** True if it was meant to write: changes not begun count as not attempted then, otherwise only as planned. */
  writes: boolean;
};

/** Everything that a report is made from. */
export interface ReportSource {
  about: ReportAbout;
  comparisons: readonly ReportedComparison[];
  /** Notes of stages that compare nothing: on accounts, charges, overrides, unreadable records. */
  notes: readonly Note[];
  customers: Customers;
  trend: readonly RunTrend[];
}
