import { bySalesforceId, type Changeset } from "./changeset.ts";
import type { Organization } from "./organization.ts";
import { type ReasonOf, reason } from "./reason.ts";
import { nameKey } from "./value-equality.ts";

/** A name that an organization is to get: a create's (`id` null) or a rename's. */
export interface NameClaim {
  name: string;
  salesforce_id: string;
  /** The organization to be renamed; null where it is to be created. */
  id: number | null;
}

/** An organization with the name that it has now. */
type NameHolder = Pick<Organization, "id" | "name">;

/** Why a claim does not go through. */
export type NameConflict = ReasonOf<"create.name_contested" | "rename.name_contested">;

/** As many ids as a reason names of one kind: of a thousand claims to one name each would name all others. */
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
  organizations: readonly NameHolder[],
  planned: readonly NameClaim[],
): ReadonlyMap<NameClaim, NameConflict> {
  if (claims.length === 0) return new Map();
  const claimed = new Set(claims.concat(planned).map(({ name }) => nameKey(name)));
  const holders = new Map<string, NameHolder[]>();
  for (const organization of organizations) {
    const key = nameKey(organization.name);
    // Names are many, and few of them are claimed.
    if (!claimed.has(key)) continue;
    const known = holders.get(key);
    if (known) known.push(organization);
    else holders.set(key, [organization]);
  }
  const holds = (claim: NameClaim) => holdersOf(claim).some((holder) => holder.id === claim.id);
  const holdersOf = (claim: NameClaim) => holders.get(nameKey(claim.name)) ?? [];
  // An organization that only changes the case of its own name takes no name from anybody.
  const contested = Map.groupBy(
    [...claims, ...planned].filter((claim) => !holds(claim)),
    (claim) => nameKey(claim.name),
  );
  const conflicts = new Map<NameClaim, NameConflict>();
  for (const claim of claims) {
    const owners = holdersOf(claim).filter((holder) => holder.id !== claim.id);
    const rivals = holds(claim) ? [] : (contested.get(nameKey(claim.name)) ?? []).filter((rival) => rival !== claim);
    if (owners.length > 0 || rivals.length > 0) conflicts.set(claim, conflictOf(claim, owners, rivals));
  }
  return conflicts;
}

function conflictOf(claim: NameClaim, owners: readonly NameHolder[], rivals: readonly NameClaim[]): NameConflict {
  const named = [...rivals].sort(bySalesforceId).slice(0, NAMED);
  return reason(claim.id === null ? "create.name_contested" : "rename.name_contested", {
    holder_ids: owners
      .map(({ id }) => id)
      .sort((one, other) => one - other)
      .slice(0, NAMED),
    holders: owners.length,
    rival_accounts: named.flatMap(({ id, salesforce_id }) => (id === null ? [salesforce_id] : [])),
    rival_organization_ids: named.flatMap(({ id }) => id ?? []),
    rivals: rivals.length,
  });
}
