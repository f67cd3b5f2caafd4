import { createHash } from "node:crypto";
import type { OwnFile } from "../files/own-files.ts";
import { RecordLayout } from "./json-records.ts";
import { FEW_BYTES } from "./kept-records.ts";
import { parseRecords, RecordCheck } from "./parse-artifact.ts";
import type { ArtifactName, ArtifactRecord } from "./schemas.ts";

/** Takes the records of an artifact, one after the other. */
export interface RecordTaker<Name extends ArtifactName> {
  add(record: ArtifactRecord<Name>): void;
}

/** Takes all records. */
export class AllRecords<Name extends ArtifactName> {
  readonly records: ArtifactRecord<Name>[] = [];

  add(record: ArtifactRecord<Name>): void {
    this.records.push(record);
  }
}

/**
 * Reads an artifact's file: a large one record by record, with its digest on the way. Nothing that was taken may get out before this
 * resolves. Throws what `verify` throws of the digest, then `ArtifactError` as `parseRecords`.
 *
 * @param begin asked for a taker again where the file turns out to be laid out otherwise than zdsync does; what the first one took is void
 */
export async function readRecordsOf<Name extends ArtifactName, Taker extends RecordTaker<Name>, Artifact>(
  name: Name,
  file: OwnFile,
  begin: () => Taker,
  verify: (sha256: string) => Promise<Artifact>,
): Promise<{ taker: Taker; artifact: Artifact; bytes: Buffer | null }> {
  if (file.size > FEW_BYTES) {
    const read = await readByBlock(name, file, begin, verify);
    if (read) return read;
  }
  const bytes = await file.bytes();
  const artifact = await verify(createHash("sha256").update(bytes).digest("hex"));
  const taker = begin();
  for (const record of parseRecords(name, bytes)) taker.add(record);
  return { taker, artifact, bytes: bytes.length > FEW_BYTES ? null : bytes };
}

/** Null where the file is not laid out as zdsync writes it, or is no JSON. */
async function readByBlock<Name extends ArtifactName, Taker extends RecordTaker<Name>, Artifact>(
  name: Name,
  file: OwnFile,
  begin: () => Taker,
  verify: (sha256: string) => Promise<Artifact>,
): Promise<{ taker: Taker; artifact: Artifact; bytes: null } | null> {
  const digest = createHash("sha256");
  const layout = new RecordLayout();
  const taker = begin();
  const check = new RecordCheck(name, (record) => taker.add(record));
  for await (const block of file.blocks()) {
    digest.update(block);
    for (const record of layout.recordsIn(block)) check.add(record);
    if (layout.isOther) return null;
  }
  if (!layout.isComplete) return null;
  const artifact = await verify(digest.digest("hex"));
  check.end();
  return { taker, artifact, bytes: null };
}
