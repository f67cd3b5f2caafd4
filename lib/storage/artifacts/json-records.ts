import { ArtifactError } from "../../errors.ts";
import { isRecordTooDeep, parseJsonText } from "./json-text.ts";
import { blocksOfLines, isLineByLine, linesIn } from "./line-by-line.ts";
import { type ArtifactName, type ArtifactRecord, encodeRecord } from "./schemas.ts";

/**
 * The records of an artifact's bytes as JSON, one at a time: of a hundred thousand accounts neither the text nor the JSON is held whole.
 * What is not laid out as zdsync writes it is parsed whole, and so is what is no JSON, for the message: throws `ArtifactError` as
 * `parseJsonText`, possibly after some records.
 */
export function* jsonRecords(name: string, bytes: Uint8Array): Generator<unknown> {
  let count = 0;
  const layout = new RecordLayout();
  for (const block of blocksOfLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
    for (const record of layout.recordsIn(block)) {
      count++;
      yield record;
    }
  if (layout.isComplete) return;
  const all = parseJsonText(name, bytes);
  if (!Array.isArray(all))
    throw new ArtifactError(`${name} is not a JSON array of records. Run the stage that writes it again.`);
  // Those before were whole values between commas: they are the first ones of the list.
  yield* all.slice(count);
}

/** Reads an artifact in the layout that zdsync writes, block by block. */
export class RecordLayout {
  #expected: "[" | "record or ]" | "record" | "]" | "end" | "other layout" = "[";
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** True if everything was read, to the last bracket. */
  get isComplete(): boolean {
    return this.#expected === "end";
  }

  /** True if the file has another layout, or is not JSON; then no more records come. */
  get isOther(): boolean {
    return this.#expected === "other layout";
  }

  /** The records of the next block of whole lines, as JSON. */
  recordsIn(block: Buffer): unknown[] {
    const records: unknown[] = [];
    const isFirst = this.#expected === "[";
    if (isFirst) this.#expected = isLineByLine(block) ? "record or ]" : "other layout";
    if (this.isOther) return records;
    try {
      for (const line of linesIn(this.#decoder.decode(isFirst ? block.subarray(FIRST_LINE) : block))) {
        if (line === "]" && (this.#expected === "record or ]" || this.#expected === "]")) this.#expected = "end";
        else if (this.#expected === "]" || this.#expected === "end" || isRecordTooDeep(line)) throw new SyntaxError();
        else {
          const hasComma = line.endsWith(",");
          records.push(JSON.parse(hasComma ? line.slice(0, -1) : line));
          this.#expected = hasComma ? "record" : "]";
        }
      }
    } catch {
      this.#expected = "other layout";
    }
    return records;
  }
}

/** `[` and the end of its line. */
const FIRST_LINE = 2;

/** Records that become text at once: the text of all is as large as the file. */
const BLOCK = 1000;

/** An artifact's bytes in blocks, a record a line: small differences between two artifacts stay small in `diff`. */
export function* blocksOfRecords<Name extends ArtifactName>(
  name: Name,
  records: readonly ArtifactRecord<Name>[],
): Generator<Buffer> {
  if (records.length === 0) yield Buffer.from("[]\n");
  for (let from = 0; from < records.length; from += BLOCK) {
    const lines = records.slice(from, from + BLOCK).map((record) => JSON.stringify(encodeRecord(name, record)));
    const isLast = from + BLOCK >= records.length;
    yield Buffer.from(`${from === 0 ? "[\n" : ",\n"}${lines.join(",\n")}${isLast ? "\n]\n" : ""}`);
  }
}
