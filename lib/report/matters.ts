import type { RunRecord } from "../storage/runs/run-record.ts";
import { HARMFUL } from "./cause.ts";
import { accountKey } from "./customers.ts";
import type { ReportModel, Row } from "./model.ts";
import { countByHarm } from "./report-model.ts";

/** Customers that a refusal names (issue 10). */
const MAX_NAMED = 10;

/**
 * What a run means to customers, for its record: how many there are of each harm, and whom the refused part of it would hurt, worst
 * first. Ids only: names stay in the artifacts. Pure.
 */
export function mattersOf({ rows, folded }: Pick<ReportModel, "rows" | "folded">): NonNullable<RunRecord["matters"]> {
  const counts = [...countByHarm({ rows, folded })].filter(([, count]) => count > 0);
  const hurt = rows.filter(({ harm, outcome }) => outcome === "refused" && HARMFUL.has(harm));
  const foldedToo = folded.filter(({ harm, outcome }) => outcome === "refused" && HARMFUL.has(harm));
  const named = hurt.flatMap(hurtOf).slice(0, MAX_NAMED);
  const all = hurt.length + foldedToo.reduce((sum, { count }) => sum + count, 0);
  return { counts: Object.fromEntries(counts), would_hurt: named, would_hurt_more: all - named.length };
}

/** Users are no customers: the page has them. */
function hurtOf({ comparison, salesforce_id, id, harm, changes, weight }: Row) {
  if (comparison === null || comparison === "usgov_user") return [];
  const level = changes.find(({ field }) => field === "support_level");
  const [before, after] = level ? [level.before, level.after] : [weight.level, weight.level];
  const account = salesforce_id === null ? null : accountKey(salesforce_id);
  return [{ comparison, salesforce_id: account, id, harm, before, after, arr: weight.arr }];
}
