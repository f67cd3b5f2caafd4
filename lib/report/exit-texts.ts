/** The outcome of a run in words, by exit code (interface.md). */
export const EXIT_TEXTS: Record<number, string> = {
  0: "done, nothing failed",
  1: "failed",
  2: "configuration error: a wrong setting, input or credential",
  3: "done, but some records failed",
  4: "refused before any write",
  5: "stopped before the end; the rest was not attempted",
};
