import { canary } from "./odd-values.ts";
import type { Random } from "./random.ts";

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  '"',
  "'",
  "\n",
  "\t",
  "  ",
  "- ",
  "#",
  "&a ",
  "*a",
  "!!binary ",
  "? ",
  "| ",
  "%YAML 1.1\n",
  "---\n",
  "\\u0000",
  "\u0000",
  "\ufeff",
  "\u2028",
  "\r",
  "1e999",
  "NaN",
  "0x10",
  "-",
  '"__proto__":1,',
  "{{{{{{{{",
  "[[[[[[[[",
];

/** A changed text, as an editor, a bad disk or an attacker leaves it; sometimes no UTF-8. */
export function mutateText(text: string, changes: number, random: Random): Uint8Array {
  let changed = text;
  for (let change = 0; change < changes; change++) changed = editOnce(changed, random);
  const bytes = Buffer.from(changed);
  if (random.chance(0.05) && bytes.length > 0) bytes[random.upTo(bytes.length)] = 0x80 + random.upTo(128);
  if (random.chance(0.02)) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
  return bytes;
}

function editOnce(text: string, random: Random): string {
  const at = random.upTo(text.length + 1);
  const until = Math.min(text.length, at + 1 + random.upTo(random.chance(0.2) ? 200 : 4));
  switch (random.upTo(8)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(until);
    case 2:
      return text.slice(0, until) + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4:
      return moveLine(text, random);
    case 5:
      return text.slice(0, at) + random.pick(PIECES).repeat(1 + random.upTo(100)) + text.slice(at);
    case 6:
      return replaceWord(text, random);
    default:
      return text.slice(0, at) + String.fromCharCode(32 + random.upTo(96)) + text.slice(at + 1);
  }
}

function moveLine(text: string, random: Random): string {
  const lines = text.split("\n");
  const [line = ""] = lines.splice(random.upTo(lines.length), random.upTo(2));
  lines.splice(random.upTo(lines.length + 1), 0, random.chance(0.3) ? `  ${line}` : line);
  return lines.join("\n");
}

/** A word or number gives way to a customer's data, a number that is none, or another word of the same text. */
function replaceWord(text: string, random: Random): string {
  const words = [...text.matchAll(/[\w.@-]+/g)];
  if (words.length === 0) return canary(random);
  const word = random.pick(words);
  const by = random.pick([canary(random), random.pick(["1e999", "-1e999", ".inf", ".nan"]), random.pick(words)[0]]);
  return text.slice(0, word.index) + by + text.slice(word.index + word[0].length);
}
