import { furtherFields } from "../../../bin/start-sandbox.ts";
import type { InstanceName } from "../../../lib/domain/instance.ts";
import type { FieldDefinition } from "../../../lib/remotes/zendesk/ports.ts";
import { ORGANIZATION_FIELDS } from "../../../sandbox/seed/organization-fields.ts";

/** The fields of an instance in order: by the sandbox's own table, not by ours, as far as it goes. */
export function fieldsInOrder(instance: InstanceName): FieldDefinition[] {
  return [...ORGANIZATION_FIELDS[instance], ...furtherFields(instance)].map(({ key, type, options = [] }) => ({
    key,
    type,
    active: true,
    options,
  }));
}

/** The same with one field changed, or without it. */
export function withField(
  fields: readonly FieldDefinition[],
  key: string,
  change: Partial<FieldDefinition> | null,
): FieldDefinition[] {
  return fields.flatMap((one) => (one.key !== key ? [one] : change === null ? [] : [{ ...one, ...change }]));
}
