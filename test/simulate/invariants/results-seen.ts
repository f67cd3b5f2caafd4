import type { RunSeen } from "../story/seen.ts";

/** One entry of a results file, as plain JSON. */
export interface ResultSeen {
  effect: string;
  salesforce_id: string | null;
  id: number | null;
  outcome: string;
  code?: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

/** How many records came to what. */
export interface OutcomesSeen {
  applied: number;
  failed: number;
  skipped: number;
}

/** A comparison, as `--json` tells it. */
export interface ComparisonSeen {
  name: string;
  digest: string;
  existing: number;
  planned: Record<string, number>;
  results?: Record<string, OutcomesSeen>;
  refused?: unknown;
}

/** The results files in a folder of a data directory, by comparison. */
export function resultsIn(files: RunSeen["files"], folder = "", ending = "_results.json"): Map<string, ResultSeen[]> {
  const found = new Map<string, ResultSeen[]>();
  for (const [path, content] of files) {
    const name = path.slice(folder.length);
    if (!path.startsWith(folder) || name.includes("/") || name.startsWith(".") || !name.endsWith(ending)) continue;
    if (ending === "_results.json" && name.endsWith("_undo_results.json")) continue;
    found.set(name.slice(0, -ending.length), (parsed(content) ?? wholeRows(content)) as ResultSeen[]);
  }
  return found;
}

/** The rows of a file that a loss of power cut while the run wrote it: a row is a line. */
function wholeRows(content: Buffer): unknown[] {
  return content
    .toString("utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? (parsed(Buffer.from(line.replace(/,$/, ""))) ?? []) : []));
}

export function parsed(content: Buffer | undefined): unknown {
  try {
    return JSON.parse(content?.toString("utf8") ?? "");
  } catch {
    return null;
  }
}

/** The comparisons that a run tells of. */
export function comparisonsOf({ json }: RunSeen): ComparisonSeen[] {
  const reports = (json?.reports ?? (json?.report ? [json.report] : [])) as { comparison?: ComparisonSeen }[];
  return reports.flatMap(({ comparison }) => comparison ?? []);
}

/** How many records came to what, as `--json` tells it; an undo tells it in a shape of its own. */
export function countsTold(run: RunSeen): OutcomesSeen[] {
  if (run.command !== "undo") return comparisonsOf(run).flatMap(({ results }) => Object.values(results ?? {}));
  const parts = (run.json?.comparisons ?? [run.json]) as ({ results?: OutcomesSeen } | null)[];
  return parts.flatMap((part) => part?.results ?? []);
}

/** What a run said last. */
export function saidLast(output: RunSeen["output"]): string {
  return output
    .filter(({ stream }) => stream === "err")
    .slice(-5)
    .map(({ text }) => text.slice(0, 400))
    .join(" | ");
}
