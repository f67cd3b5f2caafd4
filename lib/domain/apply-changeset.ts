import type { Changeset, Difference } from "./changeset.ts";
import type { Organization } from "./organization.ts";

/** Older than everything: no rule takes them for recent ones. */
const NOT_YET = "1970-01-01T00:00:00Z";

/**
 * The organizations as they are once everything in the changeset has been written. What it creates gets ids that no organization has, which
 * Zendesk would not give: from `firstInventedId` on.
 */
export function applyChangeset(
  organizations: readonly Organization[],
  { creates, updates, marks }: Pick<Changeset, "creates" | "updates" | "marks">,
): Organization[] {
  const changes = new Map<number, Difference>([
    ...updates.map(({ id, change }): [number, Difference] => [id, change]),
    ...marks.map(({ id, change }): [number, Difference] => [id, { organization_fields: change }]),
  ]);
  const firstId = firstInventedId(organizations);
  return [
    ...organizations.map((organization) => changed(organization, changes.get(organization.id))),
    ...creates.map(({ name, salesforce_id, organization_fields }, index) => ({
      id: firstId + index,
      name,
      external_id: salesforce_id,
      created_at: NOT_YET,
      updated_at: NOT_YET,
      organization_fields,
    })),
  ];
}

/** The lowest id above all that are there. */
export function firstInventedId(records: readonly { id: number }[]): number {
  return records.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
}

function changed(organization: Organization, change: Difference | undefined): Organization {
  if (change === undefined) return organization;
  return {
    ...organization,
    name: change.name ?? organization.name,
    organization_fields: { ...organization.organization_fields, ...change.organization_fields },
  };
}
