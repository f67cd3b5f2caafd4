import { StoppedError } from "../errors.ts";

/** Progress messages of a stage. For people only: nothing is decided by them. */
export interface Progress {
  /** Begins a line; `total` where it is known. */
  begin(what: string, total?: number): ProgressLine;
}

/** One line of progress. */
export interface ProgressLine {
  /** More records were attempted; `failed` of them in vain. */
  add(records: number, failed?: number): void;
  /** The total became known. */
  total(records: number): void;
  /**
   * The line is finished; `outcome` says what came of it. Without one, a line whose records failed looks failed, and one with fewer
   * records than its total looks stopped.
   */
  end(outcome?: string): void;
  /** The work ended before it was done: it was asked to stop, or it failed. */
  breakOff(why: "stopped" | "failed"): void;
}

/** Says nothing. */
export const SILENT: Progress = {
  begin: () => ({ add: () => {}, total: () => {}, end: () => {}, breakOff: () => {} }),
};

/** Work with a line of its own, which also tells that it ended early. Answers and throws what the work does. */
export async function withProgress<T>(
  progress: Progress,
  what: string,
  work: (line: ProgressLine) => Promise<T>,
  outcomeOf: (done: T) => string,
): Promise<T> {
  const line = progress.begin(what);
  try {
    const done = await work(line);
    line.end(outcomeOf(done));
    return done;
  } catch (error) {
    line.breakOff(error instanceof StoppedError ? "stopped" : "failed");
    throw error;
  }
}
