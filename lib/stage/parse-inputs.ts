import * as v from "valibot";
import { ConfigurationError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { InputsSchema } from "./stage.ts";

/** Inputs that the environment may set where no flag does (interface.md). */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  "data-dir": "ZDSYNC_DATA_DIR",
  today: "ZDSYNC_TODAY",
  "run-id": "ZDSYNC_RUN_ID",
};

/** What a declaration says of one input: for flags, `action.yml` and documentation. */
export interface InputDescription {
  name: string;
  description: string;
  required: boolean;
  default?: string;
  /** The values it takes, where those are few. */
  options?: readonly string[];
  /** Whether it is a switch. */
  flag: boolean;
  /** Whether it is a list: several values, separated by blanks or given by several flags. */
  repeatable: boolean;
}

/** Parses inputs given as text; every problem at once. `given` wins over the environment, which wins over the default. */
export function parseInputs<Schema extends InputsSchema>(
  schema: Schema,
  given: Readonly<Record<string, string | undefined>>,
  env: Environment,
): v.InferOutput<Schema> {
  const values = Object.fromEntries(
    Object.keys(schema.entries).flatMap((name) => {
      const value = given[name] ?? (ENVIRONMENT[name] === undefined ? undefined : env[ENVIRONMENT[name]] || undefined);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const parsed = v.safeParse(schema, values);
  if (parsed.success) return parsed.output;
  throw new ConfigurationError(
    parsed.issues.map((issue) => {
      const name = String(issue.path?.[0]?.key ?? "");
      const where =
        given[name] === undefined && ENVIRONMENT[name] !== undefined && env[ENVIRONMENT[name]]
          ? ENVIRONMENT[name]
          : `--${name}`;
      return {
        where,
        what: issue.input === undefined ? `missing; expected ${expectation(issue)}` : `expected ${expectation(issue)}`,
      };
    }),
  );
}

/** Describes every input of a schema. */
export function describeInputs(schema: InputsSchema): InputDescription[] {
  return Object.entries(schema.entries).map(([name, entry]) => describeInput(name, entry as v.GenericSchema));
}

function describeInput(name: string, entry: v.GenericSchema): InputDescription {
  const optional = "wrapped" in entry ? (entry as unknown as { wrapped: v.GenericSchema; default?: string }) : null;
  const inner = optional?.wrapped ?? entry;
  const options = optionsOf(inner);
  const flag = options?.join() === "true,false";
  return {
    name,
    description: v.getDescription(inner as v.GenericSchema) ?? "",
    required: optional === null,
    ...(optional?.default ? { default: optional.default } : {}),
    ...(options ? { options } : {}),
    flag,
    repeatable: v.getMetadata(inner as v.GenericSchema).repeatable === true,
  };
}

/** The options of a pick list, also inside pipes. */
function optionsOf(schema: unknown): readonly string[] | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if ("options" in schema && Array.isArray(schema.options)) return schema.options;
  if (!("pipe" in schema) || !Array.isArray(schema.pipe)) return undefined;
  const first: unknown = schema.pipe[0];
  return first === schema ? undefined : optionsOf(first);
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === "validation") return issue.message;
  if (issue.type === "picklist")
    return `one of ${(issue.expected ?? "").replace(/[()"]/g, "").replaceAll(" | ", ", ")}`;
  return issue.expected ?? issue.message;
}
