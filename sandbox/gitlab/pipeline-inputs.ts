/** An input as `spec:inputs` of a pipeline declares it (facts: docs of GitLab, "CI/CD inputs"). */
export interface DeclaredInput {
  /** Default "string". */
  type?: "string" | "number" | "boolean" | "array";
  /** Without one the input is mandatory. */
  default?: unknown;
  options?: unknown[];
  /** RE2 in GitLab; what both read alike here. */
  regex?: string;
  description?: string;
}

export type InputValues = Record<string, unknown>;

/** What is wrong with the inputs of a pipeline, in GitLab's words; empty where nothing is. Defaults are held to the rules too. */
export function inputErrors(declared: Record<string, DeclaredInput>, given: InputValues): string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  const errors = unknown.length > 0 ? [`unknown input arguments: ${unknown.join(", ")}`] : [];
  if (Object.keys(given).length > 20) errors.push("there cannot be more than 20 inputs");
  for (const [name, input] of Object.entries(declared)) {
    const error = errorOf(input, chosenValue(input, given[name]));
    if (error) errors.push(`\`${name}\` input: ${error}`);
  }
  return errors;
}

/** The inputs a pipeline runs with: what was given, and the defaults. */
export function filledInputs(declared: Record<string, DeclaredInput>, given: InputValues): InputValues {
  return Object.fromEntries(Object.entries(declared).map(([name, input]) => [name, chosenValue(input, given[name])]));
}

/** Values of a form are text: what is declared as something else is read as JSON. */
export function inputsOfForm(declared: Record<string, DeclaredInput>, form: Record<string, string>): InputValues {
  return Object.fromEntries(
    Object.entries(form).map(([name, text]) => {
      const type = declared[name]?.type ?? "string";
      return [name, type === "string" ? text : parsed(text)];
    }),
  );
}

function chosenValue(input: DeclaredInput, given: unknown): unknown {
  return given === undefined ? input.default : given;
}

function errorOf({ type = "string", options, regex }: DeclaredInput, value: unknown): string | null {
  if (value === undefined) return "required value has not been provided";
  const is = Array.isArray(value) ? "array" : typeof value;
  if (is !== type) return `provided value is not ${/^a/.test(type) ? "an" : "a"} ${type}`;
  if (options && !options.includes(value))
    return `\`${String(value)}\` cannot be used because it is not in the list of allowed options`;
  if (regex !== undefined && !new RegExp(regex).test(String(value)))
    return "provided value does not match required RegEx pattern";
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
