import { COMPARISON, type Comparison } from "../changesets/comparison.ts";
import type { ReportHead, Row } from "./model.ts";

/** Where a record can be looked at; null where its host or its id is not known. `kind`: what the id is of; an undo of global takes back users, too. Pure. */
export function recordLinks(
  { salesforce_id, id }: Pick<Row, "salesforce_id" | "id">,
  comparison: Comparison | null,
  hosts: ReportHead["hosts"],
  kind: "organizations" | "users" = comparison === "usgov_user" ? "users" : "organizations",
): Row["links"] {
  const host = comparison && hosts[COMPARISON[comparison].instance];
  const isId = salesforce_id !== null && /^[A-Za-z0-9]{15,18}$/.test(salesforce_id);
  return {
    salesforce: hosts.salesforce && isId ? `https://${hosts.salesforce}/${salesforce_id}` : null,
    zendesk: host && id !== null ? `https://${host}/agent/${kind}/${id}` : null,
  };
}
