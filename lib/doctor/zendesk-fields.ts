import { type InstanceName, OWN_FIELD } from "../domain/instance.ts";
import { agentFields, PARTNER_ACCOUNT_TYPES, readOnlyFields, syncedFields } from "../domain/organization.ts";
import type { FieldPlace } from "../domain/organization-field.ts";
import { SUPPORT_LEVELS } from "../domain/support-level.ts";
import type { FieldDefinition } from "../remotes/zendesk/ports.ts";
import { type Found, ok, problem, warning } from "./finding.ts";

/** Zendesk's other names for a type that takes the same values. */
const SAME_TYPE: Readonly<Record<string, readonly string[]>> = { text: ["textarea"] };

/** A kind of field, and the page on which it is set up. */
interface Kind {
  name: string;
  page: string;
}

const ORGANIZATION: Kind = {
  name: "organization field",
  page: "Admin Center → People → Configuration → Organization fields",
};
const USER: Kind = { name: "user field", page: "Admin Center → People → Configuration → User fields" };

/** The values zdsync writes into a drop-down, by key: each must be an option's tag. Partners live in global only. */
export function expectedOptions(instance: InstanceName): Readonly<Record<string, readonly string[]>> {
  const customers = ["customer", "former_customer"];
  return {
    account_type: instance === "global" ? [...customers, ...PARTNER_ACCOUNT_TYPES] : customers,
    support_level: SUPPORT_LEVELS,
    org_region: ["amer", "apj", "emea"],
  };
}

/**
 * Holds the organization fields of an instance against those that zdsync writes, reads, and leaves to agents
 * (organization-fields.md). A field of the agents that is missing breaks nothing here: a warning.
 */
export function organizationFieldFindings(instance: InstanceName, definitions: readonly FieldDefinition[]): Found[] {
  const other = instance === "global" ? "us-government" : "global";
  const keys = new Set(definitions.map((one) => one.key));
  if (keys.has(OWN_FIELD[other]) && !keys.has(OWN_FIELD[instance])) return [swapped(instance, other)];
  const options = expectedOptions(instance);
  return [
    ...[...syncedFields(instance), ...readOnlyFields(instance)].map((place) =>
      fieldFinding(ORGANIZATION, place, definitions, options, problem),
    ),
    ...agentFields(instance).map((place) => fieldFinding(ORGANIZATION, place, definitions, options, warning)),
  ];
}

/** Holds the user fields of an instance against the one by which user-sync marks users (U6); global's users are not synced. */
export function userFieldFindings(
  instance: InstanceName,
  definitions: readonly FieldDefinition[],
  markField: string,
): Found[] {
  if (instance === "global") return [];
  return [fieldFinding(USER, { key: markField, type: "checkbox" }, definitions, {}, problem)];
}

function fieldFinding(
  kind: Kind,
  { key, type }: FieldPlace,
  definitions: readonly FieldDefinition[],
  options: Readonly<Record<string, readonly string[]>>,
  complain: typeof problem,
): Found {
  const check = `${kind.name} ${key}`;
  const field = definitions.find((one) => one.key === key);
  if (!field)
    return complain(
      check,
      `missing; expected type ${type}${type === "dropdown" ? ` with the option tags ${(options[key] ?? []).join(", ")}` : ""}`,
      `${kind.page} → Add field: use exactly this field key and type. The key cannot be changed later.`,
    );
  if (field.type !== type && !SAME_TYPE[type]?.includes(field.type))
    return complain(
      check,
      `is of type ${field.type}, expected ${type}`,
      `Zendesk cannot change a field's type. ${kind.page}: export any values that agents still need, delete the field, and add it again with the same key and the expected type.`,
    );
  if (!field.active) return complain(check, "is deactivated", `${kind.page}: activate the field.`);
  const missing = type === "dropdown" ? (options[key] ?? []).filter((one) => !field.options.includes(one)) : [];
  if (missing.length > 0)
    return complain(
      check,
      `lacks the option ${missing.length > 1 ? "tags" : "tag"} ${missing.join(", ")}`,
      `${kind.page} → the field: add an option for each. Its tag must be spelled exactly like this; its title can be anything.`,
    );
  return ok(check, type);
}

function swapped(instance: InstanceName, other: InstanceName): Found {
  return problem(
    "the right instance",
    `this is the ${other} instance: it has ${OWN_FIELD[other]} but no ${OWN_FIELD[instance]}`,
    "The settings ZENDESK_GLOBAL_… and ZENDESK_USGOV_… are swapped; exchange them. Otherwise customers of one instance would be copied into the other.",
  );
}
