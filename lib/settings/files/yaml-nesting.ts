import { Lexer } from "yaml";

/** Levels that lists and mappings may have; plans.yml, the deepest of ours, has five. */
const DEEPEST = 64;

/** Tokens that say of the next one that it is text (see `yaml`'s cst.js): what it begins with means nothing. */
const TEXT_FOLLOWS = "\u001f";

/**
 * The line (from 1) where lists and mappings become too deep, or null. The parser takes seconds for a few thousand levels and
 * overflows its stack for more; its lexer knows no levels, so it can be asked first. An estimate from above: levels within brackets,
 * list items on one line, columns before it.
 */
export function tooDeepLine(text: string): number | null {
  let line = 1;
  let brackets = 0;
  let onLine = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    if (isText) isText = false;
    else if (token === TEXT_FOLLOWS) isText = true;
    else if (token === "[" || token === "{") brackets++;
    else if (token === "]" || token === "}") brackets = Math.max(brackets - 1, 0);
    else if (token === "-" || token === "?") onLine++;
    else if (onLine === 0 && /^ +$/.test(token)) onLine = Math.floor(token.length / 4);
    if (brackets > DEEPEST || onLine > DEEPEST) return line;
    const ends = token.split("\n").length - 1;
    line += ends;
    if (ends > 0) onLine = 0;
  }
  return null;
}
