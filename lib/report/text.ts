import type { Note } from "../domain/changeset.ts";
import { type ReportedComparison, type ReportHead, renderReport, type Style, shownLine } from "./report.ts";

/** A report for a terminal: the same as in Markdown, without its marks. */
export function renderText(
  head: ReportHead,
  comparisons: readonly ReportedComparison[],
  otherNotes: readonly Note[],
): string {
  return renderReport(head, comparisons, otherNotes, TEXT);
}

const TEXT: Style = {
  place: "terminal",
  plain: shownLine,
  heading: (level, text) => (level === 3 ? [text] : ["", text, (level === 1 ? "=" : "-").repeat(text.length)]),
  paragraph: (text) => [text, ""],
  item: (text) => `  ${text}`,
  table: (rows) => {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? "").length)));
    const pad = (value: string | number, width: number) =>
      typeof value === "number" ? String(value).padStart(width) : value.padEnd(width);
    return [
      ...rows.map((row) => `  ${row.map((value, column) => pad(value, widths[column] ?? 0)).join("  ")}`.trimEnd()),
      "",
    ];
  },
};
