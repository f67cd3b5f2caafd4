import { toId18 } from "../domain/salesforce-id.ts";
import { knownToGlobal } from "../report/known-to-global.ts";
import type { AuditSources } from "./audit.ts";
import { type AuditFinding, findingOf, type GeneralCode } from "./finding.ts";

/** Codes found from Salesforce's accounts and the rules alone; any other general finding may look at us-government's Zendesk. */
const WITHOUT_ZENDESK: ReadonlySet<string> = new Set<GeneralCode>([
  "audit.account_gathered_twice",
  "audit.override_not_applied",
  "audit.override_without_change",
]);

/**
 * Of what `audit` found, what is wrong with the identities of global alone: nothing that us-government's Zendesk has, and accounts that
 * global does not know are not named, not even by their ids (decisions 15, 39). Pure.
 *
 * @param found all that `audit` finds in `sources`
 */
export function auditOfGlobal(found: readonly AuditFinding[], sources: AuditSources): AuditFinding[] {
  const { global } = sources.instances;
  let known: ReadonlySet<string> | undefined;
  const isShown = (id: string | null) => {
    known ??= knownToGlobal({
      "global_accounts.json": global?.desired ?? [],
      "partner_accounts.json": sources.partners,
      "zendesk_global.json": global?.organizations ?? [],
    });
    return id === null || known.has(toId18(id) ?? id);
  };
  return found.flatMap((one) => {
    const { code, params } = one.reason;
    // Global's own organizations and accounts.
    if ("instance" in params) return params.instance === "global" ? [one] : [];
    if (!WITHOUT_ZENDESK.has(code)) return [];
    return findingOf(
      code as GeneralCode,
      one.examples.filter(({ salesforce_id }) => isShown(salesforce_id)),
    );
  });
}
