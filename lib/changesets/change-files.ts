import type { PlannedContact } from "../domain/changeset.ts";
import { type Comparison, changeFiles, contactsFile } from "../domain/comparisons.ts";
import type { Allowances, Measurable } from "../domain/limits.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { refused } from "../reasons/refused.ts";
import type { ChangesetManifest, Maker, RunOrigin } from "../storage/artifacts/manifest.ts";
import type { ArtifactName, ArtifactRecord } from "../storage/artifacts/schemas.ts";
import { type ArtifactStore, sha256Of } from "../storage/artifacts/store.ts";
import { type ChangeFile, changesDigest } from "./changes-digest.ts";
import type { LimitCheck } from "./check-limits.ts";

/** Demands and exceptions of a person for the change files of one run (S2, S3). */
export interface ChangeFileConstraints {
  /** Digests of reviewed changesets; where given, nothing else is applied. */
  expect: readonly string[];
  /** Maximum age of the oldest data behind the changes, in milliseconds; null: any age. */
  maxAgeMs: number | null;
}

/** Change files as they are handed from compare to sync. */
export interface ReviewedChanges<Creates, Updates, Marks> {
  creates: Creates[];
  updates: Updates[];
  marks: Marks[];
  /** Empty where the comparison plans none. */
  contacts: PlannedContact[];
  digest: string;
  /** Null where the files were made by hand and `--expect` vouches for them. */
  manifest: ChangesetManifest | null;
}

type Files<C extends Comparison> = ReturnType<typeof changeFiles<C>>;
type Records<C extends Comparison, Kind extends keyof Files<C>> = Files<C>[Kind] extends ArtifactName
  ? ArtifactRecord<Files<C>[Kind]>
  : never;

/** Writes the change files of a comparison and the manifest that ties them together (artifacts.md). */
export async function writeChangeFiles(
  store: ArtifactStore,
  comparison: Comparison,
  changes: Measurable & { contacts?: readonly PlannedContact[] },
  { measures, unconfirmed = [], allow = {} }: Pick<LimitCheck, "measures" | "unconfirmed"> & { allow?: Allowances },
  maker: Maker,
): Promise<ChangesetManifest> {
  const names = changeFiles(comparison);
  const contacts = contactsFile(comparison);
  const planned = changes.contacts ?? [];
  // The records come from the comparison itself; the store validates them against the schema of each file.
  const parts: [ArtifactName, readonly never[]][] = [
    ...(["creates", "updates", "marks"] as const).map((kind): [ArtifactName, readonly never[]] => [
      names[kind],
      changes[kind] as never[],
    ]),
    ...(contacts ? [[contacts, planned as never[]] as [ArtifactName, readonly never[]]] : []),
  ];
  const bytes: Buffer[] = [];
  for (const [name, records] of parts) bytes.push(await store.replaceRecords(name, records));
  return store.writeChangesetManifest(comparison, maker, {
    files: parts.map(([name, records], index) => ({
      name,
      count: records.length,
      sha256: sha256Of(bytes[index] ?? ""),
    })),
    digest: changesDigest(
      comparison,
      parts.map(([, records], index) => ({ records, bytes: bytes[index] ?? Buffer.of() })),
    ),
    counts: {
      creates: changes.creates.length,
      updates: changes.updates.length,
      marks: changes.marks.length,
      contacts: contacts ? planned.length : 0,
    },
    existing: changes.existing,
    marked: changes.marked,
    limits: measures.map(({ effect, count, of, limit, exceeded }) => ({ effect, count, of, limit, exceeded })),
    verdict: measures.some((measure) => measure.exceeded) ? "over a limit" : "within limits",
    unconfirmed,
    allow,
  });
}

/**
 * Reads the change files of a comparison and makes sure that they are what was reviewed (S3): unaltered, of the expected
 * digest, young enough. Throws `RefusedError` otherwise.
 */
export async function readChangeFiles<C extends Comparison>(
  store: ArtifactStore,
  comparison: C,
  constraints: ChangeFileConstraints,
  now: Date,
): Promise<ReviewedChanges<Records<C, "creates">, Records<C, "updates">, Records<C, "marks">>> {
  const names = changeFiles(comparison);
  const creates = await store.readRecords(names.creates);
  const updates = await store.readRecords(names.updates);
  const marks = await store.readRecords(names.marks);
  const manifest = await store.readChangesetManifest(comparison);
  const contacts = await readContacts(store, comparison, manifest);
  const digest = changesDigest(comparison, [creates, updates, marks, ...contacts.files]);
  const [first, ...others] = [
    ...wrongDigest(comparison, digest, manifest, constraints),
    ...(manifest ? tooOld(comparison, manifest, constraints, now) : []),
  ];
  if (first) throw refused(first, ...others);
  return {
    creates: creates.records as Records<C, "creates">[],
    updates: updates.records as Records<C, "updates">[],
    marks: marks.records as Records<C, "marks">[],
    contacts: contacts.records,
    digest,
    manifest,
  };
}

/** Planned contacts, where the comparison has any. Those of a version that did not plan them are refused: nobody reviewed any. */
async function readContacts(
  store: ArtifactStore,
  comparison: Comparison,
  manifest: ChangesetManifest | null,
): Promise<{ records: PlannedContact[]; files: ChangeFile[] }> {
  const name = contactsFile(comparison);
  if (name === null) return { records: [], files: [] };
  if (manifest && !manifest.files.some((file) => file.name === name))
    throw refused(reason("changes.without_contacts", { comparison, file: name }));
  const file = await store.readRecords(name);
  return { records: file.records, files: [file] };
}

/** Why a digest that nobody expected is refused (S3); none where it was, or nobody said what they expect. */
export function unexpectedDigest(comparison: Comparison, digest: string, { expect }: ChangeFileConstraints): Reason[] {
  if (expect.length === 0 || expect.includes(digest)) return [];
  return [reason("digest.unexpected", { comparison, digest, expected: [...expect] })];
}

/** Why data that is older than `--max-age` is refused (S3); none where it is not. */
export function tooOld(
  comparison: Comparison,
  origin: Pick<RunOrigin, "gathered_at">,
  { maxAgeMs }: ChangeFileConstraints,
  now: Date,
): Reason[] {
  const ageMs = now.getTime() - Date.parse(origin.gathered_at);
  if (maxAgeMs === null || ageMs <= maxAgeMs) return [];
  const minutes = (ms: number) => Math.floor(ms / 60_000);
  return [reason("changes.too_old", { comparison, minutes: minutes(ageMs), allowed_minutes: minutes(maxAgeMs) })];
}

function wrongDigest(
  comparison: Comparison,
  digest: string,
  manifest: ChangesetManifest | null,
  constraints: ChangeFileConstraints,
): Reason[] {
  if (!manifest && constraints.expect.length === 0) return [reason("changes.unvouched", { comparison, digest })];
  if (manifest && manifest.digest !== digest) return [reason("changes.altered", { comparison })];
  return unexpectedDigest(comparison, digest, constraints);
}
