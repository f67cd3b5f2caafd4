import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import type { ReportHead, Row } from "./model.ts";

/** Returns the addresses of a record in Salesforce and Zendesk; null if its host or its id is unknown. Pure. */
export function recordLinks(
  { salesforce_id, id, id_of }: Pick<Row, "salesforce_id" | "id" | "id_of">,
  comparison: Comparison | null,
  hosts: ReportHead["hosts"],
): Row["links"] {
  const host = comparison && hosts[COMPARISON[comparison].instance];
  const isId = salesforce_id !== null && /^[A-Za-z0-9]{15,18}$/.test(salesforce_id);
  return {
    salesforce: hosts.salesforce && isId ? `https://${hosts.salesforce}/${salesforce_id}` : null,
    zendesk: host && id !== null ? `https://${host}/agent/${id_of}s/${id}` : null,
  };
}
