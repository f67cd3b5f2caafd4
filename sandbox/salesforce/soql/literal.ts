import { malformedQuery } from "../errors.ts";

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/**
 * The text a quoted literal stands for. @throws MALFORMED_QUERY for a backslash before anything that needs none
 * @param quoted as the parser gives it, with its quotes and backslashes
 */
export function textOf(quoted: string): string {
  return pieces(quoted)
    .map(({ text }) => text)
    .join("");
}

/** The pattern of a LIKE: `%` is any text, `_` one character, escaped they are themselves; letter case is ignored. */
export function likePattern(quoted: string): RegExp {
  const source = pieces(quoted).map(({ text, escaped }) => {
    if (!escaped && text === "%") return ".*";
    if (!escaped && text === "_") return ".";
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "isu");
}

function pieces(quoted: string): Array<{ text: string; escaped: boolean }> {
  const inner = quoted.slice(1, -1);
  return [...inner.matchAll(/\\u([0-9a-fA-F]{4})|\\(.)|[^\\]/gsu)].map(([text, code, letter]) => {
    if (code !== undefined) return { text: String.fromCharCode(Number.parseInt(code, 16)), escaped: true };
    if (letter === undefined) return { text, escaped: false };
    if (/['"\\%_]/.test(letter)) return { text: letter, escaped: true };
    const character = escapes[letter.toLowerCase()];
    if (character === undefined) throw malformedQuery(`Illegal string literal: Invalid string escape '\\${letter}'`);
    return { text: character, escaped: true };
  });
}

/** An id in its 18-character form (facts 6); a text of any other length is left as it is. */
export function longId(id: string): string {
  if (!/^[A-Za-z0-9]{15}$/.test(id)) return id;
  const check = [0, 5, 10].map((start) => {
    const flags = [...id.slice(start, start + 5)].map((character, bit) => (/[A-Z]/.test(character) ? 1 << bit : 0));
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[flags.reduce<number>((sum, flag) => sum + flag, 0)];
  });
  return id + check.join("");
}
