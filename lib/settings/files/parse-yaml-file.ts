import * as v from "valibot";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigurationError, type Problem } from "../../errors.ts";
import { tooDeepLine } from "./yaml-nesting.ts";
import { MAX_ALIASES, NESTED_TOO_DEEPLY, type SyntaxProblem, shownKey, syntaxProblems } from "./yaml-syntax.ts";

/** Characters of a file: ten thousand overrides have fewer. The parser needs seconds for more. */
const MAX_CHARACTERS = 2_000_000;

/** Files that were read last are not parsed again; none that would take much memory. Nobody changes what was read. */
const RECENT_FILES = 8;
const MAX_REMEMBERED_CHARACTERS = 100_000;
const recent = new Map<string, YamlFile>();

/** Problems that are named; more are one file that is no such file. */
const MAX_PROBLEMS = 100;

/** Keys and list positions that lead to a value. */
export type Path = readonly (string | number)[];

/** A mistake in the data, at the value or key the path leads to. */
export interface Mistake {
  path: Path;
  /** A sentence about the value: "must be …", "is missing". Never repeats a value that may be a customer's. */
  what: string;
}

/** The plain data of a YAML file, and the way back to its lines. */
export interface YamlFile {
  /** The file's name, as people are told it. */
  name: string;
  /** Null where the file is empty or holds only comments. */
  data: unknown;
  /** The line of the value or key at a path, or of the nearest one around it; from 1. */
  lineOf: (path: Path) => number;
}

/**
 * Reads the text of a YAML 1.2 file that people edit: one document of mappings, lists and plain values.
 *
 * @throws ConfigurationError with every problem (a hundred at most) and its line: syntax, duplicate keys, tabs and control
 *   characters, tags, too many aliases, too many levels; or that the file is too large.
 */
export function readYaml(text: string, name: string): YamlFile {
  const key = `${name}\n${text}`;
  const known = recent.get(key);
  if (known) return known;
  const file = parsedYaml(text, name);
  // The first that was read goes first; a run has three such files and reads each several times.
  const [oldest] = recent.keys();
  if (recent.size >= RECENT_FILES && oldest !== undefined) recent.delete(oldest);
  if (text.length <= MAX_REMEMBERED_CHARACTERS) recent.set(key, file);
  return file;
}

function parsedYaml(text: string, name: string): YamlFile {
  if (text.length > MAX_CHARACTERS)
    throw new ConfigurationError([{ where: name, what: "is larger than 2 MB: is it the right file?" }]);
  const deep = tooDeepLine(text);
  if (deep !== null) throw new ConfigurationError(inFile(name, [{ line: deep, what: NESTED_TOO_DEEPLY }]));
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
  });
  const found = syntaxProblems(text, document, lines);
  if (found.length > 0) throw new ConfigurationError(inFile(name, found));
  return { name, data: plainData(document, name), lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
}

/** Returns the data as parsed by a schema (see schema.ts), or every mistake in it. */
export function check<T>(data: unknown, schema: v.GenericSchema<unknown, T>): { value: T } | { mistakes: Mistake[] } {
  const result = v.safeParse(schema, data);
  if (result.success) return { value: result.output };
  return {
    mistakes: result.issues.map((issue) => ({
      path: issue.path?.map((item) => item.key as string | number) ?? [],
      what: issue.message,
    })),
  };
}

/** Mistakes as problems of the file, each with its line, in the order of the lines. */
export function problemsOf(file: YamlFile, mistakes: readonly Mistake[]): Problem[] {
  return inFile(
    file.name,
    mistakes.map((mistake) => ({ line: file.lineOf(mistake.path), what: sentence(mistake) })),
  );
}

/** A mistake as a sentence: `limits.marks.percent must be a number from 0 to 100`. */
export function sentence({ path, what }: Mistake): string {
  return `${subject(path)} ${what}`;
}

function subject(path: Path): string {
  if (path.length === 0) return "the file";
  return path.map(subjectPart).join("");
}

function subjectPart(step: string | number, index: number): string {
  if (typeof step === "number") return `[${step}]`;
  const key = shownKey(step);
  return index === 0 ? key : `.${key}`;
}

function inFile(file: string, found: readonly SyntaxProblem[]): Problem[] {
  const problems = [...found]
    .sort((one, other) => one.line - other.line)
    .map(({ line, what }) => ({ where: `${file}:${line}`, what }));
  const more = problems.length - MAX_PROBLEMS;
  return more <= 0
    ? problems
    : [...problems.slice(0, MAX_PROBLEMS), { where: file, what: `and ${more} more problems` }];
}

function plainData(document: Document.Parsed, file: string): unknown {
  try {
    // The library counts the anchor as well.
    return document.toJS({ maxAliasCount: MAX_ALIASES + 1 });
  } catch {
    const what = "its aliases (*name) expand to far more data than the file contains; write the values out instead";
    throw new ConfigurationError([{ where: file, what }]);
  }
}

/** Offset in the text that a path leads to: the key in a mapping, the item in a list; as deep as the path exists. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    const target: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isMap<Node, Node | null>(target)) {
      const pair = target.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(target)) {
      node = target.items[Number(step)];
      if (!node) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
