import * as v from "valibot";
import { ATTRIBUTES } from "../lib/domain/attributes.ts";
import { INSTANCES, type InstanceName } from "../lib/domain/instance.ts";
import { agentFields, readOnlyFields, syncedFields } from "../lib/domain/organization.ts";
import type { SourceField } from "../lib/domain/source-field.ts";
import { ORGANIZATION_FIELDS } from "../sandbox/seed/organization-fields.ts";
import { SALESFORCE_COLUMNS, SALESFORCE_LOOKUPS } from "../sandbox/seed/salesforce-columns.ts";
import { type RunningSandbox, startSandbox as start } from "../sandbox/start.ts";
import type { FieldDefinition, SandboxOptions } from "../sandbox/types.ts";

/** Of how many accounts one has a sample in a further column: few enough that no limit refuses the first run. */
const ACCOUNTS_TO_A_SAMPLE = 25;

/** Sample values for additional columns by type, in the order in which they are tried. */
const SAMPLES = [
  { type: "text", value: "Sample" },
  { type: "boolean", value: true },
  { type: "number", value: 1 },
] as const;

type Columns = NonNullable<SandboxOptions["salesforceColumns"]>;

/**
 * The sandbox, set up as this program wants it: with what the sandbox has by its own account of the specification, and with the
 * further organization fields and Salesforce columns of `ATTRIBUTES`. What it knows itself is never overwritten: a misspelt key would
 * go unnoticed.
 * @param samples whether some accounts have a value in the further columns, so that a run has something to write; else all are empty
 */
export function startSandbox(options: SandboxOptions = {}, { samples = false } = {}): Promise<RunningSandbox> {
  const added = (instance: InstanceName) => options.organizationFields?.[instance] ?? [];
  return start({
    ...options,
    organizationFields: {
      global: [...furtherFields("global"), ...added("global")],
      "us-government": [...furtherFields("us-government"), ...added("us-government")],
    },
    salesforceColumns: [...furtherColumns(samples), ...(options.salesforceColumns ?? [])],
  });
}

/** Organization fields of the program that the sandbox does not have by itself. */
export function furtherFields(instance: InstanceName): FieldDefinition[] {
  const known = new Set(ORGANIZATION_FIELDS[instance].map(({ key }) => key));
  return [...syncedFields(instance), ...readOnlyFields(instance), ...agentFields(instance)]
    .filter(({ key }) => !known.has(key))
    .map(({ key, type }) => ({ key, type, title: key, ...(type === "dropdown" ? { options: optionsOf(key) } : {}) }));
}

/** Account columns of the program that the sandbox does not have by itself; also through a lookup it has not. */
function furtherColumns(samples: boolean): Columns {
  const known = new Set([
    ...SALESFORCE_COLUMNS.filter(({ object }) => object === "Account").map(({ name }) => name),
    ...SALESFORCE_LOOKUPS.filter(({ object }) => object === "Account").map(({ name }) => name),
  ]);
  return Object.values(ATTRIBUTES).flatMap(({ from }) => {
    const { type, value } = sampleOf(from);
    const empty = accepts(from, null) ? null : value;
    const values = samples ? [value, ...Array(ACCOUNTS_TO_A_SAMPLE - 1).fill(empty)] : [empty];
    return from.fields
      .filter((name) => !known.has(name.split(".")[0] ?? ""))
      .map((name) => ({ object: "Account" as const, name, type, values }));
  });
}

/** A drop-down takes only its options: those that the attribute can have. */
function optionsOf(key: string): string[] {
  const attribute = Object.values(ATTRIBUTES).find(
    (one) =>
      "to" in one && INSTANCES.some((instance) => (one.to as Record<string, { key: string }>)[instance]?.key === key),
  );
  return attribute ? [...choicesOf(attribute.from), String(sampleOf(attribute.from).value)] : [];
}

function sampleOf(from: SourceField<unknown>): { type: "text" | "boolean" | "number"; value: unknown } {
  const [choice] = choicesOf(from);
  if (choice !== undefined) return { type: "text", value: choice };
  return SAMPLES.find(({ value }) => accepts(from, value)) ?? { type: "text", value: null };
}

/** The values of an attribute that takes only some. */
function choicesOf({ artifact }: SourceField<unknown>): string[] {
  const list = "wrapped" in artifact ? artifact.wrapped : artifact;
  const options = typeof list === "object" && list !== null && "options" in list ? list.options : [];
  return Array.isArray(options) ? options.filter((option) => typeof option === "string") : [];
}

function accepts({ wire, fields }: SourceField<unknown>, value: unknown): boolean {
  return v.is(
    wire,
    fields.map(() => value),
  );
}
