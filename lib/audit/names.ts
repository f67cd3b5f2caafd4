import type { InstanceName } from "../domain/instance.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { AuditSources } from "./audit.ts";
import type { NameOf } from "./render-audit.ts";

/**
 * What the accounts of examples are called in Salesforce; where that is not known, what their organization is called. Looks at
 * organizations of these instances only. Pure.
 */
export function namesOf({ accounts, partners, instances }: AuditSources, shown: readonly InstanceName[]): NameOf {
  const byAccount = new Map(
    [...accounts, ...partners].map(({ salesforce_id, name }) => [salesforce_id, name] as const),
  );
  const byOrganization = new Map(
    shown.map((instance) => {
      const organizations = instances[instance]?.organizations ?? [];
      return [instance, new Map(organizations.map(({ id, name }) => [id, name] as const))] as const;
    }),
  );
  return ({ reason: { params } }, { salesforce_id, organization_ids }) => {
    const account = salesforce_id === null ? undefined : byAccount.get(toId18(salesforce_id) ?? salesforce_id);
    const places = "instance" in params ? [params.instance] : shown;
    const organizations = places.flatMap((instance) =>
      organization_ids.flatMap((id) => byOrganization.get(instance)?.get(id) ?? []),
    );
    return [account, ...organizations].find((name) => name !== undefined && name.trim() !== "") ?? null;
  };
}
