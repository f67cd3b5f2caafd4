const [OPENING, CLOSING, NEWLINE] = [0x5b, 0x5d, 0x0a];
const BRACE = 0x7b;
/** Decoded at once: small enough to be given up soon, as a whole artifact's text is held beside its bytes and its records otherwise. */
const BLOCK_BYTES = 256 * 1024;

/** True if an artifact's bytes begin as zdsync writes them: `[`, then one record per line. */
export function isLineByLine(bytes: Uint8Array): boolean {
  return bytes[0] === OPENING && bytes[1] === NEWLINE && (bytes[2] === BRACE || bytes[2] === CLOSING);
}

/** The lines of a text after its first one, without their ends, decoded block by block. */
export function* linesAfterFirst(bytes: Buffer): Generator<string> {
  const from = bytes.indexOf(NEWLINE) + 1;
  if (from === 0) return;
  for (const block of blocksOfLines(bytes.subarray(from))) yield* linesIn(block.toString("utf8"));
}

/** A text in blocks of whole lines. */
export function* blocksOfLines(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, Math.min(from + BLOCK_BYTES, bytes.length));
    const until = end === -1 ? bytes.length : end + 1;
    yield bytes.subarray(from, until);
    from = until;
  }
}

/** The lines of a text, without their ends. */
export function* linesIn(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
  }
}
