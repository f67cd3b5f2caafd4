import { toId18 } from "../domain/salesforce-id.ts";
import { knownToGlobal } from "../report/known-to-global.ts";
import { type AuditSources, audit } from "./audit.ts";
import { type AuditFinding, findingIn, findingOf, type GeneralCode, type InstanceCode } from "./finding.ts";

/**
 * What is wrong with the identities of global alone: nothing that us-government's Zendesk has is looked at, and accounts that global
 * does not know are not named, not even by their ids (decisions 15, 39). Pure.
 */
export function auditOfGlobal(sources: AuditSources): AuditFinding[] {
  const { global } = sources.instances;
  const known = knownToGlobal({
    "global_accounts.json": global?.desired ?? [],
    "partner_accounts.json": sources.partners,
    "zendesk_global.json": global?.organizations ?? [],
  });
  const isShown = (id: string | null) => id === null || known.has(toId18(id) ?? id);
  const found = audit({ ...sources, instances: global ? { global } : {}, people: null });
  return found.flatMap(({ reason: { code, params }, examples }) => {
    const shown = examples.filter(({ salesforce_id }) => isShown(salesforce_id));
    // The codes come from findings that were made with or without an instance.
    return "instance" in params
      ? findingIn(code as InstanceCode, params.instance, shown)
      : findingOf(code as GeneralCode, shown);
  });
}
