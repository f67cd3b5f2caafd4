import { ArtifactError } from "../errors.ts";
import { isRecordTooDeep, parseJsonText } from "./json-text.ts";
import { isLineByLine, linesAfterFirst } from "./line-by-line.ts";
import { type ArtifactName, type ArtifactRecord, encodeRecord } from "./schemas.ts";

/**
 * The records of an artifact's bytes as JSON, one at a time: of a hundred thousand accounts neither the text nor the JSON is held whole.
 * What is not laid out as zdsync writes it is parsed whole, and so is what is no JSON, for the message: throws `ArtifactError` as
 * `parseJsonText`, possibly after some records.
 */
export function* jsonRecords(name: string, bytes: Uint8Array): Generator<unknown> {
  let count = 0;
  const byLine = recordsByLine(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (let next = byLine.next(); ; next = byLine.next()) {
    if (next.done) {
      if (next.value === "complete") return;
      break;
    }
    count++;
    yield next.value;
  }
  const all = parseJsonText(name, bytes);
  if (!Array.isArray(all))
    throw new ArtifactError(`${name} is not a JSON array of records. Run the stage that makes it again.`);
  // Those before were whole values between commas: they are the first ones of the list.
  yield* all.slice(count);
}

/** `other layout` where the rest is not as zdsync writes it. */
function* recordsByLine(bytes: Buffer): Generator<unknown, "complete" | "other layout"> {
  if (!isLineByLine(bytes)) return "other layout";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let expected: "record or ]" | "record" | "]" | "end" = "record or ]";
  try {
    for (const line of linesAfterFirst(bytes, (block) => decoder.decode(block))) {
      if (line === "]" && expected !== "record" && expected !== "end") expected = "end";
      else if (expected === "]" || expected === "end" || isRecordTooDeep(line)) return "other layout";
      else {
        const hasComma = line.endsWith(",");
        const record: unknown = JSON.parse(hasComma ? line.slice(0, -1) : line);
        expected = hasComma ? "record" : "]";
        yield record;
      }
    }
  } catch {
    return "other layout";
  }
  return expected === "end" ? "complete" : "other layout";
}

/** Records that become text at once: the text of all is as large as the file. */
const BLOCK = 1000;

/** An artifact's bytes, a record a line: small differences between two artifacts stay small in `diff`. */
export function bytesOfRecords<Name extends ArtifactName>(
  name: Name,
  records: readonly ArtifactRecord<Name>[],
): Buffer {
  if (records.length === 0) return Buffer.from("[]\n");
  const blocks: Buffer[] = [];
  for (let from = 0; from < records.length; from += BLOCK) {
    const lines = records.slice(from, from + BLOCK).map((record) => JSON.stringify(encodeRecord(name, record)));
    blocks.push(Buffer.from(`${from === 0 ? "[\n" : ",\n"}${lines.join(",\n")}`));
  }
  return Buffer.concat([...blocks, Buffer.from("\n]\n")]);
}
