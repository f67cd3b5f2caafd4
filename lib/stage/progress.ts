/** What a stage tells people while it works. For people only: nothing is decided by it. */
export interface Progress {
  /** Begins a line; `total` where it is known. */
  begin(what: string, total?: number): ProgressLine;
}

/** One line of progress. */
export interface ProgressLine {
  /** More records are done. */
  add(records: number): void;
  /** The total became known. */
  total(records: number): void;
  /** The line is finished; `outcome` says what came of it. */
  end(outcome?: string): void;
}

/** Says nothing. */
export const SILENT: Progress = { begin: () => ({ add: () => {}, total: () => {}, end: () => {} }) };
