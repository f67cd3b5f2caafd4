import { ArtifactError } from "../../errors.ts";

/** Levels of lists and objects that an artifact may have; ours have five. Deeper ones overflow the stack of whoever handles them. */
const DEEPEST = 64;

const AGAIN = "Run the stage that writes it again.";
const [QUOTE, BACKSLASH, LINE_END] = [0x22, 0x5c, 0x0a];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * The value of a JSON file. Throws `ArtifactError` with file and line, and never a part of the text, where it is not UTF-8, nested
 * too deeply, or not JSON.
 */
export function parseJsonText(name: string, bytes: Uint8Array): unknown {
  const deep = tooDeepAt(bytes);
  if (deep !== null)
    throw new ArtifactError(
      `${name}:${deep} is nested more than ${DEEPEST} levels deep, which no artifact is. ${AGAIN}`,
    );
  const text = decode(name, bytes);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats parts of the text.
    throw new ArtifactError(
      `${name} is not JSON: it was cut off or edited, at line ${lineOf(text, validUntil(text))}. ${AGAIN}`,
    );
  }
}

/** True if a record of a list is nested too deeply. Most have fewer brackets than the limit, which is checked first as it is faster. */
export function isRecordTooDeep(text: string): boolean {
  return bracketsIn(text, "{") + bracketsIn(text, "[") >= DEEPEST && tooDeepAt(Buffer.from(`[${text}`)) !== null;
}

function bracketsIn(text: string, bracket: string): number {
  let count = 0;
  for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) count++;
  return count;
}

/** The line (from 1) where lists and objects become too deep, or null. Looked for before parsing, which would recurse. */
function tooDeepAt(bytes: Uint8Array): number | null {
  let depth = 0;
  let line = 1;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === LINE_END) line++;
    if (quoted && byte === BACKSLASH) at++;
    else if (byte === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (OPENING.has(byte) && ++depth > DEEPEST) return line;
    else if (CLOSING.has(byte)) depth--;
  }
  return null;
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const lenient = new TextDecoder("utf-8").decode(bytes);
    const line = lineOf(lenient, Math.max(lenient.indexOf("\ufffd"), 0));
    throw new ArtifactError(`${name} is not UTF-8 text: it was edited, at line ${line} or before. ${AGAIN}`);
  }
}

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them in text
  /\s*(?:([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))/y;

/** Tokens that may come next while a text is read as JSON. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/** Offset up to which a text could still become JSON. */
function validUntil(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [whole, sign, quoted] = TOKEN.exec(text) ?? [];
    const next: Expected | null =
      whole === undefined ? null : follow(expected, sign ?? (quoted ? "text" : "other"), open);
    if (next === null) return at + (/^\s*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0);
    expected = next;
  }
}

/** Returns what may come after a token, or null if the token is not allowed here. Tracks what is open. */
function follow(expected: Expected, token: string, open: ("{" | "[")[]): Expected | null {
  const inside = open.at(-1);
  if (expected === ":") return token === ":" ? "value" : null;
  if (expected.startsWith("key") && token === "text") return ":";
  const ends = expected === ", or end" || expected.endsWith(token);
  if (ends && ((token === "}" && inside === "{") || (token === "]" && inside === "["))) {
    open.pop();
    return ", or end";
  }
  if (expected === ", or end") return token !== "," || !inside ? null : inside === "{" ? "key" : "value";
  if (!expected.startsWith("value")) return null;
  if (token === "{" || token === "[") {
    open.push(token);
    return token === "{" ? "key or }" : "value or ]";
  }
  return token === "text" || token === "other" ? ", or end" : null;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
