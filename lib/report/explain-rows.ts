import type { ArtifactStore } from "../artifacts/store.ts";
import { lstat } from "../edges/files.ts";
import { ZdsyncError } from "../errors.ts";
import type { ExplanationDocument } from "../explain/document.ts";
import { EvidenceIndex } from "../explain/evidence-index.ts";
import { EVIDENCE_ARTIFACTS, type EvidenceArtifact, type EvidenceRecords } from "../explain/evidence-records.ts";
import { explainAccount } from "../explain/explain-account.ts";
import { explanationDocument } from "../explain/explanation-document.ts";
import type { RecordFiles } from "../explain/records-about.ts";
import { openLatestRun, withRecords } from "../explain/run-material.ts";
import type { Environment } from "../settings/environment.ts";
import type { Row } from "./model.ts";

/** Artifacts that are opened whole for it, all together: of some 20,000 accounts. In larger runs a row names the command. */
const MAX_BYTES = 64 * 1024 ** 2;

/** Explains a row's account; null where there is nothing to explain it from. */
export type RowExplainer = (row: Row) => ExplanationDocument | null;

/**
 * Explains rows as `zdsync explain` does, from the artifacts of the run that a data directory holds. Undefined where these are of another
 * run, do not suffice (a stage alone, a run that failed early), or are too large to be opened whole.
 */
export async function rowExplainer(
  store: ArtifactStore,
  env: Environment,
  runId: string,
): Promise<RowExplainer | undefined> {
  try {
    if ((await bytesOf(store)) > MAX_BYTES) return undefined;
    const run = await openLatestRun(store, env);
    if (run.about.run.run_id !== runId) return undefined;
    const index = new EvidenceIndex(withRecords(run, await everything(run.files)));
    return (row) => explained(index, row);
  } catch (error) {
    if (error instanceof ZdsyncError) return undefined;
    throw error;
  }
}

function explained(index: EvidenceIndex, { salesforce_id, id, instance }: Row): ExplanationDocument | null {
  if (salesforce_id === null && (id === null || instance === null)) return null;
  const organizations = id === null || instance === null ? [] : [{ instance, id }];
  const explanation = explainAccount(index.of({ salesforce_id, organizations, email: null }));
  const instances = explanation.instances.filter((one) => instance === null || one.instance === instance);
  return explanationDocument({ ...explanation, instances });
}

async function bytesOf(store: ArtifactStore): Promise<number> {
  const found = await Promise.all(EVIDENCE_ARTIFACTS.map((name) => lstat(store.path(name)).catch(() => null)));
  return found.reduce((sum, one) => sum + (one?.size ?? 0), 0);
}

async function everything(files: RecordFiles): Promise<EvidenceRecords> {
  const records: EvidenceRecords = {};
  for (const name of EVIDENCE_ARTIFACTS) await readInto(records, files, name);
  return records;
}

async function readInto<Name extends EvidenceArtifact>(records: EvidenceRecords, files: RecordFiles, name: Name) {
  const file = await files.open(name);
  const into: { [Key in Name]?: EvidenceRecords[Key] } = records;
  if (file) into[name] = file.all() as EvidenceRecords[Name];
}
