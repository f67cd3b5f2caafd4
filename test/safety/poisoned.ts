import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Of } from "../../lib/storage/artifacts/store.ts";
import type { TestWorld } from "../pipeline/world.ts";

/* What somebody who controls one job can do to the files that it hands on: change them, and match every digest. */

export type Json = Record<string, unknown>;
type Fields = Record<string, unknown>;

export const fieldsOf = (record: Json | undefined): Fields => (record?.organization_fields ?? {}) as Fields;

async function edited(path: string, change: (value: never) => unknown): Promise<Buffer> {
  const value = JSON.parse(await readFile(path, "utf8")) as never;
  const bytes = Buffer.from(`${JSON.stringify(change(value))}\n`);
  await writeFile(path, bytes);
  return bytes;
}

/** Changes an artifact, with a manifest that vouches for it. */
export async function poisonArtifact(
  { dataDir }: TestWorld,
  name: string,
  change: (records: Json[]) => Json[],
  manifest: Json = {},
): Promise<void> {
  let count = 0;
  const bytes = await edited(join(dataDir, name), (records: Json[]) => {
    const changed = change(records);
    count = changed.length;
    return changed;
  });
  await edited(join(dataDir, name.replace(".json", ".manifest.json")), (made: Json) => ({
    ...made,
    count,
    sha256: sha256Of(bytes),
    ...manifest,
  }));
}

type Kind = "creates" | "updates" | "not_in_sync" | "contacts";

/** Changes the change files of a comparison, with a manifest that vouches for them and says that all is within limits. */
export async function poisonChanges(
  { dataDir }: TestWorld,
  comparison: "global" | "usgov",
  changes: Partial<Record<Kind, (records: Json[]) => Json[]>>,
  manifest: Json = {},
): Promise<void> {
  const kinds: Kind[] = [
    "creates",
    "updates",
    "not_in_sync",
    ...(comparison === "global" ? ["contacts" as const] : []),
  ];
  const files: { name: string; count: number; sha256: string }[] = [];
  const all: Buffer[] = [];
  for (const kind of kinds) {
    const name = `${comparison}_${kind}.json`;
    let count = 0;
    const bytes = await edited(join(dataDir, name), (records: Json[]) => {
      const changed = changes[kind]?.(records) ?? records;
      count = changed.length;
      return changed;
    });
    files.push({ name, count, sha256: sha256Of(bytes) });
    all.push(bytes);
  }
  const [creates, updates, marks, contacts] = files.map(({ count }) => count);
  await edited(join(dataDir, `${comparison}_changeset.manifest.json`), (made: Json) => ({
    ...made,
    files,
    digest: sha256Of(...all),
    counts: { creates, updates, marks, contacts: contacts ?? 0 },
    limits: (made.limits as Json[]).map((limit) => ({ ...limit, exceeded: false })),
    verdict: "within limits",
    ...manifest,
  }));
}
