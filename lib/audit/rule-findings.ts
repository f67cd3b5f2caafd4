import { reasonNotToMark } from "../domain/compare-organizations.ts";
import type { Config } from "../domain/config.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { isMarked } from "../domain/organization-scope.ts";
import type { Override } from "../domain/overrides.ts";
import { processAccounts } from "../domain/process.ts";
import type { AuditSources } from "./audit.ts";
import { type AuditExample, type AuditFinding, example, findingIn, findingOf } from "./finding.ts";

/** Rules that nothing answers to any more: overrides (E8), and ids of the configuration. */
export function ruleFindings(sources: AuditSources): AuditFinding[] {
  const { rules } = sources;
  if (rules === null) return [];
  const { protected_ids, excluded_account_ids } = rules.config;
  const known = knownAmong([...protected_ids, ...excluded_account_ids], sources);
  const unknown = (ids: readonly string[], where: string) =>
    ids.filter((id) => !known.has(id)).map((salesforce_id) => example({ salesforce_id, where }));
  const { notApplied, withoutChange } = overrideFindings(sources, rules);
  return [
    ...findingOf("audit.override_not_applied", notApplied),
    ...findingOf("audit.override_without_change", withoutChange),
    ...findingOf("audit.protected_id_unknown", unknown(protected_ids, "protected_ids")),
    ...INSTANCES.flatMap((instance) =>
      findingIn("audit.protected_but_marked", instance, protectedButMarked(sources, instance, rules.config)),
    ),
    ...findingOf("audit.excluded_id_unknown", unknown(excluded_account_ids, "excluded_account_ids")),
  ];
}

/**
 * Organizations that must not be deleted, and may be: somebody marked them, or a run did before they were protected (S8). Not those that
 * the next run unmarks, as their account is wanted again.
 */
function protectedButMarked(
  { instances, partners }: AuditSources,
  instance: InstanceName,
  { protected_ids }: Config,
): AuditExample[] {
  const protectedIds = new Set(protected_ids);
  const { organizations = [], desired = [] } = instances[instance] ?? {};
  if (protectedIds.size === 0) return [];
  const wanted = new Set([...desired, ...(instance === "global" ? partners : [])].map((one) => one.salesforce_id));
  return organizations.flatMap((one) => {
    const salesforce_id = one.account_id ?? one.external_account_id;
    const isBad = isMarked(one) && reasonNotToMark(one, protectedIds)?.code === "mark.protected";
    return isBad && salesforce_id !== null && !wanted.has(salesforce_id)
      ? [example({ salesforce_id, organization_ids: [one.id] })]
      : [];
  });
}

/** Those ids that either side knows by now: an organization that nobody accounts for is what `protected_ids` is for. */
function knownAmong(ids: readonly string[], { accounts, partners, instances }: AuditSources): ReadonlySet<string> {
  const asked = new Set(ids);
  const known = new Set<string>();
  const see = (id: string | null) => {
    if (id !== null && asked.has(id)) known.add(id);
  };
  for (const records of [accounts, partners]) for (const { salesforce_id } of records) see(salesforce_id);
  for (const instance of INSTANCES)
    for (const { account_id, external_account_id } of instances[instance]?.organizations ?? []) {
      see(account_id);
      see(external_account_id);
    }
  return known;
}

/**
 * Overrides that are not applied, and those that are and change nothing: the account would get the same without them. One account and
 * instance has one applicable override at most, so all of them can be left out at once.
 */
function overrideFindings(
  { overridden, partners, today }: AuditSources,
  { plans, overrides, overrideNotes }: NonNullable<AuditSources["rules"]>,
): { notApplied: AuditExample[]; withoutChange: AuditExample[] } {
  const input = {
    accounts: overridden,
    partnerIds: new Set(partners.map(({ salesforce_id }) => salesforce_id)),
    plans,
    today,
  };
  const withThem = processAccounts({ ...input, overrides });
  const without = processAccounts({ ...input, overrides: [] });
  const organization = (processed: typeof without, { instance, salesforce_id }: Override) =>
    JSON.stringify(processed.desired[instance].find((one) => one.salesforce_id === salesforce_id));
  const notes = [...overrideNotes, ...withThem.notes].flatMap(({ salesforce_id, reason: { code, params } }) =>
    code.startsWith("override.") && "where" in params ? [{ salesforce_id, where: String(params.where) }] : [],
  );
  const places = new Set(notes.map(({ where }) => where));
  return {
    notApplied: notes.map(example),
    withoutChange: overrides
      .filter((one) => !places.has(one.where) && organization(withThem, one) === organization(without, one))
      .map(({ salesforce_id, where }) => example({ salesforce_id, where })),
  };
}
