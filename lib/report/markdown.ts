import type { Note } from "../domain/changeset.ts";
import type { Place } from "../explain/reason-text.ts";
import { type ReportedComparison, type ReportHead, renderReport, type Style, shownLine } from "./report.ts";

export type { ReportedComparison, ReportHead } from "./report.ts";

/** A report in Markdown. */
export function renderMarkdown(
  head: ReportHead,
  comparisons: readonly ReportedComparison[],
  otherNotes: readonly Note[],
  place: Place = "terminal",
): string {
  return renderReport(head, comparisons, otherNotes, { ...MARKDOWN, place });
}

const MARKDOWN: Omit<Style, "place"> = {
  plain: cell,
  heading: (level, text) => [`${"#".repeat(level)} ${text}`, ""],
  paragraph: (text) => [text.includes("\n") ? `> ${text.replaceAll("\n", "\n> ")}` : text, ""],
  item: (text) => `- ${text}`,
  table: ([head = [], ...rows]) => {
    const [first] = rows;
    const alignment = head.map((_, index) => (typeof first?.[index] === "number" ? "--:" : "---"));
    return [head, alignment, ...rows]
      .map(
        (row) =>
          `| ${row.map((value) => (/^[0-9a-f]{64}$/.test(String(value)) ? `\`${value}\`` : value)).join(" | ")} |`,
      )
      .concat("");
  },
};

/** Text from outside, made harmless in Markdown: no markup, links or mentions, no line breaks, no invisible direction marks. */
export function cell(text: string): string {
  return shownLine(text)
    .replace(/[\\`*_{}[\]<>()#+!|~&@$-]/g, "\\$&")
    .replace(/^(\s*\d+)\./, "$1\\.")
    .replaceAll("://", "\\://")
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`);
}
