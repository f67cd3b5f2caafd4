import { parseAllDocuments } from "yaml";

/** An input as `spec:inputs` declares it. */
export interface DeclaredInput {
  type?: string;
  default?: unknown;
  options?: string[];
  regex?: string;
  description?: string;
}

/** A file that others include: its inputs and its body. */
export interface IncludedFile {
  inputs: Record<string, DeclaredInput>;
  body: Record<string, unknown>;
  text: string;
}

const GLOBALS = [
  "default",
  "image",
  "services",
  "cache",
  "before_script",
  "after_script",
  "stages",
  "variables",
  "workflow",
];
const REFERENCE = /\$\[\[\s*inputs\.([A-Za-z0-9_-]+)[^\]]*\]\]/g;

/** Splits a file into header and body. */
export function parseIncluded(text: string): IncludedFile {
  const [header, body] = parseAllDocuments(text).map((document) => document.toJS());
  return { inputs: header?.spec?.inputs ?? {}, body: body ?? {}, text };
}

/** Names of inputs that a piece of configuration refers to. */
export function referencesIn(part: unknown): string[] {
  return [...JSON.stringify(part ?? null).matchAll(REFERENCE)].map(([, name = ""]) => name);
}

/** What is wrong with one file, by what GitLab says and gitlab-ci-local misses (facts/gitlab-ci.md 6). */
export function lintFile(file: IncludedFile): string[] {
  return [...lintInputs(file), ...Object.entries(file.body).flatMap(([name, part]) => lintPart(name, part, file))];
}

function lintInputs({ inputs, body }: IncludedFile): string[] {
  const used = new Set(referencesIn(body));
  return [
    ...Object.keys(inputs).flatMap((name) => (used.has(name) ? [] : [`input ${name} is never used`])),
    ...[...used].flatMap((name) => (Object.hasOwn(inputs, name) ? [] : [`input ${name} is not declared`])),
    ...Object.entries(inputs).flatMap(([name, input]) => lintInput(name, input)),
  ];
}

function lintInput(
  name: string,
  { type = "string", default: byDefault, options, regex, description }: DeclaredInput,
): string[] {
  const problems: string[] = [];
  if (!description) problems.push(`input ${name} has no description`);
  if (regex !== undefined && !/^\^.*\$$/.test(regex)) problems.push(`the pattern of input ${name} is not anchored`);
  if (type === "string" && !options && !regex) problems.push(`input ${name} takes any text`);
  if (typeof byDefault === "string" && options && !options.includes(byDefault))
    problems.push(`the default of input ${name} is none of its options`);
  if (typeof byDefault === "string" && regex && !new RegExp(regex).test(byDefault))
    problems.push(`the default of input ${name} does not match its pattern`);
  return problems;
}

function lintPart(name: string, part: unknown, { inputs }: IncludedFile): string[] {
  if (name === "include") return [];
  if (GLOBALS.includes(name)) return [`${name} is global: it would change the whole pipeline of who includes it`];
  const problems = /^(?:\$\[\[ inputs\.job-prefix \]\]|\.?zdsync-)/.test(name) ? [] : [`job ${name} has no prefix`];
  const job = part as { script?: unknown; before_script?: unknown; after_script?: unknown; interruptible?: unknown };
  for (const key of ["script", "before_script", "after_script"] as const)
    problems.push(...lintScript(name, key, job[key], inputs));
  const booleans = Object.entries((part as { variables?: Record<string, unknown> }).variables ?? {}).filter(
    ([, value]) => {
      const text = typeof value === "object" && value ? (value as { value?: unknown }).value : value;
      const [whole, input = ""] = /^\$\[\[ inputs\.([a-z-]+) \]\]$/.exec(String(text)) ?? [];
      return typeof text === "boolean" || (whole && inputs[input]?.type === "boolean");
    },
  );
  return [
    ...problems,
    ...booleans.map(([variable]) => `job ${name}: ${variable} is a boolean, which no variable may be`),
  ];
}

/** GitLab pastes inputs into a script as they are: each must stand in single quotes, and let nothing through that ends them. */
function lintScript(job: string, key: string, script: unknown, inputs: IncludedFile["inputs"]): string[] {
  const text = [script].flat().join("\n");
  const bare = referencesIn(text.replaceAll(/='\$\[\[ inputs\.[a-z-]+ \]\]'(?= )/g, ""));
  return [
    ...bare.map((input) => `job ${job}: input ${input} stands in ${key} without quotes`),
    ...referencesIn(text)
      .filter((input) => letsQuotesThrough(inputs[input] ?? {}))
      .map((input) => `job ${job}: input ${input} in ${key} may hold a quote`),
  ];
}

/** Whether an input may hold `'`, as far as its pattern can be read: one that names what it takes, and no more, is safe. */
export function letsQuotesThrough({ type = "string", options, regex }: DeclaredInput): boolean {
  if (type === "boolean" || type === "number") return false;
  if (options) return options.some((option) => option.includes("'"));
  if (type !== "string" || regex === undefined || !/^\^.*\$$/.test(regex)) return true;
  const read = regex.replaceAll(/\\[.$d|-]/g, "").replaceAll("(?:", "");
  const ranges = [...read.matchAll(/([^[])-([^\]])/g)].filter(([, from = "", to = ""]) => from <= "'" && to >= "'");
  return ranges.length > 0 || /['\\]|\[\^|\(\?/.test(read) || /\./.test(read.replaceAll(/\[[^\]]*\]/g, ""));
}

/** What is wrong with how one file includes another: GitLab refuses unknown and missing inputs, gitlab-ci-local does not. */
export function lintInclusion(given: Record<string, unknown>, { inputs }: Pick<IncludedFile, "inputs">): string[] {
  return [
    ...Object.keys(given).flatMap((name) => (Object.hasOwn(inputs, name) ? [] : [`input ${name} is unknown`])),
    ...Object.entries(inputs).flatMap(([name, input]) =>
      input.default === undefined && !Object.hasOwn(given, name) ? [`input ${name} is missing`] : [],
    ),
    ...Object.entries(given).flatMap(([name, value]) => lintValue(name, value, inputs[name])),
  ];
}

/** Whether GitLab would take a value; values that are references themselves are taken by their own declaration. */
export function lintValue(name: string, value: unknown, input: DeclaredInput | undefined): string[] {
  if (!input || (typeof value === "string" && /\$\[\[/.test(value))) return [];
  const type = Array.isArray(value) ? "array" : typeof value;
  if (type !== (input.type ?? "string")) return [`input ${name} is ${type}, not ${input.type ?? "string"}`];
  if (input.options && !input.options.includes(String(value))) return [`input ${name} is none of its options`];
  // RE2 as GitLab uses it knows no multi-line anchors; neither does JavaScript without the flag m.
  if (input.regex && !new RegExp(input.regex).test(String(value))) return [`input ${name} does not match its pattern`];
  return [];
}

/** A snippet of a page: the YAML after `<!-- snippet: NAME -->`. */
export function snippetsOf(page: string): Map<string, string> {
  return new Map(
    [...page.matchAll(/<!-- snippet: ([a-z-]+) -->\n```yaml\n([\s\S]*?)```/g)].map(([, name = "", text = ""]) => [
      name,
      text,
    ]),
  );
}

/** Every inclusion in a configuration, also below a job's `trigger`. */
export function inclusionsIn(config: unknown): { file: string; inputs: Record<string, unknown> }[] {
  if (typeof config !== "object" || config === null) return [];
  const { include, ...rest } = config as { include?: unknown } & Record<string, unknown>;
  const own = (Array.isArray(include) ? include : []).map((one: Record<string, unknown>) => ({
    file: fileOf(one),
    inputs: (one.inputs ?? {}) as Record<string, unknown>,
  }));
  return [...own, ...Object.values(rest).flatMap(inclusionsIn)];
}

/** The file of this project that an inclusion names. */
function fileOf({ local, file, component }: Record<string, unknown>): string {
  if (typeof component === "string") return `templates/${/\/([a-z-]+)@/.exec(component)?.[1]}/template.yml`;
  return String(local ?? file).replace(/^\//, "");
}

/** The configuration of a snippet, without its header of inputs where it has one. */
export function parseSnippet(text: string): unknown {
  return parseAllDocuments(text).at(-1)?.toJS();
}
