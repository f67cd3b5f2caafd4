import { type Document, type ErrorCode, isAlias, isScalar, type LineCounter, visit, type YAMLError } from "yaml";

/** Maximum number of aliases (`*name`) in a file, and of repetitions of its values through them. */
export const MAX_ALIASES = 100;

/** A problem of the text itself, at a line counted from 1. */
export interface SyntaxProblem {
  line: number;
  what: string;
}

/** Keys that mean something to JavaScript objects. */
const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** Everything but tab, line feed and carriage return; a byte order mark only at the very start; what was no UTF-8 (U+FFFD). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffd]|(?!^)\ufeff/g;

export const NESTED_TOO_DEEPLY = "lists or mappings are nested too deeply";

/** The library's own messages repeat parts of the text, which may be a customer's; these do not. */
const SENTENCES: Record<ErrorCode, string> = {
  ALIAS_PROPS: "an alias (*name) cannot be followed by other text; write the value out instead",
  BAD_ALIAS: "an alias (*name) is not written correctly; put text that starts with * or & in quotes",
  BAD_COLLECTION_TYPE: "a tag (!name) does not match the value after it; remove the tag",
  BAD_DIRECTIVE: "a line that starts with % is not allowed here; remove it",
  BAD_DQ_ESCAPE: "a backslash in double quotes must be followed by a known escape; use single quotes instead",
  BAD_INDENT: "the indentation does not match the lines around it, or a bracket before this is not closed",
  BAD_PROP_ORDER: "an anchor or tag is in the wrong place; remove it",
  BAD_SCALAR_START: "a value starts with a character that YAML reserves (@, `, %); put the value in quotes",
  BLOCK_AS_IMPLICIT_KEY: "the line has a second colon; put text that contains a colon in quotes",
  BLOCK_IN_FLOW: "an indented list or mapping is not allowed inside brackets",
  DUPLICATE_KEY: "a key appears here twice",
  IMPOSSIBLE: "the line is not valid YAML",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters; is a quote or a line break missing?",
  MISSING_CHAR: "a closing quote or bracket, or the colon after a key, is missing here or before",
  MULTILINE_IMPLICIT_KEY: "a colon is missing after the key, or a key spans several lines",
  MULTIPLE_ANCHORS: "a value can have only one anchor (&name)",
  MULTIPLE_DOCS: "a second document starts here; remove the line --- or ... so that there is only one",
  MULTIPLE_TAGS: "a value can have only one tag (!name)",
  NON_STRING_KEY: "a key must be plain text",
  RESOURCE_EXHAUSTION: NESTED_TOO_DEEPLY,
  TAB_AS_INDENT: "a tab is used for indentation; YAML allows only spaces there",
  TAG_RESOLVE_FAILED: "tags (!name) are not allowed here; remove it",
  UNEXPECTED_TOKEN: "unexpected text after a value; put text that contains brackets, quotes or | in quotes",
};

/** Every problem of a text that is not about what its values mean, in no particular order. */
export function syntaxProblems(text: string, document: Document.Parsed, lines: LineCounter): SyntaxProblem[] {
  const at = (offset: number, what: string): SyntaxProblem => ({ line: lines.linePos(offset).line, what });
  const found = [
    ...[...text.matchAll(CONTROL_CHARACTERS)].map((match) => at(match.index, describeCharacter(match[0]))),
    ...[...document.errors, ...document.warnings].map((error) => at(error.pos[0], sentenceOf(error))),
    ...nodeProblems(document, lines),
  ];
  if (document.directives.yaml.explicit) found.push(at(0, SENTENCES.BAD_DIRECTIVE));
  return oncePerLine(found);
}

function sentenceOf(error: YAMLError): string {
  return SENTENCES[error.code];
}

function describeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `the invisible character U+${code} is not allowed; remove it, or save the file as UTF-8`;
}

/** Duplicate and forbidden keys, tags, and aliases without anchor or in excess. */
function nodeProblems(document: Document.Parsed, lines: LineCounter): SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  let aliases = 0;
  const lineOf = (node: unknown) => lines.linePos((node as { range?: [number] }).range?.[0] ?? 0).line;
  visit(document, {
    Node: (_key, node) => {
      if (node.tag !== undefined && !isAlias(node)) {
        found.push({ line: lineOf(node), what: SENTENCES.TAG_RESOLVE_FAILED });
      }
    },
    Alias: (_key, alias) => {
      aliases++;
      if (aliases > MAX_ALIASES) {
        found.push({
          line: lineOf(alias),
          what: `more than ${MAX_ALIASES} aliases (*name); write the values out instead`,
        });
        return visit.BREAK;
      }
      if (!alias.resolve(document)) {
        found.push({
          line: lineOf(alias),
          what: "an alias (*name) has no anchor (&name) before it; put text that starts with * in quotes",
        });
      }
      return undefined;
    },
    Map: (_key, map) => {
      const first = new Map<string, number>();
      for (const pair of map.items) {
        if (!isScalar(pair.key)) continue;
        const key = String(pair.key.value);
        const line = lineOf(pair.key);
        const earlier = first.get(key);
        if (FORBIDDEN_KEYS.has(key)) found.push({ line, what: `the key ${key} is not allowed` });
        if (earlier === undefined) first.set(key, line);
        else
          found.push({
            line,
            what: `the key ${JSON.stringify(shownKey(key))} is duplicated, first on line ${earlier}; keep one`,
          });
      }
    },
  });
  return found;
}

/** A key as a message may show it: where it does not look like one, it may be a value that got into its place. */
export function shownKey(key: string): string {
  return /^[\w-]{1,64}$/.test(key) ? key : "(an unusual key)";
}

function oncePerLine(found: readonly SyntaxProblem[]): SyntaxProblem[] {
  return [...new Map(found.map((problem) => [`${problem.line} ${problem.what}`, problem])).values()];
}
