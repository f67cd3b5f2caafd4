import * as v from "valibot";
import { reason } from "../../domain/reason.ts";
import { ArtifactError } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import { type Fits, fitsOf } from "./fits-schema.ts";
import { isJournal, rowsOfJournal } from "./journal-layout.ts";
import { jsonRecords } from "./json-records.ts";
import { parseJsonText } from "./json-text.ts";
import { SCHEMA_VERSION } from "./manifest.ts";
import { byResult, type Result } from "./results.ts";
import { ARTIFACTS, type ArtifactName, type ArtifactRecord, encodeRecord } from "./schemas.ts";

/** Wrong records that a message names; the others are counted. */
const NAMED = 5;

/**
 * The records of an artifact. Throws `ArtifactError` that names file, record and field, and never a value: artifacts hold
 * customers' names and addresses.
 */
export function parseRecords<Name extends ArtifactName>(name: Name, bytes: Uint8Array): ArtifactRecord<Name>[] {
  const records: ArtifactRecord<Name>[] = [];
  const check = new RecordCheck(name, (record) => void records.push(record));
  const open = openResults(name, bytes);
  for (const record of open ?? jsonRecords(name, bytes)) check.add(record);
  check.end();
  // As they stand in the file once it is closed.
  return open ? ((records as Result[]).sort(byResult) as ArtifactRecord<Name>[]) : records;
}

/** The rows of a results file whose run did not close it; null for every other file. */
function openResults(name: ArtifactName, bytes: Uint8Array): unknown[] | null {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return name.endsWith("_results.json") && isJournal(whole) ? rowsOfJournal(whole) : null;
}

/** The records as whoever reads their file gets them. Throws as `parseRecords` where they would be refused. */
export function recordsAsRead<Name extends ArtifactName>(
  name: Name,
  records: readonly ArtifactRecord<Name>[],
): ArtifactRecord<Name>[] {
  const asRead: ArtifactRecord<Name>[] = [];
  const check = new RecordCheck(name, (record) => void asRead.push(record));
  for (const record of records) {
    const json = encodeRecord(name, record);
    check.add(check.fits(json) ? json : JSON.parse(JSON.stringify(json)));
  }
  check.end();
  return asRead;
}

/** Holds an artifact's records, as JSON, against their schema, and hands on what it makes of them. */
export class RecordCheck<Name extends ArtifactName> {
  /** True if a record can be handed on unchanged. */
  readonly fits: Fits;
  readonly #schema: v.GenericSchema<unknown, ArtifactRecord<Name>>;
  readonly #problems: string[] = [];
  #index = 0;

  constructor(
    private readonly name: Name,
    private readonly take: (record: ArtifactRecord<Name>) => void,
  ) {
    this.#schema = ARTIFACTS[name] as unknown as v.GenericSchema<unknown, ArtifactRecord<Name>>;
    this.fits = fitsOf(this.#schema);
  }

  /** The next record. What is wrong with it is said at the end. */
  add(record: unknown): void {
    this.#index++;
    if (this.fits(record)) {
      this.take(record as ArtifactRecord<Name>);
      return;
    }
    const parsed = v.safeParse(this.#schema, record);
    if (parsed.success) this.take(parsed.output);
    else this.#problems.push(`record ${this.#index}${idOf(record)}, ${describeIssue(parsed.issues[0])}`);
  }

  /** Throws `ArtifactError` that names the first of those that were wrong. */
  end(): void {
    const problems = this.#problems;
    if (problems.length === 0) return;
    const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : "";
    throw new ArtifactError(
      `${this.name} is not valid: ${problems.slice(0, NAMED).join("; ")}${more}. Run the stage that writes it again.`,
    );
  }
}

/** A manifest. Throws `ArtifactError` that names file and field, and `RefusedError` where it is of another schema version (S3). */
export function parseManifest<T>(name: string, schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  const json = parseJsonText(name, bytes);
  checkVersion(name, json);
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  throw new ArtifactError(
    `${name} is not a manifest: ${describeIssue(parsed.issues[0])}. Run the stage that writes it again.`,
  );
}

function idOf(record: unknown): string {
  if (typeof record !== "object" || record === null) return "";
  const { salesforce_id: account, id } = record as Record<string, unknown>;
  if (typeof account === "string" && /^[A-Za-z0-9]{15,18}$/.test(account)) return ` (${account})`;
  return typeof id === "number" ? ` (${id})` : "";
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => stepOf(item.key)).join(".");
  const field = `field ${path || "(the whole record)"}`;
  return issue.input === undefined ? `${field}: missing` : `${field}: expected ${issue.expected ?? issue.type}`;
}

/** A key as a message may show it: where it does not look like one, it may be a value that got into its place. */
function stepOf(key: unknown): string {
  return /^[\w-]{1,64}$/.test(String(key)) ? String(key) : "(an unusual key)";
}

/** Looks at the version before anything else: a manifest of another version need not look like ours. */
function checkVersion(name: string, manifest: unknown): void {
  const { success, output } = v.safeParse(v.object({ schema: v.number() }), manifest);
  if (!success || output.schema === SCHEMA_VERSION) return;
  throw refused(reason("artifact.other_version", { file: name, version: output.schema, supported: SCHEMA_VERSION }));
}
