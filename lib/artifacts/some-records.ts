import { parseJsonText } from "./json-text.ts";
import { isLineByLine } from "./line-by-line.ts";

/** How much of a line tells what record it is: our records begin with their ids. */
const BEGINNING = 200;
const NEWLINE = 10;

/**
 * The records of an artifact's bytes whose lines are wanted, as JSON. zdsync writes a record to a line; what was written in another way
 * is parsed whole. Throws `ArtifactError` for what is no JSON.
 */
export function someRecords(name: string, bytes: Buffer, isWanted: (beginning: string) => boolean): unknown[] {
  if (!isLineByLine(bytes)) {
    const all = parseJsonText(name, bytes);
    return Array.isArray(all) ? all : [];
  }
  const wanted: Buffer[] = [];
  for (let from = 2; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(from, end);
    if (line.length > 2 && isWanted(line.toString("utf8", 0, BEGINNING))) wanted.push(withoutComma(line));
    from = end + 1;
  }
  return wanted.flatMap((line) => parseJsonText(name, line));
}

function withoutComma(line: Buffer): Buffer {
  return line.at(-1) === 0x2c ? line.subarray(0, -1) : line;
}
