import type { FieldDefinition, InstanceName } from "../types.ts";
import type { FieldValue } from "./expected.ts";
import { ORGANIZATION_FIELDS } from "./organization-fields.ts";
import type { Random } from "./random.ts";

/**
 * An organization's fields as Zendesk may answer them: every key there, and each value in one of its spellings
 * (an unticked checkbox false or null, empty text "" or null, a decimal as number or as text).
 */
export function asZendeskStores(
  fields: Readonly<Record<string, FieldValue>>,
  instance: InstanceName,
  random: Random,
): Record<string, unknown> {
  const stored: Record<string, unknown> = {};
  for (const { key, type } of ORGANIZATION_FIELDS[instance]) stored[key] = spell(fields[key] ?? null, type, random);
  return stored;
}

function spell(value: FieldValue, type: FieldDefinition["type"], random: Random): FieldValue {
  switch (type) {
    case "checkbox":
      return value === true || (random.chance(0.5) ? false : null);
    case "text":
    case "textarea":
      return value === null || value === "" ? random.pick(["", null]) : value;
    case "decimal":
      return spellDecimal(Number(value ?? 0), random);
    case "integer":
      return value === null || value === 0 ? random.pick([0, null]) : value;
    default:
      return value;
  }
}

function spellDecimal(value: number, random: Random): FieldValue {
  if (value === 0 && random.chance(0.3)) return null;
  if (random.chance(0.5)) return value;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
