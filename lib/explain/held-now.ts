import type { Result } from "../artifacts/results.ts";
import type { Organization } from "../domain/organization.ts";
import type { FieldValue } from "../domain/organization-field.ts";

/** A written difference as results keep it: a name, fields, or the mark. */
interface Written {
  name?: string;
  organization_fields?: Record<string, FieldValue>;
  mark_for_deletion?: boolean;
}

/** What Zendesk holds after a run: the organizations as gathered, with every applied result in place. Pure. */
export function heldAfter(
  gathered: readonly Organization[],
  results: readonly Result[],
): { organizations: Organization[]; created: ReadonlySet<number> } {
  const organizations = new Map(gathered.map((one) => [one.id, one]));
  const created = new Set<number>();
  for (const { outcome, effect, id, salesforce_id, after } of results) {
    if (outcome !== "applied" || id === null || effect === "contact") continue;
    const written = after as Written;
    const held = organizations.get(id);
    if (effect === "create" && !held) created.add(id);
    if (!held && effect !== "create") continue;
    organizations.set(id, withWritten(held ?? emptyOrganization(id, salesforce_id), written));
  }
  return { organizations: [...organizations.values()], created };
}

function withWritten(
  organization: Organization,
  { name, organization_fields, mark_for_deletion }: Written,
): Organization {
  return {
    ...organization,
    ...(name === undefined ? {} : { name }),
    organization_fields: {
      ...organization.organization_fields,
      ...organization_fields,
      ...(mark_for_deletion === undefined ? {} : { mark_for_deletion }),
    },
  };
}

function emptyOrganization(id: number, external_id: string | null): Organization {
  return { id, name: "", external_id, created_at: "", updated_at: "", organization_fields: {} };
}
