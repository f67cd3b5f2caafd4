import type { UsGovernmentShown } from "../domain/config.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { lstat } from "../edges/files.ts";
import { collectGarbage } from "../edges/garbage.ts";
import { ZdsyncError } from "../errors.ts";
import type { ExplanationDocument } from "../explain/document.ts";
import type { PastEvidence } from "../explain/evidence.ts";
import { EvidenceIndex } from "../explain/evidence-index.ts";
import {
  DECIDED_FROM,
  EVIDENCE_ARTIFACTS,
  type EvidenceArtifact,
  type EvidenceRecords,
} from "../explain/evidence-records.ts";
import { explanationDocument } from "../explain/explanation-document.ts";
import { undoneIn } from "../explain/past-evidence.ts";
import { withPeople } from "../explain/people-of-many.ts";
import { RecordLines } from "../explain/record-lines.ts";
import type { RecordFiles, ScannedFiles } from "../explain/records-about.ts";
import { accountKeyOf, linesOfMany, type RecordSubjects } from "../explain/records-of-many.ts";
import { openKeptRun, openLatestRun, withRecords } from "../explain/run-material.ts";
import { withoutUsGovernmentNames } from "../explain/withhold-explanation.ts";
import type { Environment } from "../settings/environment.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { explainRow } from "./explain-row.ts";
import type { Row } from "./model.ts";
import { addressIn, isAboutPerson } from "./page/person-of-row.ts";

/** Artifacts that are opened whole for it, all together: of some 20,000 accounts. Of larger runs only what the rows need is taken out. */
const MAX_BYTES = 64 * 1024 ** 2;
/** Rows of a larger run that carry their explanation, the worst first; of others a row names the command. */
const MAX_ROWS = 5_000;

/** Explains a row's account; null where there is nothing to explain it from. `shown`: whether customers of us-government are named. */
export type RowExplainer = (row: Row, shown: UsGovernmentShown) => ExplanationDocument | null;

/** Whose files rows are explained from. */
export interface RowEvidence {
  store: ArtifactStore;
  env: Environment;
  /** The run that decided about the rows. */
  runId: string;
  /** Instances whose files are read; those of the other one are not even opened. */
  instances?: readonly InstanceName[];
  /** True for a preview or a dry run: its record is written after its report. */
  writesNothing?: boolean;
  /** Artifacts that come to more are passed through once, one at a time, for the records that the rows need. */
  maxBytes?: number;
}

/**
 * Gets ready to explain rows (the worst first) as `zdsync explain` does, from the artifacts of the run that decided about them. Undefined
 * where there are no rows, the data directory holds another run's, or they do not suffice (a job of a pipeline, a run that failed early).
 */
export async function rowExplainer(
  { store, env, runId, instances = INSTANCES, writesNothing, maxBytes = MAX_BYTES }: RowEvidence,
  rows: readonly Row[],
): Promise<RowExplainer | undefined> {
  // A quiet run has none, and its artifacts are as large as any.
  if (rows.length === 0) return undefined;
  return unlessUnreadable(async () => {
    // What an account has stands in this file alone: without it every row would be told as of an account that was not gathered.
    if ((await store.readManifest("salesforce_accounts.json"))?.run_id !== runId) return undefined;
    const run = await openLatestRun(store, env, {
      instances,
      ...(writesNothing === undefined ? {} : { writesNothing }),
    });
    if (run.about.run.run_id !== runId) return undefined;
    const isSmall = (await bytesOf(store)) <= maxBytes;
    if (isSmall) return explainerFrom(new EvidenceIndex(withRecords(run, await everything(run.files))));
    // Accounts are of very different sizes: where the rows' own come to too much, a quarter of the rows has to do.
    for (let count = MAX_ROWS; count > 0; count = Math.floor(count / 4)) {
      const some = rows.slice(0, count);
      const whom = some.some(isAboutPerson) ? await withPeople(run.files, whomOf(some)) : whomOf(some);
      const records = await recordsOfRows(run.files, whom);
      collectGarbage();
      if (records) return explainerFrom(new EvidenceIndex(withRecords(run, records)), (row) => isAmong(whom, row));
    }
    return undefined;
  });
}

/**
 * The same for rows of an undo: what is explained is the run that it takes back, from the data directory or from what the history kept.
 *
 * @param undo its id, and when it began: what it took back is said to be so
 */
export async function undoneRowExplainer(
  { store, env, runId }: Pick<RowEvidence, "store" | "env" | "runId">,
  undo: { run_id: string; at: string },
): Promise<RowExplainer | undefined> {
  return unlessUnreadable(async () => {
    const latest = await unlessUnreadable(() => openLatestRun(store, env));
    const run = latest?.about.run.run_id === runId ? latest : await openKeptRun(store, runId, env);
    if (!run) return undefined;
    const index = new EvidenceIndex(withRecords(run, await everything(run.files)));
    const undone = (await undoneIn(store, undo.run_id)).map((one) => ({ ...undo, ...one }));
    const of = Map.groupBy(undone, ({ result }) => accountKeyOf(result.salesforce_id ?? ""));
    return (row, shown) =>
      explained(index, row, shown, { losses: [], undone: of.get(accountKeyOf(row.salesforce_id ?? "")) ?? [] });
  });
}

/** Rows without explanation name the command: what cannot be read is no reason to fail a report. */
async function unlessUnreadable<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ZdsyncError) return undefined;
    throw error;
  }
}

function explainerFrom(index: EvidenceIndex, isKnown: (row: Row) => boolean = () => true): RowExplainer {
  return (row, shown) => (isKnown(row) ? explained(index, row, shown) : null);
}

/** Null where that comes to more than may be held. What the rows' accounts were decided from, out of one pass over each file in which none is held; and all of what came of it. */
async function recordsOfRows(files: ScannedFiles, subjects: RecordSubjects): Promise<EvidenceRecords | null> {
  const records: EvidenceRecords = {};
  let picked = 0;
  for await (const { name, lines } of linesOfMany(files, subjects)) {
    picked += lines.reduce((sum, { length }) => sum + length, 0);
    if (picked > MAX_BYTES) return null;
    setRecords(records, name, new RecordLines(name, Buffer.alloc(0)).parse(lines));
  }
  const decided: readonly string[] = DECIDED_FROM;
  for (const name of EVIDENCE_ARTIFACTS) if (!decided.includes(name)) await readInto(records, files, name);
  return records;
}

const NAMED_ORGANIZATIONS = /"(?:holder|organization|rival_organization)_ids":\[([\d,]+)\]/g;

/** The accounts, organizations and people of rows, and those that their reasons name. */
function whomOf(rows: readonly Row[]): RecordSubjects {
  const accounts = new Set<string>();
  const organizations = new Set<number>();
  const users = new Set<number>();
  const addresses = new Set<string>();
  const contested = new Set<string>();
  for (const row of rows) {
    const { salesforce_id, id, id_of, reason } = row;
    if (id !== null) (id_of === "user" ? users : organizations).add(id);
    const address = isAboutPerson(row) ? addressIn(row) : null;
    if (address !== null) addresses.add(address);
    for (const [, ids = ""] of JSON.stringify(reason).matchAll(NAMED_ORGANIZATIONS))
      for (const one of ids.split(",")) organizations.add(Number(one));
    if (salesforce_id === null) continue;
    accounts.add(accountKeyOf(salesforce_id));
    if (reason?.code.endsWith(".name_contested")) contested.add(accountKeyOf(salesforce_id));
  }
  return { accounts, organizations, contested, users, addresses };
}

function isAmong({ accounts, organizations, users }: RecordSubjects, { salesforce_id, id, id_of }: Row): boolean {
  if (salesforce_id !== null) return accounts.has(accountKeyOf(salesforce_id));
  return id !== null && (id_of === "user" ? users : organizations).has(id);
}

function explained(
  index: EvidenceIndex,
  row: Row,
  shown: UsGovernmentShown,
  past?: PastEvidence,
): ExplanationDocument | null {
  const explanation = explainRow(index, row, { past });
  if (explanation === null) return null;
  // Where us-government's customers are not named, their rows are not there: whoever has one is global's customer, too (decision 15).
  return explanationDocument(shown === "names" ? explanation : withoutUsGovernmentNames(explanation, true));
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
