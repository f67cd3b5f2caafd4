import * as v from "valibot";
import { ConfigurationError, type Problem } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { InputsSchema } from "./stage.ts";

/** Inputs that the environment may set where neither a flag nor `INPUT_…` does (interface.md). */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  "data-dir": "ZDSYNC_DATA_DIR",
  today: "ZDSYNC_TODAY",
  "run-id": "ZDSYNC_RUN_ID",
  "rate-share": "ZDSYNC_RATE_SHARE",
  snapshot: "ZDSYNC_SNAPSHOT",
};

/** Description of one declared input: for flags, `action.yml` and documentation. */
export interface InputDescription {
  name: string;
  description: string;
  required: boolean;
  default?: string;
  /** The values it takes, where those are few. */
  options?: readonly string[];
  /** True for a switch. */
  flag: boolean;
  /** True for a list: several values, separated by spaces or given by several flags. */
  repeatable: boolean;
  /** Anchored pattern (RE2) of what a GitLab component lets through; absent for switches and options. */
  pattern?: string;
}

/** The variable that carries an input in CI: `data-dir` → `INPUT_DATA_DIR`. */
export function inputVariable(name: string): string {
  return `INPUT_${name.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Parses inputs given as text; every problem at once. `given` wins over the variable `INPUT_<NAME>`, which CI jobs set so that
 * no value passes through a shell (S9); that one wins over the other variables, and those over the default.
 */
export function parseInputs<Schema extends InputsSchema>(
  schema: Schema,
  given: Given,
  env: Environment,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, valuesOf(schema, given, env));
  if (parsed.success) return parsed.output;
  throw new ConfigurationError(inputProblems(schema, given, env));
}

/** Everything that is wrong with inputs given as text, named by the flag or variable that gave it. */
export function inputProblems(schema: InputsSchema, given: Given, env: Environment): Problem[] {
  const { issues } = v.safeParse(schema, valuesOf(schema, given, env));
  const problems = (issues ?? []).map((issue) => problemOf(issue, schema, given, env));
  // A list with two wrong members has the same to say twice.
  return [...new Map(problems.map((problem) => [problem.where, problem])).values()];
}

type Given = Readonly<Record<string, string | undefined>>;

function valuesOf(schema: InputsSchema, given: Given, env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.keys(schema.entries).flatMap((name) => {
      const value = given[name] ?? fromEnvironment(name, env)?.value;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function fromEnvironment(name: string, env: Environment): { variable: string; value: string } | undefined {
  for (const variable of [inputVariable(name), ENVIRONMENT[name] ?? ""]) {
    const value = env[variable]?.trim();
    if (value) return { variable, value };
  }
  return undefined;
}

function problemOf(issue: v.BaseIssue<unknown>, schema: InputsSchema, given: Given, env: Environment): Problem {
  const name = String(issue.path?.[0]?.key ?? "");
  const where = (given[name] === undefined && fromEnvironment(name, env)?.variable) || `--${name}`;
  if (issue.input !== undefined) return { where, what: `expected ${expectation(issue)}` };
  const options = optionsOf(schema.entries[name]);
  return { where, what: options ? `missing; expected one of ${options.join(", ")}` : "missing" };
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
  const metadata = v.getMetadata(inner as v.GenericSchema);
  return {
    name,
    description: v.getDescription(inner as v.GenericSchema) ?? "",
    required: optional === null,
    ...(optional?.default ? { default: optional.default } : {}),
    ...(options ? { options } : {}),
    flag,
    repeatable: metadata.repeatable === true,
    ...(typeof metadata.pattern === "string" ? { pattern: metadata.pattern } : {}),
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
