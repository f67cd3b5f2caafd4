import type { Changeset, Note } from "../domain/changeset.ts";
import { compareCustomers } from "../domain/compare-customers.ts";
import { comparePartners } from "../domain/compare-partners.ts";
import type { Comparison } from "../domain/comparisons.ts";
import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import { type DesiredOrganization, type Organization, partnerOrganization } from "../domain/organization.ts";
import { accountIdOf, externalAccountIdOf, isPartnersOrganization } from "../domain/organization-scope.ts";
import { protectionsOf } from "../domain/protections.ts";
import type { Reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { AccountEvidence, InstanceEvidence } from "./evidence.ts";
import type { DecidedAgain } from "./explain-instance.ts";

/** One comparison of the account's organizations with what they should be, by the same rules as the stages'. */
export interface ComparedAgain {
  keeper: Exclude<Comparison, "usgov_user">;
  desired: DesiredOrganization | null;
  /** The account's organizations, or those that were asked for by id. */
  own: Organization[];
  /** Of these only. */
  changes: Pick<Changeset, "creates" | "updates" | "marks" | "notes">;
}

/**
 * Compares one account in one instance, with everything around it that matters; where it is `unknown` what Zendesk holds, no changes.
 * Pure.
 */
export function compareAgain(
  evidence: AccountEvidence,
  instance: InstanceName,
  around: InstanceEvidence,
  processed: Pick<DecidedAgain, "desired" | "moved">,
  organizations: readonly Organization[],
  unknown: Reason | null = null,
): ComparedAgain {
  const desired = processed.desired[instance];
  const { subject, partner, accounts, merged, rules } = evidence;
  const isOwn = ownedBy(evidence, instance);
  const own = organizations.filter(isOwn);
  const sources = {
    partnerIds: new Set(evidence.isPartner && subject.salesforce_id !== null ? [subject.salesforce_id] : []),
    accountIds: new Set([...accounts, ...around.rivals].map((one) => toId18(one.salesforce_id) ?? one.salesforce_id)),
  };
  // How many were forgotten in all only the run knew: where it kept one back, it kept all of them.
  const withheld = around.notes.filter((note) => note.reason.code === "mark.merge_forgotten");
  const kept = evidence.isPartner || own.some((one) => isPartnersOrganization(one, sources));
  const shared = {
    ...sources,
    organizations,
    merges: {
      accounts: new Map(merged.map((one) => [one.salesforce_id, one])),
      allowed: withheld.length > 0 ? 0 : (evidence.run.allow.merged_marks ?? 0),
    },
    ...protectionsOf(rules.config, {
      accounts: evidence.quarantined && subject.salesforce_id ? [subject.salesforce_id] : [],
      unidentified: evidence.run.unidentified,
    }),
  };
  const byPartners = kept && instance === "global";
  const changeset = byPartners
    ? comparePartners({ ...shared, partners: partner ? [partner] : [], takenNames: around.takenNames })
    : compareCustomers({
        ...shared,
        instance,
        desired: [...desired, ...around.rivals],
        movedAccounts: new Set(rules.config.moved_organizations === "report" ? processed.moved[instance] : []),
      });
  const ids = new Set(own.map(({ id }) => id));
  const isAbout = (one: { salesforce_id: string | null; id?: number | null }) =>
    typeof one.id === "number" ? ids.has(one.id) : one.salesforce_id === subject.salesforce_id;
  return {
    keeper: byPartners ? "partner" : FILE_PREFIX[instance],
    desired: byPartners ? (partner ? partnerOrganization(partner) : null) : (desired[0] ?? null),
    own,
    changes: unknown
      ? { creates: [], updates: [], marks: [], notes: [] }
      : {
          creates: changeset.creates.filter((one) => one.salesforce_id === subject.salesforce_id),
          updates: changeset.updates.filter(isAbout),
          marks: changeset.marks.filter(isAbout),
          notes: changeset.notes.filter(isAbout).map((note) => withheld.find((one) => isSaidOf(one, note)) ?? note),
        },
  };
}

/** True if an organization is the subject's: by account, by the account it was created for, or by its own id. Pure. */
export function ownedBy(
  { subject }: Pick<AccountEvidence, "subject">,
  instance: InstanceName,
): (organization: Organization) => boolean {
  const ids = new Set(subject.organizations.filter((one) => one.instance === instance).map(({ id }) => id));
  return (organization) => {
    if (ids.has(organization.id)) return true;
    if (subject.salesforce_id === null) return false;
    const named = accountIdOf(organization);
    return (named ?? externalAccountIdOf(organization)) === subject.salesforce_id;
  };
}

/** True if two notes say the same about an organization, even if with different numbers. */
function isSaidOf(one: Note, other: Note): boolean {
  return one.id === other.id && one.reason.code === other.reason.code;
}
