import { join } from "node:path";
import { plotOf } from "./benchmark-plot.ts";
import type { BenchmarkRow } from "./benchmark-row.ts";
import { inOrder, tablesOf } from "./benchmark-table.ts";

const DOCS = join(import.meta.dir, "../../docs");
const PAGE = join(DOCS, "benchmarks.md");
const DATA = join(DOCS, "benchmarks.json");
const PLOT = join(DOCS, "benchmarks.svg");
const BEGIN = "<!-- bench:begin, written by `bun run bench --write` -->";
const END = "<!-- bench:end -->";

/** The rows that docs/benchmarks.md shows. */
export async function keptRows(): Promise<BenchmarkRow[]> {
  return (await Bun.file(DATA).exists()) ? ((await Bun.file(DATA).json()) as BenchmarkRow[]) : [];
}

/** Writes rows, plot, and the tables between the markers of docs/benchmarks.md. */
export async function writeBenchmarks(rows: readonly BenchmarkRow[]): Promise<void> {
  const page = withTables(await Bun.file(PAGE).text(), rows);
  const lines = inOrder(rows).map((row) => `  ${JSON.stringify(row)}`);
  await Bun.write(DATA, `[\n${lines.join(",\n")}\n]\n`);
  await Bun.write(PLOT, plotOf(rows));
  await Bun.write(PAGE, page);
}

/** The page with the tables of these rows in the place of those before. @throws Error where the markers are not there */
export function withTables(page: string, rows: readonly BenchmarkRow[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks the markers ${BEGIN} and ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${tablesOf(rows)}\n\n${page.slice(to)}`;
}
