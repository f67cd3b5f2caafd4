import type { ExpectedOrganization } from "../../../sandbox/seed/expected.ts";

/** An organization as Zendesk lists it; what of it is compared. */
export interface ListedOrganization {
  id: number;
  name: string;
  organization_fields: Record<string, unknown>;
}

export interface Differences {
  creates: ExpectedOrganization[];
  /** As `update_many` takes them. */
  updates: Record<string, unknown>[];
  marks: Record<string, unknown>[];
}

/**
 * What is missing, what differs, and what has no account any more. Pure.
 *
 * @param isOurs whether an organization without an account is this stage's to mark
 */
export function compare(
  wanted: readonly ExpectedOrganization[],
  listed: readonly ListedOrganization[],
  isOurs: (organization: ListedOrganization) => boolean,
): Differences {
  const idOf = ({ organization_fields }: ListedOrganization) => String(organization_fields.salesforce_id ?? "");
  const there = new Map(listed.map((one) => [idOf(one), one]));
  const accounts = new Set(wanted.map(({ salesforce_id }) => salesforce_id));
  const updates = wanted.flatMap((one) => {
    const organization = there.get(one.salesforce_id);
    if (!organization) return [];
    const fields = Object.entries(one.fields).filter(
      ([key, value]) => meaning(value) !== meaning(organization.organization_fields[key]),
    );
    const name = organization.name === one.name ? {} : { name: one.name };
    if (fields.length === 0 && organization.name === one.name) return [];
    return [{ id: organization.id, ...name, organization_fields: Object.fromEntries(fields) }];
  });
  return {
    creates: wanted.filter((one) => one.support_level !== "expired" && !there.has(one.salesforce_id)),
    updates,
    marks: listed
      .filter((one) => idOf(one) !== "" && !accounts.has(idOf(one)) && isOurs(one))
      .filter(({ organization_fields }) => organization_fields.mark_for_deletion !== true)
      .map(({ id }) => ({ id, organization_fields: { mark_for_deletion: true } })),
  };
}

/** Zendesk's spellings of nothing, and of numbers (C6). */
function meaning(value: unknown): unknown {
  if (value === null || value === undefined || value === "" || value === false) return null;
  if (typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)))
    return Number(value) || null;
  return value;
}
