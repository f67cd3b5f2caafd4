import type { ArtifactStore } from "../artifacts/store.ts";
import type { Comparison } from "../domain/comparisons.ts";
import { COMPARISONS } from "../domain/comparisons.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { ZdsyncError } from "../errors.ts";
import { readOwnFile } from "../files/own-files.ts";
import { listRuns } from "../runs/list-runs.ts";
import type { Environment } from "../settings/environment.ts";
import { historyOf } from "../stage/history.ts";
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
    const did: DidExplanation[] = [];
    for (const comparison of COMPARISONS)
      did.push(...(await resultsIn(historyOf(store.directory, run.run_id), comparison, subject)));
    if (did.length === 0) continue;
    entries.push({
      run_id: run.run_id,
      at: run.at.toISOString(),
      did,
      why: await whyIn(store, run.run_id, subject, env),
    });
  }
  return entries;
}

async function resultsIn(history: ArtifactStore, comparison: Comparison, subject: Subject): Promise<DidExplanation[]> {
  const name = `${comparison}_results.json` as const;
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

/** The history of an account as people read it. Pure. */
export function historyDocument(subject: Subject, entries: readonly HistoryEntry[]): ExplanationDocument {
  const who = subject.salesforce_id ?? subject.organizations.map(({ id }) => `organization ${id}`).join(", ");
  const head =
    entries.length === 0
      ? "No run of the history changed anything of it, or tried to."
      : `${entries.length} ${entries.length === 1 ? "run" : "runs"} of the history changed something of it, or tried to; the newest first.`;
  const text = (depth: Line["depth"], line: string): Line => ({ depth, spans: [{ text: line }] });
  return {
    answer: [{ depth: 0, spans: [{ text: who, tone: "strong" }, { text: `: ${head}` }] }],
    sections: entries.map(({ run_id, at, did, why }) => ({
      title: `${at.slice(0, 16).replace("T", " ")} UTC, run ${run_id}`,
      lines: [...did.map((one) => text(0, didText(one))), ...why.map((one) => text(1, `Why: ${one}`))],
    })),
  };
}
