import { resultsName } from "../changesets/result-files.ts";
import { undoResultsName } from "../changesets/results-to-undo.ts";
import { COMPARISON, COMPARISONS, type Comparison } from "../domain/comparisons.ts";
import { harmOfUpdate } from "../domain/harm.ts";
import { INSTANCES } from "../domain/instance.ts";
import { isPartnerType } from "../domain/organization.ts";
import type { FieldValue } from "../domain/organization-field.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { readOwnFile } from "../storage/files/own-files.ts";
import { historyOf } from "../storage/history.ts";
import { type ListedRun, listRuns } from "../storage/runs/list-runs.ts";
import type { PastEvidence, RunEvidence, Subject } from "./evidence.ts";
import { RecordLines } from "./record-lines.ts";

/** A result with the comparison that wrote it. */
export interface ComparedResult {
  comparison: Comparison;
  result: Result;
}

/**
 * What the history of a data directory knows of an account beside one run: what runs before it took away, and what undos took back since.
 * Of an instance that the run did not work on, it goes by the run that did last. Reads the results of each run, and parses only what is about
 * the account.
 *
 * @param explained the run that is explained; of what the remotes say now, when they were asked
 */
export async function pastOf(
  store: ArtifactStore,
  explained: Pick<RunEvidence, "run_id" | "gathered_at" | "earlier">,
  subject: Subject,
): Promise<PastEvidence> {
  const runs = await listRuns(store.directory);
  const whenOf = new Map(
    INSTANCES.map((instance) => [instance, ageIn(runs, explained.earlier?.[instance] ?? explained)]),
  );
  const undone: PastEvidence["undone"][number][] = [];
  const losses: PastEvidence["losses"][number][] = [];
  for (const run of runs) {
    const about = { run_id: run.run_id, at: run.at.toISOString() };
    const isWhen = (when: "before" | "since") => (one: ComparedResult) =>
      whenOf.get(COMPARISON[one.comparison].instance)?.(run) === when;
    const history = historyOf(store.directory, run.run_id);
    const wrote = (await resultsAbout(history, resultsName, subject, run.results)).filter(isWhen("before"));
    const back = (await resultsAbout(history, undoResultsName, subject, run.results)).filter(isWhen("since"));
    losses.push(...wrote.filter(isLoss).map((one) => ({ ...about, ...one })));
    undone.unshift(...back.filter(isApplied).map((one) => ({ ...about, ...one })));
  }
  return { losses, undone };
}

/** Tells runs before one from those since. A stage alone that wrote nothing has no place in the history: its data say when it was. */
function ageIn(
  runs: readonly ListedRun[],
  { run_id, gathered_at }: Pick<RunEvidence, "run_id" | "gathered_at">,
): (run: ListedRun) => "before" | "since" | "itself" {
  const at = runs.findIndex((run) => run.run_id === run_id);
  if (at === -1) return (run) => (run.at.getTime() > Date.parse(gathered_at) ? "since" : "before");
  return (run) => {
    const place = runs.indexOf(run);
    return place === at ? "itself" : place < at ? "since" : "before";
  };
}

function isApplied({ result }: ComparedResult): boolean {
  return result.outcome === "applied";
}

/** Everything that one undo took back. */
export async function undoneIn(store: ArtifactStore, runId: string): Promise<ComparedResult[]> {
  const undone: ComparedResult[] = [];
  for (const comparison of COMPARISONS) {
    const name = undoResultsName(comparison);
    const bytes = await readOwnFile(historyOf(store.directory, runId).path(name));
    const results = bytes ? new RecordLines(name, bytes).all() : [];
    undone.push(...results.map((result) => ({ comparison, result })).filter(isApplied));
  }
  return undone;
}

/** True if a result took something from a customer: support, a level, the organization itself, or its being a customer at all. */
function isLoss({ comparison, result: { outcome, effect, before, after } }: ComparedResult): boolean {
  if (outcome !== "applied" || comparison === "usgov_user") return false;
  if (effect === "mark") return true;
  if (effect !== "update") return false;
  const fields = after.organization_fields as Record<string, FieldValue> | undefined;
  const becamePartner = isPartnerType(fields?.account_type);
  return becamePartner || LOSSES.has(harmOfUpdate({ before, change: after }));
}

const LOSSES: ReadonlySet<string> = new Set(["put on hold", "loses support", "downgraded", "marked"]);

/** Results of a run, or of an undo, about an account, its organizations or an address. `files`: those that the run left, where known. */
export async function resultsAbout(
  history: ArtifactStore,
  nameOf: typeof resultsName | typeof undoResultsName,
  subject: Subject,
  files?: readonly string[],
): Promise<ComparedResult[]> {
  const found: ComparedResult[] = [];
  for (const comparison of COMPARISONS) {
    const name = nameOf(comparison);
    if (files && !files.includes(name)) continue;
    const bytes = await readOwnFile(history.path(name));
    if (!bytes) continue;
    const results = new RecordLines(name, bytes).with(textsOf(subject)).filter((one) => isAbout(one, subject));
    found.push(...results.map((result) => ({ comparison, result })));
  }
  return found;
}

/** Returns search texts for a file's lines: each line about the subject contains one of them, whatever the file. */
export function textsOf({ salesforce_id: account, organizations, email }: Subject): string[] {
  return [
    ...(account === null ? [] : [`"${account.slice(0, 15)}`]),
    ...organizations.map(({ id }) => `"id":${id},`),
    ...(email === null ? [] : [JSON.stringify(email)]),
  ];
}

function isAbout({ salesforce_id, id, after }: Result, { salesforce_id: account, organizations, email }: Subject) {
  return (
    (account !== null && toId18(salesforce_id ?? "") === account) ||
    organizations.some((one) => one.id === id) ||
    (email !== null && after.email === email)
  );
}
