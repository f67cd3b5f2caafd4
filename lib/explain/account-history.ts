import type { ArtifactStore } from "../artifacts/store.ts";
import { resultsName } from "../changesets/finish.ts";
import type { Comparison } from "../domain/comparisons.ts";
import { COMPARISONS } from "../domain/comparisons.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { existsSync } from "../edges/files.ts";
import { ZdsyncError } from "../errors.ts";
import { readOwnFile } from "../files/own-files.ts";
import { listRuns } from "../runs/list-runs.ts";
import type { Environment } from "../settings/environment.ts";
import { historyOf } from "../stage/history.ts";
import { undoResultsName } from "../undo/results-to-undo.ts";
import type { DidExplanation } from "./account-explanation.ts";
import { answerLines } from "./answer.ts";
import { didText } from "./change-texts.ts";
import type { ExplanationDocument, Line } from "./document.ts";
import type { Subject } from "./evidence.ts";
import { EvidenceIndex } from "./evidence-index.ts";
import { explainAccount } from "./explain-account.ts";
import { didExplanation } from "./explain-instance.ts";
import { RecordLines } from "./record-lines.ts";
import { recordsAbout } from "./records-about.ts";
import { openKeptRun, withRecords } from "./run-material.ts";

/** One run that did something to the account, or tried. */
export interface HistoryEntry {
  run_id: string;
  /** `undo`: it took back what an earlier run had done. */
  kind: "run" | "undo";
  /** ISO 8601. */
  at: string;
  did: DidExplanation[];
  /** Why, as the explanation of that run says; empty where the run kept no evidence. */
  why: string[];
}

/** Every run of the history that did something to an account, newest first, and why. Reads results only, until one is about it. */
export async function historyOfAccount(
  store: ArtifactStore,
  subject: Subject,
  env: Environment,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (const run of await listRuns(store.directory)) {
    const about = { run_id: run.run_id, at: run.at.toISOString() };
    const history = historyOf(store.directory, run.run_id);
    const undone = await didIn(history, undoResultsName, subject);
    if (undone.length > 0) entries.push({ ...about, kind: "undo", did: undone, why: [UNDO] });
    const did = await didIn(history, resultsName, subject);
    if (did.length > 0) entries.push({ ...about, kind: "run", did, why: await whyIn(store, run.run_id, subject, env) });
  }
  return entries;
}

const UNDO =
  "Somebody took back what an earlier run had done. The next run does it again, unless what it decides from has changed.";

/** Whether a run of the history was an undo: it decides nothing about accounts, so that it has no evidence of its own. */
export async function isUndo(store: ArtifactStore, runId: string): Promise<boolean> {
  const history = historyOf(store.directory, runId);
  for (const comparison of COMPARISONS) if (await readOwnFile(history.path(undoResultsName(comparison)))) return true;
  return false;
}

/** The undo that took back something of an account since a run began; null where none did. */
export async function undoneSince(
  store: ArtifactStore,
  runId: string,
  subject: Subject,
): Promise<Pick<HistoryEntry, "run_id" | "at"> | null> {
  // The last undo leaves its results there, too: mostly there was none, and no run has to be looked at.
  if (!COMPARISONS.some((comparison) => existsSync(store.path(undoResultsName(comparison))))) return null;
  for (const run of await listRuns(store.directory)) {
    if (run.run_id === runId) return null;
    const did = await didIn(historyOf(store.directory, run.run_id), undoResultsName, subject);
    if (did.some(({ outcome }) => outcome === "applied")) return { run_id: run.run_id, at: run.at.toISOString() };
  }
  return null;
}

/** An answer with the undo that came after what it tells of: it would else be taken for how things are. Pure. */
export function withUndo(
  document: ExplanationDocument,
  undo: Pick<HistoryEntry, "run_id" | "at"> | null,
): ExplanationDocument {
  const last = document.answer.at(-1);
  if (!undo || !last) return document;
  const text = ` Since then undo ${undo.run_id} took back what that run did to it; the next run does it again.`;
  const answer = [...document.answer.slice(0, -1), { ...last, spans: [...last.spans, { text }] }];
  return { ...document, answer };
}

async function didIn(
  history: ArtifactStore,
  nameOf: typeof resultsName | typeof undoResultsName,
  subject: Subject,
): Promise<DidExplanation[]> {
  const did: DidExplanation[] = [];
  for (const comparison of COMPARISONS)
    did.push(...(await resultsIn(history, comparison, nameOf(comparison), subject)));
  return did;
}

async function resultsIn(
  history: ArtifactStore,
  comparison: Comparison,
  name: ReturnType<typeof resultsName> | ReturnType<typeof undoResultsName>,
  subject: Subject,
): Promise<DidExplanation[]> {
  const bytes = await readOwnFile(history.path(name));
  if (!bytes) return [];
  const { salesforce_id: account, organizations, email } = subject;
  const texts = [
    ...(account === null ? [] : [`"${account.slice(0, 15)}`]),
    ...organizations.map(({ id }) => `"id":${id},`),
    ...(email === null ? [] : [JSON.stringify(email)]),
  ];
  const ids = new Set(organizations.map(({ id }) => id));
  return new RecordLines(name, bytes)
    .with(texts)
    .filter(
      (one) =>
        (account !== null && toId18(one.salesforce_id ?? "") === account) ||
        ids.has(one.id ?? 0) ||
        (email !== null && one.after.email === email),
    )
    .map((one) => didExplanation(comparison, one));
}

/** The cause that the run's own evidence gives. */
async function whyIn(store: ArtifactStore, runId: string, subject: Subject, env: Environment): Promise<string[]> {
  try {
    const run = await openKeptRun(store, runId, env);
    if (!run) return [];
    const records = await recordsAbout(run.files, subject);
    const [, ...rest] = answerLines(explainAccount(new EvidenceIndex(withRecords(run, records)).of(subject)));
    return rest.slice(0, 1).map(({ spans }) => spans.map(({ text }) => text).join(""));
  } catch (error) {
    if (error instanceof ZdsyncError) return [];
    throw error;
  }
}

/** The history of an account as people read it, or what one `undo` did to it. Pure. */
export function historyDocument(
  subject: Subject,
  entries: readonly HistoryEntry[],
  { undo = null }: { undo?: string | null } = {},
): ExplanationDocument {
  const who = subject.salesforce_id ?? subject.organizations.map(({ id }) => `organization ${id}`).join(", ");
  const head =
    entries.length === 0
      ? undo === null
        ? "No run of the history changed anything of it, or tried to."
        : `The undo ${undo} changed nothing of it, and did not try to.`
      : `${entries.length} ${entries.length === 1 ? "run" : "runs"} of the history changed something of it, or tried to; the newest first.`;
  const text = (depth: Line["depth"], line: string): Line => ({ depth, spans: [{ text: line }] });
  return {
    answer: [{ depth: 0, spans: [{ text: who, tone: "strong" }, { text: `: ${head}` }] }],
    sections: entries.map(({ run_id, kind, at, did, why }) => ({
      title: `${at.slice(0, 16).replace("T", " ")} UTC, ${kind} ${run_id}`,
      lines: [...did.map((one) => text(0, didText(one, `The ${kind}`))), ...why.map((one) => text(1, `Why: ${one}`))],
    })),
  };
}
