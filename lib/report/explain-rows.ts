import type { ArtifactStore } from "../artifacts/store.ts";
import { lstat } from "../edges/files.ts";
import { ZdsyncError } from "../errors.ts";
import type { ExplanationDocument } from "../explain/document.ts";
import { EvidenceIndex } from "../explain/evidence-index.ts";
import { EVIDENCE_ARTIFACTS, type EvidenceArtifact, type EvidenceRecords } from "../explain/evidence-records.ts";
import { explainAccount } from "../explain/explain-account.ts";
import { explanationDocument } from "../explain/explanation-document.ts";
import { RecordLines } from "../explain/record-lines.ts";
import type { RecordFiles, ScannedFiles } from "../explain/records-about.ts";
import { accountKeyOf, DECIDED_FROM, linesOfMany, type Whom } from "../explain/records-of-many.ts";
import { openLatestRun, withRecords } from "../explain/run-material.ts";
import type { Environment } from "../settings/environment.ts";
import type { Row } from "./model.ts";

/** Artifacts that are opened whole for it, all together: of some 20,000 accounts. Of larger runs only what the rows need is taken out. */
const MAX_BYTES = 64 * 1024 ** 2;
/** Rows of a larger run that carry their explanation, the worst first; of others a row names the command. */
const MOST_ROWS = 5_000;

/** Explains a row's account; null where there is nothing to explain it from. */
export type RowExplainer = (row: Row) => ExplanationDocument | null;

/** Gets ready to explain rows, the worst first. */
export type ExplainsRows = (rows: readonly Row[]) => Promise<RowExplainer | undefined>;

/**
 * Explains rows as `zdsync explain` does, from the artifacts of the run that a data directory holds. Undefined where there
 * are no rows, and where the artifacts are of another run or do not suffice (a stage alone, a run that failed early).
 *
 * @param maxBytes artifacts that come to more are passed through once, one at a time, for the records that the rows need
 */
export function rowExplainer(
  store: ArtifactStore,
  env: Environment,
  runId: string,
  maxBytes: number = MAX_BYTES,
): ExplainsRows {
  return async (rows) => {
    // A quiet run has none, and its artifacts are as large as any.
    if (rows.length === 0) return undefined;
    try {
      const run = await openLatestRun(store, env);
      if (run.about.run.run_id !== runId) return undefined;
      const isSmall = (await bytesOf(store)) <= maxBytes;
      const some = isSmall ? rows : rows.slice(0, MOST_ROWS);
      const records = isSmall ? await everything(run.files) : await recordsOfRows(run.files, some);
      const index = new EvidenceIndex(withRecords(run, records));
      const known = new Set(some);
      return (row) => (known.has(row) ? explained(index, row) : null);
    } catch (error) {
      if (error instanceof ZdsyncError) return undefined;
      throw error;
    }
  };
}

/** What the rows' accounts were decided from, out of one pass over each file in which none is held; and all of what came of it. */
async function recordsOfRows(files: ScannedFiles, rows: readonly Row[]): Promise<EvidenceRecords> {
  const records: EvidenceRecords = {};
  for await (const { name, lines } of linesOfMany(files, whomOf(rows)))
    setRecords(records, name, new RecordLines(name, Buffer.alloc(0)).parse(lines));
  const decided: readonly string[] = DECIDED_FROM;
  for (const name of EVIDENCE_ARTIFACTS) if (!decided.includes(name)) await readInto(records, files, name);
  return records;
}

const NAMED_ORGANIZATIONS = /"(?:holder|organization|rival_organization)_ids":\[([\d,]+)\]/g;

/** The accounts and organizations of rows, and those that their reasons name. */
function whomOf(rows: readonly Row[]): Whom {
  const accounts = new Set<string>();
  const organizations = new Set<number>();
  const contested = new Set<string>();
  for (const { salesforce_id, id, reason } of rows) {
    if (id !== null) organizations.add(id);
    for (const [, ids = ""] of JSON.stringify(reason).matchAll(NAMED_ORGANIZATIONS))
      for (const one of ids.split(",")) organizations.add(Number(one));
    if (salesforce_id === null) continue;
    accounts.add(accountKeyOf(salesforce_id));
    if (reason?.code.endsWith(".name_contested")) contested.add(accountKeyOf(salesforce_id));
  }
  return { accounts, organizations, contested };
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

async function readInto(records: EvidenceRecords, files: RecordFiles, name: EvidenceArtifact): Promise<void> {
  const file = await files.open(name);
  if (file) setRecords(records, name, file.all());
}

function setRecords(records: EvidenceRecords, name: EvidenceArtifact, found: readonly unknown[]): void {
  // The reader of a file has validated its records by the file's own schema.
  (records as Record<EvidenceArtifact, readonly unknown[]>)[name] = found;
}
