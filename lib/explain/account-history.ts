import { resultsName } from "../changesets/result-files.ts";
import { undoResultsName } from "../changesets/results-to-undo.ts";
import { COMPARISONS } from "../domain/comparisons.ts";
import { ZdsyncError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { readOwnFile } from "../storage/files/own-files.ts";
import { historyOf } from "../storage/history.ts";
import { listRuns } from "../storage/runs/list-runs.ts";
import type { DidExplanation } from "./account-explanation.ts";
import { answerLines } from "./answer.ts";
import { didText } from "./change-texts.ts";
import { didExplanation } from "./did-explanation.ts";
import type { ExplanationDocument, Line } from "./document.ts";
import type { Subject } from "./evidence.ts";
import { EvidenceIndex } from "./evidence-index.ts";
import { explainAccount } from "./explain-account.ts";
import { resultsAbout } from "./past-evidence.ts";
import { plannedNotWritten } from "./planned-in-history.ts";
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

/** Every run of the history that did something to an account, newest first, and why. Reads results and plans only, until one is about it. */
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
    const written = await didIn(history, resultsName, subject);
    const did = written.length > 0 ? written : await plannedNotWritten(store, run, subject);
    if (did.length > 0) entries.push({ ...about, kind: "run", did, why: await whyIn(store, run.run_id, subject, env) });
  }
  return entries;
}

const UNDO =
  "A person reverted the changes of an earlier run. The next run makes them again, unless its input has changed.";

/** True if a run of the history was an undo, which decides nothing about accounts and so has no evidence of its own. */
export async function isUndo(store: ArtifactStore, runId: string): Promise<boolean> {
  const history = historyOf(store.directory, runId);
  for (const comparison of COMPARISONS) if (await readOwnFile(history.path(undoResultsName(comparison)))) return true;
  return false;
}

async function didIn(
  history: ArtifactStore,
  nameOf: typeof resultsName | typeof undoResultsName,
  subject: Subject,
): Promise<DidExplanation[]> {
  const results = await resultsAbout(history, nameOf, subject);
  return results.map(({ comparison, result }) => didExplanation(comparison, result));
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
        ? "No run in the history changed it, or tried to."
        : `The undo ${undo} did not change it or try to.`
      : `${entries.length} ${entries.length === 1 ? "run" : "runs"} in the history changed it, or tried to; newest first.`;
  const text = (depth: Line["depth"], line: string): Line => ({ depth, spans: [{ text: line }] });
  return {
    answer: [{ depth: 0, spans: [{ text: who, tone: "strong" }, { text: `: ${head}` }] }],
    sections: entries.map(({ run_id, kind, at, did, why }) => ({
      title: `${at.slice(0, 16).replace("T", " ")} UTC, ${kind} ${run_id}`,
      lines: [
        ...did.map((one) => text(0, didText(one, { who: `The ${kind}` }))),
        ...why.map((one) => text(1, `Why: ${one}`)),
      ],
    })),
  };
}
