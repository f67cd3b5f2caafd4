import { resultsName } from "../changesets/result-files.ts";
import { notesName } from "../changesets/write-comparison.ts";
import type { Note } from "../domain/changeset.ts";
import { changeFiles, contactsFile } from "../domain/comparisons.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import { eachNoteOnce } from "../domain/notes-by-instance.ts";
import { collectGarbage } from "../edges/garbage.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import type { Place } from "../reasons/reason-text.ts";
import { type ProcessNotesName, processNotesNames } from "../storage/artifacts/process-notes.ts";
import type { ArtifactName } from "../storage/artifacts/schemas.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";
import type { RunRecordReader } from "../storage/runs/read-run-records.ts";
import type { ReportModel, RunTrend } from "./model.ts";
import { writePage } from "./page/write-page.ts";
import { readCustomers } from "./read-customers.ts";
import { renderMarkdown } from "./render-report.ts";
import { reportModel } from "./report-model.ts";
import type { ReportAbout, ReportedComparison } from "./report-source.ts";
import { inOrder, readTrend, TRENDED_RUNS, trendOfModel } from "./trend.ts";

/** Inputs of a report, in addition to the files in the data directory. */
export interface ReportOrder {
  about: ReportAbout;
  comparisons: readonly ComparisonReport[];
  /** Store with the results of this run; null if it leaves none: those in the data directory are an earlier run's. */
  results: ArtifactStore | null;
  /** Whose notes are told beside those of the comparisons. */
  notes: readonly NotesName[];
  /** The instances whose files say what customers are called; absent: both. */
  named?: readonly InstanceName[];
  /** Earlier runs, where they are not in the history; absent: those of the history. */
  trend?: readonly RunTrend[];
  /** The reader of the history's records, where somebody else reads them, too. */
  records?: RunRecordReader;
}

/** Notes that belong to no comparison. */
export type NotesName =
  | "gather-accounts_notes.json"
  | "gather-orgs_global_notes.json"
  | "gather-orgs_usgov_notes.json"
  | ProcessNotesName;

/** Paths of what people are told of a run: both files say the same. */
export interface ReportFiles {
  /** For merge requests, job summaries and `grep`. */
  markdown: string;
  /** For a browser. */
  page: string;
}

/** The notes that a run of these instances leaves, beside those of its comparisons. */
export function notesOfRun(instances: readonly InstanceName[] = INSTANCES): NotesName[] {
  const ofOrganizations = instances.map((instance) => `gather-orgs_${FILE_PREFIX[instance]}_notes.json` as const);
  return ["gather-accounts_notes.json", ...ofOrganizations, ...processNotesNames(instances)];
}

/** The model of a run from what it left in the data directory, without explanations (`shownModel` adds them). Throws where a file of it is damaged. */
export async function readReportModel(store: ArtifactStore, order: ReportOrder): Promise<ReportModel> {
  // What came of reading and comparing is not needed any more.
  collectGarbage();
  const comparisons: ReportedComparison[] = [];
  for (const comparison of order.comparisons) comparisons.push(await withRecords(store, comparison, order.results));
  const { run_id } = order.about;
  const notes = await notesOf(store, order.notes, run_id);
  const most = TRENDED_RUNS - 1;
  const earlier = order.trend ?? (await readTrend(store.directory, run_id, { most, records: order.records }));
  const customers = await readCustomers(store, { comparisons, notes }, order.named);
  const model = reportModel({ about: order.about, comparisons, notes, customers, trend: [] });
  collectGarbage();
  return { ...model, trend: order.about.writes ? inOrder([...earlier, trendOfModel(model, null)]) : [...earlier] };
}

/** Writes the report beside the artifacts (`<name>.md`, `<name>.html`) and, unless told otherwise, into the history of its run. */
export async function writeReportFiles(
  store: ArtifactStore,
  model: ReportModel,
  { name = "report", place = "terminal", inHistory = true }: { name?: string; place?: Place; inHistory?: boolean } = {},
): Promise<ReportFiles> {
  collectGarbage();
  const [markdown, page] = [`${name}.md`, `${name}.html`];
  const text = renderMarkdown(model, { place });
  const html = Buffer.from(writePage(model));
  const history = historyOf(store.directory, model.head.run_id);
  await store.writeText(markdown, text);
  await store.writeText(page, html);
  if (!inHistory) return { markdown: store.path(markdown), page: store.path(page) };
  await history.writeText(markdown, text);
  await history.writeText(page, model.trend.some(({ href }) => href !== null) ? asSeenFromHistory(html) : html);
  return { markdown: store.path(markdown), page: store.path(page) };
}

/**
 * A page for a run's folder in the history: other runs' pages lie in the folders beside it. No text of the page can look like a link of
 * its head: in JSON its quotes are escaped, and everything else is compressed.
 */
function asSeenFromHistory(html: Buffer): Buffer {
  return Buffer.from(html.toString("utf8").replaceAll(`"href":"history/`, `"href":"../`));
}

/**
 * A page that is sent to where no other lies beside it, without its links to pages of earlier runs; those of GitLab's, which are whole
 * addresses, stay.
 */
export function withoutNeighbours(html: Uint8Array): Buffer {
  return Buffer.from(new TextDecoder().decode(html).replaceAll(/"href":"(?:history|\.\.)\/[^"\\]*"/g, `"href":null`));
}

async function notesOf(store: ArtifactStore, names: readonly NotesName[], runId: string): Promise<Note[]> {
  const isOfProcess: ReadonlySet<string> = new Set(processNotesNames());
  const [others, ofProcess]: [Note[], Note[]] = [[], []];
  for (const name of names) {
    const read = await store.readIfThere(name);
    // A stage that did not get so far leaves those of an earlier run.
    if (read?.manifest?.run_id === runId) (isOfProcess.has(name) ? ofProcess : others).push(...read.records);
  }
  return [...others, ...eachNoteOnce(ofProcess)];
}

async function withRecords(
  store: ArtifactStore,
  comparison: ComparisonReport,
  results: ArtifactStore | null,
): Promise<ReportedComparison> {
  const { creates, updates, marks } = changeFiles(comparison.name);
  const contacts = contactsFile(comparison.name);
  const recordsOf = async <Name extends ArtifactName>(from: ArtifactStore | null, name: Name | null) =>
    (name && (await from?.readIfThere(name))?.records) || [];
  return {
    comparison,
    creates: await recordsOf(store, creates),
    updates: await recordsOf(store, updates),
    marks: await recordsOf(store, marks),
    notes: await recordsOf(store, notesName(comparison.name)),
    contacts: await recordsOf(store, contacts),
    results: await recordsOf(results, comparison.results ? resultsName(comparison.name) : null),
  };
}
