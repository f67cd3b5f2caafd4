import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { AuditedInstance } from "./audit.ts";
import { type AuditedAccount, sharingKey } from "./audited-records.ts";
import { type AuditFinding, example, findingOf } from "./finding.ts";

/** Accounts that Salesforce returned twice (G5): which record is right, nobody can say. */
export function gatheredTwice(accounts: readonly AuditedAccount[]): AuditFinding[] {
  const doubled = sharingKey(accounts, ({ salesforce_id }) => salesforce_id).keys();
  return findingOf("audit.account_gathered_twice", [...doubled.map((salesforce_id) => example({ salesforce_id }))]);
}

/** Accounts with an organization in both instances: right for some, the leftover of a move for others (E4, C4). */
export function acrossInstances(instances: Partial<Record<InstanceName, AuditedInstance>>): AuditFinding[] {
  const [global = [], government = []] = INSTANCES.map((instance) => instances[instance]?.organizations);
  const there = new Set(government.map(({ account_id }) => account_id));
  const here = Map.groupBy(
    global.filter(({ account_id }) => account_id !== null && there.has(account_id)),
    ({ account_id }) => account_id,
  );
  const alsoThere = Map.groupBy(
    government.filter(({ account_id }) => here.has(account_id)),
    ({ account_id }) => account_id,
  );
  const both = [...here].map(([salesforce_id, all]) =>
    example({ salesforce_id, organization_ids: [...all, ...(alsoThere.get(salesforce_id) ?? [])].map(({ id }) => id) }),
  );
  return findingOf("audit.account_in_both_instances", both);
}
