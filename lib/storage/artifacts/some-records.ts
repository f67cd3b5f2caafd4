import { createHash } from "node:crypto";
import type { OwnFile } from "../files/own-files.ts";
import { parseJsonText } from "./json-text.ts";
import { isLineByLine } from "./line-by-line.ts";

/** Number of leading characters of a line that identify its record: our records begin with their ids. */
const BEGINNING = 200;
const [NEWLINE, COMMA] = [0x0a, 0x2c];

/** A file that was opened, or whose bytes are known. */
export type FileBytes = Pick<OwnFile, "blocks" | "bytes">;

/** A file whose bytes are known. */
export function inMemory(bytes: Buffer): FileBytes {
  return {
    async *blocks() {
      yield bytes;
    },
    bytes: async () => bytes,
  };
}

/**
 * The records of an artifact's file whose lines are wanted, as JSON: `isWanted` sees how a line begins, of which letters beyond ASCII are
 * not to be relied on. zdsync writes a record to a line; what was written in another way is parsed whole. Throws what `verify` throws of
 * the digest, then `ArtifactError` for what is no JSON.
 */
export async function someRecordsOf(
  name: string,
  file: FileBytes,
  isWanted: (beginning: string) => boolean,
  verify: (sha256: string) => Promise<unknown>,
): Promise<unknown[]> {
  const digest = createHash("sha256");
  const wanted: Buffer[] = [];
  let isByLine: boolean | null = null;
  for await (const block of file.blocks()) {
    digest.update(block);
    isByLine ??= isLineByLine(block);
    if (isByLine) wanted.push(...linesIn(block, isWanted));
  }
  await verify(digest.digest("hex"));
  if (isByLine) return wanted.flatMap((line) => parseJsonText(name, line));
  const all = parseJsonText(name, await file.bytes());
  return Array.isArray(all) ? all : [];
}

/** Copies of the wanted lines of a block, without their commas. */
function linesIn(block: Buffer, isWanted: (beginning: string) => boolean): Buffer[] {
  const wanted: Buffer[] = [];
  for (let from = 0; from < block.length; ) {
    const found = block.indexOf(NEWLINE, from);
    const end = found === -1 ? block.length : found;
    // Brackets stand alone.
    if (end - from > 2 && isWanted(block.toString("latin1", from, Math.min(from + BEGINNING, end))))
      wanted.push(Buffer.from(block.subarray(from, block[end - 1] === COMMA ? end - 1 : end)));
    from = end + 1;
  }
  return wanted;
}
