import { isRecordTooDeep } from "./json-text.ts";

/*
 * A results file while its run writes it: a JSON array like the closed one, a row a line in the order in which they ended, so that
 * whoever reads it needs to know nothing of it. The blank in its first line says that it is open: only there is the end of the file
 * allowed to be missing, as a loss of power cuts what was being written.
 */

const BEGINNING = "[ \n";
export const JOURNAL_ENDING = "\n]\n";

/** Returns the beginning of the file: its first rows, as JSON texts; at least one. */
export function journalBeginning(rows: readonly string[]): Buffer {
  return Buffer.from(`${BEGINNING}${rows.join(",\n")}`);
}

/** Returns the bytes for further rows, after the earlier ones and up to the ending. */
export function journalAddition(rows: readonly string[]): Buffer {
  return Buffer.from(rows.map((row) => `,\n${row}`).join(""));
}

/** True if the bytes are from a file that was not closed. */
export function isJournal(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, BEGINNING.length) === BEGINNING;
}

/** The rows of a file that was not closed, but for one that was cut at its end; null where anything else is wrong with it. */
export function rowsOfJournal(bytes: Buffer): unknown[] | null {
  const rows: unknown[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let from = BEGINNING.length; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from);
    const end = found === -1 ? bytes.length : found;
    try {
      // Of a write that was cut the comma may be there, and after it what stood there before.
      const line = decoder.decode(bytes.subarray(from, end)).replace(/[,\]]+$/, "");
      if (isRecordTooDeep(line)) return null;
      if (line !== "" || bytes[from] !== CLOSING) rows.push(JSON.parse(line));
    } catch {
      return bytes.indexOf("{", end) === -1 ? rows : null;
    }
    from = end + 1;
  }
  return rows;
}

const [NEWLINE, CLOSING] = [0x0a, 0x5d];
