import type { Account } from "../domain/account.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { AuditedInstance } from "./audit.ts";
import { type AuditFinding, example, findingOf } from "./finding.ts";

/** Accounts that Salesforce gave twice (G5): which record is right, nobody can say. */
export function gatheredTwice(accounts: readonly Account[]): AuditFinding[] {
  const groups = Map.groupBy(accounts, ({ salesforce_id }) => toId18(salesforce_id) ?? salesforce_id);
  const doubled = [...groups].filter(([, group]) => group.length > 1);
  return findingOf(
    "audit.account_gathered_twice",
    doubled.map(([salesforce_id]) => example({ salesforce_id })),
  );
}

/** Accounts with an organization in both instances: right for some, the leftover of a move for others (E4, C4). */
export function acrossInstances(instances: Partial<Record<InstanceName, AuditedInstance>>): AuditFinding[] {
  const idsIn = (instance: InstanceName) =>
    Map.groupBy(instances[instance]?.organizations ?? [], (organization) => accountIdOf(organization));
  const [global, government] = INSTANCES.map(idsIn);
  const both = [...(global ?? [])].flatMap(([salesforce_id, here]) => {
    const there = salesforce_id === null ? undefined : government?.get(salesforce_id);
    return there ? [example({ salesforce_id, organization_ids: [...here, ...there].map(({ id }) => id) })] : [];
  });
  return findingOf("audit.account_in_both_instances", both);
}
