import { parseDocument } from "yaml";
import type { Note } from "../../lib/domain/changeset.ts";
import { ConfigurationError, messageOf, ZdsyncError } from "../../lib/errors.ts";
import { reasonText } from "../../lib/reasons/reason-text.ts";
import { mutateData } from "./mutate-data.ts";
import { mutateText } from "./mutate-text.ts";
import { CANARY } from "./odd-values.ts";
import { type Random, random } from "./random.ts";
import { READERS, type ReaderUnderTest } from "./readers.ts";

/** What came of one input. */
interface Verdict {
  parses: boolean;
  accepted: boolean;
  /** What the reader did wrong, or null. */
  wrong: string | null;
}

/** What came of many. */
export interface FuzzEnd {
  inputs: number;
  parsed: number;
  accepted: number;
  /** Readers that accepted at least one input, by file. */
  accepting: Set<string>;
  /** At most ten, each with the seed that makes it again: `fuzzOne(seed)`. */
  failures: string[];
}

/** Reads as many mutated files as told, over all readers in turn; the seeds are consecutive. */
export function fuzz(inputs: number, firstSeed: number): FuzzEnd {
  const end: FuzzEnd = { inputs, parsed: 0, accepted: 0, accepting: new Set(), failures: [] };
  for (let seed = firstSeed; seed < firstSeed + inputs; seed++) {
    const { reader, verdict } = fuzzOne(seed);
    if (verdict.parses) end.parsed++;
    if (verdict.accepted) end.accepted++;
    if (verdict.accepted) end.accepting.add(reader.file);
    if (verdict.wrong !== null && end.failures.length < 10)
      end.failures.push(`seed ${seed}, ${reader.file}: ${verdict.wrong}`);
  }
  return end;
}

/** The input of one seed, and what came of it. */
export function fuzzOne(seed: number): { reader: ReaderUnderTest; bytes: Uint8Array; verdict: Verdict } {
  const chance = random(seed);
  const reader = READERS[seed % READERS.length] as ReaderUnderTest;
  const bytes = inputFor(reader, chance);
  return { reader, bytes, verdict: judge(reader, bytes) };
}

/** Mostly changed data in a well-formed file; else a changed text; rarely both. */
function inputFor(reader: ReaderUnderTest, chance: Random): Uint8Array {
  const changes = 1 + chance.upTo(chance.chance(0.2) ? 8 : 2);
  const ofData = chance.chance(0.75);
  const data = reader.valid(chance);
  const text = reader.write(ofData ? mutateData(data, changes, chance) : data);
  return ofData && chance.chance(0.95) ? Buffer.from(text) : mutateText(text, changes, chance);
}

function judge(reader: ReaderUnderTest, bytes: Uint8Array): Verdict {
  try {
    const read = reader.read(bytes);
    const wrong = reader.format === "JSON" ? notWritable(reader, read) : leakIn(notesOf(read));
    return { parses: true, accepted: true, wrong };
  } catch (error) {
    const message = messageOf(error);
    const parses = !message.includes("nested") && isWellFormed(reader, bytes);
    if (!(error instanceof ZdsyncError)) return { parses, accepted: false, wrong: `crashed: ${message}` };
    const wrong = placeless(reader, error) ?? (reader.repeatsValues ? null : leakIn(message));
    return { parses, accepted: false, wrong };
  }
}

/** A message that does not say where; the whole file is a place only where nothing smaller is. */
function placeless(reader: ReaderUnderTest, error: ZdsyncError): string | null {
  const whole = / is (?:not a JSON array|empty|larger than)|: (?:its aliases|and \d+ more)|has schema version/;
  const within = new RegExp(`^${reader.file.replaceAll(".", "\\.")}.*(?::\\d+|\\bline \\d+|\\bfield \\S)`);
  const lines = error instanceof ConfigurationError ? error.message.split("\n") : [error.message];
  const bad = lines.find((line) => !line.startsWith(reader.file) || !(within.test(line) || whole.test(line)));
  return bad === undefined ? null : `names no place: ${bad}`;
}

function leakIn(message: string): string | null {
  return message.toLowerCase().includes(CANARY.toLowerCase()) ? `repeats a customer's data: ${message}` : null;
}

/** What the overrides' reader tells people about entries that do not apply. */
function notesOf(read: unknown): string {
  const { notes } = read as { notes?: { note: Note }[] };
  return notes?.map(({ note }) => reasonText(note.reason)).join("\n") ?? "";
}

/** What was accepted must be accepted again when it is written: no Infinity, nothing too deep to be written. */
function notWritable(reader: ReaderUnderTest, read: unknown): string | null {
  try {
    const text = JSON.stringify(reader.keep?.(read) ?? read);
    if (JSON.stringify(reader.read(Buffer.from(text))) === JSON.stringify(read) && !holdsInfinity(read)) return null;
    return "accepted what does not come back the same when it is written";
  } catch (error) {
    return `accepted what cannot be written: ${messageOf(error)}`;
  }
}

function holdsInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsInfinity);
}

function isWellFormed(reader: ReaderUnderTest, bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  if (reader.format === "YAML") return parseDocument(text, { uniqueKeys: false }).errors.length === 0;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
