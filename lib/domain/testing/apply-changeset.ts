import type { Changeset, Difference } from "../changeset.ts";
import type { Organization } from "../organization.ts";

/** The organizations as they are once everything in the changeset has been written. */
export function applyChangeset(
  organizations: readonly Organization[],
  { creates, updates, marks }: Pick<Changeset, "creates" | "updates" | "marks">,
): Organization[] {
  const changes = new Map<number, Difference>([
    ...updates.map(({ id, change }): [number, Difference] => [id, change]),
    ...marks.map(({ id, change }): [number, Difference] => [id, { organization_fields: change }]),
  ]);
  const firstId = Math.max(0, ...organizations.map(({ id }) => id)) + 1;
  return [
    ...organizations.map((organization) => changed(organization, changes.get(organization.id) ?? {})),
    ...creates.map(({ name, salesforce_id, organization_fields }, index) => ({
      id: firstId + index,
      name,
      external_id: salesforce_id,
      created_at: "2026-11-23T10:00:00Z",
      updated_at: "2026-11-23T10:00:00Z",
      organization_fields,
    })),
  ];
}

function changed(organization: Organization, change: Difference): Organization {
  return {
    ...organization,
    name: change.name ?? organization.name,
    organization_fields: { ...organization.organization_fields, ...change.organization_fields },
  };
}
