import type { GrowingFile } from "../files/growing-file.ts";
import type { ArtifactFolder } from "./artifact-folder.ts";
import { JOURNAL_ENDING, journalAddition, journalBeginning } from "./journal-layout.ts";
import { recordsAsRead } from "./parse-artifact.ts";
import type { Result } from "./results.ts";
import { type ArtifactName, encodeRecord } from "./schemas.ts";

export type ResultsName = Extract<ArtifactName, `${string}_results.json`>;

/** A results file that grows while its run writes to a remote (journal-layout.ts), until the closed file takes its place. */
export class ResultsJournal {
  private constructor(
    private readonly name: ResultsName,
    private readonly file: GrowingFile,
  ) {}

  /** Puts the file in its place with its first rows, and to the disk. Throws as `ArtifactStore.writeRecords`. */
  static async begin(folder: ArtifactFolder, name: ResultsName, rows: readonly Result[]): Promise<ResultsJournal> {
    const file = await folder.begin(name, journalBeginning(linesOf(name, rows)), JOURNAL_ENDING);
    await folder.sync();
    return new ResultsJournal(name, file);
  }

  /** Sees further rows to the disk. False and throws as `GrowingFile.add`; then none of them is in the file. */
  async add(rows: readonly Result[]): Promise<boolean> {
    return this.file.add(journalAddition(linesOf(this.name, rows)));
  }
}

/** Throws `ArtifactError` for rows that would be refused on reading. */
function linesOf(name: ResultsName, rows: readonly Result[]): string[] {
  recordsAsRead(name, rows);
  return rows.map((row) => JSON.stringify(encodeRecord(name, row)));
}
