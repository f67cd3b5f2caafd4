import { accountKey } from "./customers.ts";
import type { FoldedRows, ReportModel, Row } from "./model.ts";

/**
 * A report without the customers of us-government: their rows, and rows of accounts that global does not know either (decision 15). What
 * an account's explanation says of its other instance is left out with the explanation. Counts of comparisons
 * and limits stay: they say nothing of anybody. Pure.
 */
export function withoutUsGovernment(model: ReportModel): ReportModel {
  const { audit: _, ...others } = model;
  const known = accountsOfGlobal(model);
  const isShown = ({ instance, salesforce_id: id }: Pick<Row, "instance" | "salesforce_id">) =>
    instance === "global" || (instance === null && id !== null && known.has(accountKey(id)));
  const withheld = (rows: FoldedRows): FoldedRows[] => {
    const members = rows.members.filter(({ salesforce_id }) => isShown({ instance: rows.instance, salesforce_id }));
    return members.length > 0 ? [{ ...rows, members, count: members.length }] : [];
  };
  return {
    ...others,
    head: { ...model.head, withheld: "us-government" },
    rows: model.rows.filter(isShown).map((row) => ({ ...row, explanation: null })),
    folded: model.folded.flatMap(withheld),
  };
}

function accountsOfGlobal({ rows, folded }: Pick<ReportModel, "rows" | "folded">): ReadonlySet<string> {
  const all = [...rows, ...folded.flatMap(({ instance, members }) => members.map((one) => ({ ...one, instance })))];
  return new Set(
    all.flatMap(({ instance, salesforce_id: id }) => (instance === "global" && id !== null ? [accountKey(id)] : [])),
  );
}
