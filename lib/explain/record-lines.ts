import { isLineByLine, linesAfterFirst } from "../storage/artifacts/line-by-line.ts";
import { parseRecords } from "../storage/artifacts/parse-artifact.ts";
import type { ArtifactName, ArtifactRecord } from "../storage/artifacts/schemas.ts";

const NEWLINE = 10;
const EMPTY = Buffer.from("[]\n");

/**
 * The records of an artifact without reading all of them: an artifact has a record a line (`ArtifactStore`), so that a search for bytes finds
 * the lines that matter, and only those are parsed and validated. A file laid out otherwise (made by hand) is parsed whole.
 */
export class RecordLines<Name extends ArtifactName> {
  readonly #isByLine: boolean;

  constructor(
    readonly name: Name,
    readonly bytes: Buffer,
  ) {
    this.#isByLine = isLineByLine(bytes) || bytes.equals(EMPTY);
  }

  /** All records. Throws `ArtifactError` as `ArtifactStore.read`. */
  all(): ArtifactRecord<Name>[] {
    return parseRecords(this.name, this.bytes);
  }

  /** Records whose line holds one of these texts, in any place; the caller looks closer. Each once, in the order of the file. */
  with(texts: Iterable<string>): ArtifactRecord<Name>[] {
    if (!this.#isByLine) return this.all();
    const lines = new Map<number, number>();
    for (const text of texts) {
      const bytes = Buffer.from(text);
      for (let at = this.bytes.indexOf(bytes); at !== -1; ) {
        const [start, end] = this.#lineAt(at);
        lines.set(start, end);
        at = this.bytes.indexOf(bytes, end);
      }
    }
    return this.#parse([...lines].sort(([one], [other]) => one - other));
  }

  /** Every line as text, most with their comma; for what has to look at each of them. None where the file has no record a line. */
  *lines(): Generator<string> {
    if (!this.#isByLine) {
      for (const record of this.all()) yield JSON.stringify(record);
      return;
    }
    for (const line of linesAfterFirst(this.bytes)) if (line.startsWith("{")) yield line;
  }

  /** Records of lines that were found by `lines`. */
  parse(lines: readonly string[]): ArtifactRecord<Name>[] {
    return parseRecords(this.name, Buffer.from(`[${lines.map((line) => line.replace(/,$/, "")).join(",")}]`));
  }

  #lineAt(at: number): [start: number, end: number] {
    const end = this.bytes.indexOf(NEWLINE, at);
    return [this.bytes.lastIndexOf(NEWLINE, at) + 1, end === -1 ? this.bytes.length : end];
  }

  #parse(lines: readonly [start: number, end: number][]): ArtifactRecord<Name>[] {
    return this.parse(lines.map(([start, end]) => this.bytes.toString("utf8", start, end)));
  }
}
