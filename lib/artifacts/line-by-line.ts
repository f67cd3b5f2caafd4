const [OPENING, CLOSING, NEWLINE] = [0x5b, 0x5d, 0x0a];
const BRACE = 0x7b;
/** Decoded at once: small enough to be given up soon, as a whole artifact's text is held beside its bytes and its records otherwise. */
const BLOCK_BYTES = 256 * 1024;

/** Whether an artifact's bytes begin as zdsync writes them: `[`, then a record to a line. */
export function isLineByLine(bytes: Uint8Array): boolean {
  return bytes[0] === OPENING && bytes[1] === NEWLINE && (bytes[2] === BRACE || bytes[2] === CLOSING);
}

/**
 * The lines of a text after its first one, without their ends, decoded block by block. `decode` gets whole lines; what it throws is
 * thrown on.
 */
export function* linesAfterFirst(bytes: Buffer, decode: (bytes: Buffer) => string = lenient): Generator<string> {
  let from = bytes.indexOf(NEWLINE) + 1;
  while (from > 0 && from < bytes.length) {
    const end = bytes.indexOf(NEWLINE, Math.min(from + BLOCK_BYTES, bytes.length));
    const until = end === -1 ? bytes.length : end + 1;
    const text = decode(bytes.subarray(from, until));
    for (let start = 0; start < text.length; ) {
      const lineEnd = text.indexOf("\n", start);
      yield text.slice(start, lineEnd === -1 ? text.length : lineEnd);
      start = lineEnd === -1 ? text.length : lineEnd + 1;
    }
    from = until;
  }
}

function lenient(bytes: Buffer): string {
  return bytes.toString("utf8");
}
