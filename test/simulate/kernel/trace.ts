/** What happened, one line an event, in virtual time. */
export interface Trace {
  /** The last lines (50, or all of them). */
  lines(): readonly string[];
  /** Of all lines since the beginning: two simulations that went the same way have the same. */
  digest(): string;
  /** Adds a line of the story's own. */
  note(text: string): void;
}

/** Lines that are kept where nobody asked for all. */
const KEPT = 50;

/** A trace on a clock. `whole`: keeps every line. */
export function createTrace(now: () => number, whole: boolean): Trace {
  const lines: string[] = [];
  let oldest = 0;
  let digest = 0n;
  let [moment, time] = [-1, ""];
  return {
    note(text) {
      // Most lines are of the same moment as the one before.
      if (now() !== moment) [moment, time] = [now(), new Date(now()).toISOString().slice(0, -1)];
      const line = `${time} ${text}`;
      digest = Bun.hash.wyhash(line, digest);
      if (whole || lines.length < KEPT) lines.push(line);
      else {
        lines[oldest] = line;
        oldest = (oldest + 1) % KEPT;
      }
    },
    lines: () => [...lines.slice(oldest), ...lines.slice(0, oldest)],
    digest: () => digest.toString(16).padStart(16, "0"),
  };
}
