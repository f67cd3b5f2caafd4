import * as v from "valibot";
import { reason } from "../domain/reason.ts";
import { ArtifactError } from "../errors.ts";
import { refused } from "../explain/refused.ts";
import { jsonRecords } from "./json-records.ts";
import { parseJsonText } from "./json-text.ts";
import { SCHEMA_VERSION } from "./manifest.ts";
import { ARTIFACTS, type ArtifactName, type ArtifactRecord } from "./schemas.ts";

/** Wrong records that a message names; the others are counted. */
const NAMED = 5;

/**
 * The records of an artifact. Throws `ArtifactError` that names file, record and field, and never a value: artifacts hold
 * customers' names and addresses.
 */
export function parseRecords<Name extends ArtifactName>(name: Name, bytes: Uint8Array): ArtifactRecord<Name>[] {
  const records: ArtifactRecord<Name>[] = [];
  eachRecord(name, bytes, (record) => void records.push(record));
  return records;
}

/** Throws as `parseRecords`, and keeps no record. */
export function checkRecords(name: ArtifactName, bytes: Uint8Array): void {
  eachRecord(name, bytes, () => {});
}

function eachRecord<Name extends ArtifactName>(
  name: Name,
  bytes: Uint8Array,
  take: (record: ArtifactRecord<Name>) => void,
): void {
  const schema = ARTIFACTS[name] as v.GenericSchema<unknown, ArtifactRecord<Name>>;
  const problems: string[] = [];
  let index = 0;
  for (const record of jsonRecords(name, bytes)) {
    index++;
    const parsed = v.safeParse(schema, record);
    if (parsed.success) take(parsed.output);
    else problems.push(`record ${index}${idOf(record)}, ${describeIssue(parsed.issues[0])}`);
  }
  if (problems.length === 0) return;
  const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : "";
  throw new ArtifactError(
    `${name} does not hold what it should: ${problems.slice(0, NAMED).join("; ")}${more}. Run the stage that makes it again.`,
  );
}

/** A manifest. Throws `ArtifactError` that names file and field, and `RefusedError` where it is of another schema version (S3). */
export function parseManifest<T>(name: string, schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  const json = parseJsonText(name, bytes);
  checkVersion(name, json);
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  throw new ArtifactError(
    `${name} is not a manifest: ${describeIssue(parsed.issues[0])}. Run the stage that makes it again.`,
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
