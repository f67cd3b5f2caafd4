import type { RunAudit } from "../audit/audit-of-run.ts";
import type { UsGovernmentShown } from "../domain/config.ts";
import type { RowExplainer } from "./explain-rows.ts";
import type { ReportModel } from "./model.ts";
import { withExplanations } from "./report-model.ts";
import { withoutUsGovernment } from "./without-us-government.ts";

/** Contents of a page in addition to its rows: they differ with whose customers are named, and are worked out anew for each page. */
export interface PageExtras {
  /** Undefined where there is nothing to explain rows from: they name the command. */
  explain: RowExplainer | undefined;
  /** Null where nobody looked. */
  audit: RunAudit | null;
}

/**
 * A model as a page shows it, with the explanations of its rows and the audit. With `ids_only` customers of us-government are left
 * out of all three. Pure, but for what `explain` holds.
 */
export function shownModel(plain: ReportModel, shown: UsGovernmentShown, { explain, audit }: PageExtras): ReportModel {
  const model = shown === "names" ? plain : withoutUsGovernment(plain);
  const explained = explain ? withExplanations(model, (row) => explain(row, shown)) : model;
  return audit ? { ...explained, audit: audit[shown] } : explained;
}
