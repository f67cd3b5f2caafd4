import type { ArtifactStore } from "../../lib/artifacts/store.ts";
import { changeFiles } from "../../lib/changesets/comparison.ts";
import { notesName } from "../../lib/changesets/write-comparison.ts";
import { type ReportedComparison, renderMarkdown } from "../../lib/report/markdown.ts";
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
): Promise<string> {
  const comparisons: ReportedComparison[] = [];
  for (const { comparison } of reports) if (comparison) comparisons.push(await withRecords(store, comparison));
  const processNotes = await store.readIfThere("process_notes.json");
  const notes = processNotes?.records ?? [];
  await store.writeText(file, `${renderMarkdown(about, comparisons, notes)}\n`);
  await keepInHistory(store.directory, about.run_id, [file]);
  return renderText(about, comparisons, notes);
}

async function withRecords(store: ArtifactStore, comparison: ComparisonReport): Promise<ReportedComparison> {
  const files = changeFiles(comparison.name);
  const [creates, updates, marks, notes] = await Promise.all([
    store.readRecords(files.creates),
    store.readRecords(files.updates),
    store.readRecords(files.marks),
    store.readRecords(notesName(comparison.name)),
  ]);
  return { comparison, creates: creates.records, updates: updates.records, marks: marks.records, notes: notes.records };
}
