import { bySalesforceId, type Changeset } from "./changeset.ts";
import { nameKey } from "./equality.ts";
import type { Organization } from "./organization.ts";

/** A name that an organization is to get: a create's (`id` null) or a rename's. */
export interface NameClaim {
  name: string;
  salesforce_id: string;
  /** The organization to be renamed; null where it is to be created. */
  id: number | null;
}

/** As many ids as a reason names of one kind. */
const NAMED = 3;

/** The names a changeset is about to take; a later comparison of the same instance counts them as taken. */
export function plannedNames(changeset: Pick<Changeset, "creates" | "updates">): NameClaim[] {
  return [
    ...changeset.creates.map(({ name, salesforce_id }) => ({ name, salesforce_id, id: null })),
    ...changeset.updates.flatMap(({ change: { name }, salesforce_id, id }) =>
      name === undefined ? [] : [{ name, salesforce_id, id }],
    ),
  ];
}

/**
 * The claims that must not go through, each with the reason (C7): an organization has the name now, even if this run renames
 * it, or another claim wants it too. Reasons name ids, never names.
 *
 * @param organizations every organization of the instance, whoever keeps it
 * @param planned names that another comparison of the same run is about to take
 */
export function nameConflicts(
  claims: readonly NameClaim[],
  organizations: readonly Organization[],
  planned: readonly NameClaim[],
): ReadonlyMap<NameClaim, string> {
  const holders = Map.groupBy(organizations, (organization) => nameKey(organization.name));
  const holds = (claim: NameClaim) => holdersOf(claim).some((holder) => holder.id === claim.id);
  const holdersOf = (claim: NameClaim) => holders.get(nameKey(claim.name)) ?? [];
  // An organization that only changes the case of its own name takes no name from anybody.
  const contested = Map.groupBy(
    [...claims, ...planned].filter((claim) => !holds(claim)),
    (claim) => nameKey(claim.name),
  );
  const conflicts = new Map<NameClaim, string>();
  for (const claim of claims) {
    const owners = holdersOf(claim).filter((holder) => holder.id !== claim.id);
    const rivals = holds(claim) ? [] : (contested.get(nameKey(claim.name)) ?? []).filter((rival) => rival !== claim);
    const reasons = [
      ...describe("the name is taken by", owners.sort((one, other) => one.id - other.id).map(organizationLabel)),
      ...describe("the name is also wanted by", rivals.sort(bySalesforceId).map(claimLabel)),
    ];
    if (reasons.length > 0) conflicts.set(claim, reasons.join("; "));
  }
  return conflicts;
}

function describe(what: string, labels: readonly string[]): string[] {
  if (labels.length === 0) return [];
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : "";
  return [`${what} ${labels.slice(0, NAMED).join(", ")}${more}`];
}

function organizationLabel({ id }: { id: number }): string {
  return `organization ${id}`;
}

function claimLabel({ id, salesforce_id }: NameClaim): string {
  return id === null ? `account ${salesforce_id}` : organizationLabel({ id });
}
