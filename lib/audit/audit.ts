import type { Account } from "../domain/account.ts";
import type { Note } from "../domain/changeset.ts";
import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Override } from "../domain/overrides.ts";
import type { Plans } from "../domain/plans.ts";
import type { Contact, User } from "../domain/user.ts";
import { acrossInstances, gatheredTwice } from "./account-findings.ts";
import type { AuditedAccount, AuditedDesired, AuditedOrganization } from "./audited-records.ts";
import type { AuditFinding } from "./finding.ts";
import { organizationFindings } from "./organization-findings.ts";
import { peopleFindings } from "./people-findings.ts";
import { ruleFindings } from "./rule-findings.ts";

/** Organizations that one instance holds, and those that it should hold. */
export interface AuditedInstance {
  organizations: readonly AuditedOrganization[];
  /** Organizations that `process` wants there. */
  desired: readonly AuditedDesired[];
}

/** Everything that an audit looks at: what one run gathered and decided, and the rules that it decided by. */
export interface AuditSources {
  today: Day;
  accounts: readonly AuditedAccount[];
  partners: readonly AuditedAccount[];
  /** Those of `accounts` that overrides are about, with their charges. */
  overridden: readonly Account[];
  /** Without those that the run did not work on. */
  instances: Partial<Record<InstanceName, AuditedInstance>>;
  /** Users and contacts of us-government; null where the run did not list them. */
  people: { users: readonly User[]; contacts: readonly Contact[]; notes: readonly Note[] } | null;
  /** Null where the run kept no rules. */
  rules: { plans: Plans; overrides: readonly Override[]; overrideNotes: readonly Note[]; config: Config } | null;
}

/**
 * What is wrong with the identities of both sides: ids, names, people in the wrong place, rules that nothing answers to any more.
 * Pure; reads no remote. The order of findings is that of the checks, the order of examples that of their ids.
 */
export function audit(sources: AuditSources): AuditFinding[] {
  const accountIds = new Set(sources.accounts.map(({ salesforce_id }) => salesforce_id));
  const partnerIds = new Set(sources.partners.map(({ salesforce_id }) => salesforce_id));
  return [
    ...gatheredTwice(sources.accounts),
    ...INSTANCES.flatMap((instance) => {
      const audited = sources.instances[instance];
      return audited ? organizationFindings(instance, audited, { accountIds, partnerIds }) : [];
    }),
    ...acrossInstances(sources.instances),
    ...peopleFindings(sources),
    ...ruleFindings(sources),
  ];
}
