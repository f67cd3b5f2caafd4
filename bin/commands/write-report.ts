import type { ArtifactStore } from "../../lib/artifacts/store.ts";
import { changeFiles, contactsFile } from "../../lib/changesets/comparison.ts";
import { notesName } from "../../lib/changesets/write-comparison.ts";
import type { Note } from "../../lib/domain/changeset.ts";
import { FILE_PREFIX, INSTANCES } from "../../lib/domain/instance.ts";
import { unknownChargesIn } from "../../lib/domain/process-notes.ts";
import type { Place } from "../../lib/explain/reason-text.ts";
import { type ReportedComparison, renderMarkdown } from "../../lib/report/markdown.ts";
import type { ReportedCharge } from "../../lib/report/report.ts";
import { renderText } from "../../lib/report/text.ts";
import { keepInHistory } from "../../lib/stage/history.ts";
import type { ComparisonReport, StageReport } from "../../lib/stage/stage.ts";

const REPORT = "report.md";

/** Writes the report (`report.md`) beside the artifacts and into the history; answers it as text for a terminal. */
export async function writeReport(
  store: ArtifactStore,
  about: { run_id: string; today: string; hosts: string },
  reports: readonly StageReport[],
  file: string = REPORT,
  place: Place = "terminal",
): Promise<string> {
  const comparisons: ReportedComparison[] = [];
  for (const { comparison } of reports) if (comparison) comparisons.push(await withRecords(store, comparison));
  const processNotes = await store.readIfThere("process_notes.json");
  const notes = processNotes?.records ?? [];
  const head = { ...about, unknownCharges: await reportedCharges(store, notes) };
  await store.writeText(file, `${renderMarkdown(head, comparisons, notes, place)}\n`);
  await keepInHistory(store.directory, about.run_id, [file]);
  return renderText(head, comparisons, notes);
}

/** The charges that nobody mapped, with the names of the customers they hurt: from what process made, which is all that a later job has. */
async function reportedCharges(store: ArtifactStore, notes: readonly Note[]): Promise<ReportedCharge[]> {
  const charges = unknownChargesIn(notes);
  const hurt = new Set(charges.flatMap(({ hurt_accounts }) => hurt_accounts));
  const names = new Map<string, string>();
  for (const instance of hurt.size > 0 ? INSTANCES : []) {
    const desired = await store.readIfThere(`${FILE_PREFIX[instance]}_accounts.json`);
    for (const { salesforce_id, name } of desired?.records ?? [])
      if (hurt.has(salesforce_id)) names.set(salesforce_id, name);
  }
  return charges.map((charge) => ({ ...charge, names }));
}

async function withRecords(store: ArtifactStore, comparison: ComparisonReport): Promise<ReportedComparison> {
  const files = changeFiles(comparison.name);
  const planned = contactsFile(comparison.name);
  const [creates, updates, marks, notes, contacts] = await Promise.all([
    store.readRecords(files.creates),
    store.readRecords(files.updates),
    store.readRecords(files.marks),
    store.readRecords(notesName(comparison.name)),
    planned && store.readIfThere(planned),
  ]);
  return {
    comparison,
    creates: creates.records,
    updates: updates.records,
    marks: marks.records,
    notes: notes.records,
    contacts: contacts?.records ?? [],
  };
}
