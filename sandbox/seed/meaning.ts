import type { InstanceName } from "../types.ts";
import { ORGANIZATION_FIELDS } from "./organization-fields.ts";

const TYPES = {
  global: new Map(ORGANIZATION_FIELDS.global.map(({ key, type }) => [key, type])),
  "us-government": new Map(ORGANIZATION_FIELDS["us-government"].map(({ key, type }) => [key, type])),
};

/** Whether two spellings of an organization field's value mean the same (C6). */
export function sameMeaning(instance: InstanceName, key: string, one: unknown, other: unknown): boolean {
  switch (TYPES[instance].get(key)) {
    case "checkbox":
      return (one ?? false) === (other ?? false);
    case "decimal":
    case "integer":
      return Number(one ?? 0) === Number(other ?? 0);
    case "date":
      return String(one ?? "").slice(0, 10) === String(other ?? "").slice(0, 10);
    default:
      return (one ?? "") === (other ?? "");
  }
}
