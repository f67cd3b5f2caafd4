import { COMPARISON, contactsFile } from "../domain/comparisons.ts";
import type { Place } from "../reasons/reason-text.ts";
import { reasonText, refusalLines } from "../reasons/reason-text.ts";
import { codeSpan, markdownText, shownLine } from "../text/markdown-text.ts";
import { headline } from "./headline.ts";
import type { ReportModel } from "./model.ts";
import { namedHosts, uncountedText, WITHHELD } from "./page/labels.ts";
import { type Section, sectionsOf } from "./report-sections.ts";

/** Maximum length as JavaScript counts: fits a GitHub comment (65,536 characters) or GitLab note, with room for what is put around it. */
export const LARGEST_REPORT = 65_000;

/** A style of rendering; the content of a report is the same in every style. */
interface Style {
  /** Text from outside, made harmless where it is shown. */
  text(text: string): string;
  /** A command, to be copied as it is. */
  code(text: string): string;
  heading(level: 1 | 2, text: string): string[];
  quote(lines: readonly string[]): string[];
  item(text: string): string;
  /** First row is the head; numbers stand to the right. */
  table(rows: readonly (readonly (string | number)[])[]): string[];
}

export interface RenderOptions {
  /** Place in which it is read: the remedies are worded for it. */
  place?: Place;
  /** Characters, at most. */
  largest?: number;
}

/** `report.md`: for merge requests, job summaries and `grep`. What matters first, whole lines only. Pure. */
export function renderMarkdown(model: ReportModel, options: RenderOptions = {}): string {
  return renderReport(model, MARKDOWN, options);
}

/** The same for a terminal, without Markdown's marks. Pure. */
export function renderText(model: ReportModel, options: RenderOptions = {}): string {
  return renderReport(model, TEXT, options);
}

function renderReport(
  model: ReportModel,
  style: Style,
  { place = "terminal", largest = LARGEST_REPORT }: RenderOptions,
) {
  const head = [
    ...style.heading(1, style.text(headline(model))),
    ...style.quote([
      "This report contains customers' names and addresses: keep it only where the run's own files are kept.",
    ]),
    ...aboutLines(model, style).map(style.item),
    "",
    ...style.quote(refusalLines(model.head.refusals, place).map(style.text)),
    ...style.quote(
      model.head.failures.map(({ where, reason }) => style.text(`${where} ended early: ${reasonText(reason, place)}`)),
    ),
    ...style.quote((model.head.warnings ?? []).map((one) => style.text(`Warning: ${reasonText(one, place)}`))),
    ...comparisonsTable(model, style),
    ...limitsTable(model, style),
  ];
  const sections = sectionsOf(model, { text: style.text, place });
  return [...head, ...fitting(sections, style, largest - lengthOf(head))].join("\n").trimEnd().concat("\n");
}

/** The head's lines: which run, for which day, on which hosts, and what to do next. */
function aboutLines({ head }: ReportModel, { text, code }: Style): string[] {
  const hosts = namedHosts(head.hosts).map(({ service, host }) => `${service} ${text(host)}`);
  const began = `${head.started_at.slice(0, 16).replace("T", " ")} UTC`;
  const by = head.started_by === null ? "" : ` by ${text(head.started_by)}`;
  const took = head.seconds === null ? "" : `, took ${head.seconds.toFixed(head.seconds < 10 ? 1 : 0)} s`;
  return [
    `Run ${text(head.run_id)} (${code(head.command)}), for ${head.today}, started ${began}${by}${took}`,
    ...(hosts.length > 0 ? [hosts.join(" · ")] : []),
    ...(head.withheld ? [WITHHELD] : []),
    ...(head.apply === null ? [] : [`Apply exactly this: ${code(head.apply)}`]),
  ];
}

function comparisonsTable({ comparisons, head }: ReportModel, { table }: Style): string[] {
  if (comparisons.length === 0) return [];
  const refused = new Set(head.refusals.flatMap(({ params }) => ("comparison" in params ? [params.comparison] : [])));
  return table([
    ["", "existing", "create", "update", "mark", "contacts", "applied", "failed", "skipped"],
    ...comparisons.map(({ comparison, existing, planned, results }) => [
      `${COMPARISON[comparison].title}${refused.has(comparison) ? " REFUSED" : ""}`,
      existing,
      planned.creates,
      planned.updates,
      planned.marks,
      contactsFile(comparison) ? planned.contacts : "–",
      results?.applied ?? "–",
      results?.failed ?? "–",
      results?.skipped ?? "–",
    ]),
  ]);
}

/** Limits of which anything was used. */
function limitsTable({ limits }: ReportModel, { table }: Style): string[] {
  const used = limits.filter(({ count, exceeded }) => count > 0 || exceeded);
  if (used.length === 0) return [];
  return table([
    ["limit", "measured", "allowed", ""],
    ...used.map(({ comparison, effect, count, limit, allowed, exceeded, uncounted = 0 }) => [
      `${effect.replace("_", " ")}, ${COMPARISON[comparison].title}`,
      count,
      limit ?? "no limit",
      [
        ...(exceeded ? ["EXCEEDED"] : []),
        ...(allowed === null ? [] : ["raised with --allow"]),
        ...(uncounted > 0 ? [uncountedText(uncounted)] : []),
      ].join(", "),
    ]),
  ]);
}

/**
 * The sections within so many characters: every heading with its count, and of the items, in order, as many as fit; what is left out
 * is counted.
 */
function fitting(sections: readonly Section[], style: Style, room: number): string[] {
  const heads = sections.map(({ title, count }) => style.heading(2, `${title} (${number(count)})`));
  let left = room - heads.reduce((sum, head) => sum + lengthOf(head), 0) - sections.length * LONGEST_MORE;
  return sections.flatMap(({ items, count }, index) => {
    const lines: string[] = [];
    let told = 0;
    // Everybody's name before anybody's reason: the page has those.
    const brief = !isShorter(items({ brief: false }), left);
    for (const item of items({ brief })) {
      const line = style.item(item.text);
      if (line.length + 1 > left) break;
      left -= line.length + 1;
      lines.push(line);
      told += item.count;
    }
    // Nothing of a later section, where one of this was left out: it matters less.
    if (told < count) left = 0;
    const more = told < count ? [style.item(`… and ${number(count - told)} more, see report.html`)] : [];
    return [...(heads[index] ?? []), ...lines, ...more, ""];
  });
}

/** True if lines fit into `room` characters; looks at no more of them than that takes. */
function isShorter(items: Iterable<{ text: string }>, room: number): boolean {
  let length = 0;
  for (const { text } of items) {
    length += text.length + 3;
    if (length > room) return false;
  }
  return true;
}

/** `- … and 1,317,000 more, see report.html`, with the blank line below it. */
const LONGEST_MORE = 50;

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

const MARKDOWN: Style = {
  text: markdownText,
  code: codeSpan,
  heading: (level, text) => [`${"#".repeat(level)} ${text}`, ""],
  quote: (lines) => (lines.length === 0 ? [] : [...lines.flatMap((line) => [`> ${line}`, ">"]).slice(0, -1), ""]),
  item: (text) => `- ${text}`,
  table: ([head = [], ...rows]) => {
    const [first] = rows;
    const alignment = head.map((_, index) => (typeof first?.[index] === "number" ? "--:" : "---"));
    return [head, alignment, ...rows].map((row) => `| ${row.join(" | ")} |`).concat("");
  },
};

const TEXT: Style = {
  text: shownLine,
  code: shownLine,
  heading: (level, text) => (level === 1 ? [text, ""] : [text]),
  quote: (lines) => (lines.length === 0 ? [] : [...lines, ""]),
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
