import { oneLine, stripControl } from "../text/outside-text.ts";
import type { ExplanationDocument, Line, Tone } from "./document.ts";

/** Columns that a terminal is assumed to have. */
const WIDTH = 80;
/** Labels stand in a column of their own; longer ones push their line out. */
const LABEL = 26;

const COLOURS: Record<Tone, string> = { good: "32", warning: "33", bad: "31", muted: "2", strong: "1" };

/** An explanation for a terminal: eighty columns, labels aligned; colours only where they are wanted. Pure. */
export function renderTerminal({ answer, sections }: ExplanationDocument, colour: boolean): string {
  return [
    ...answer.flatMap((line) => terminalLines(line, colour, 0)),
    ...sections.flatMap(({ title, lines }) => [
      "",
      paint(oneLine(title), "strong", colour),
      ...lines.flatMap((line) => terminalLines(line, colour, 2)),
    ]),
  ].join("\n");
}

interface Word {
  text: string;
  tone: Tone | undefined;
  /** Preceded by a blank. */
  apart: boolean;
}

function terminalLines(line: Line, colour: boolean, indent: number): string[] {
  const left = " ".repeat(indent + line.depth * 2);
  const label = line.label === undefined ? "" : oneLine(line.label).padEnd(LABEL - indent - line.depth * 2);
  const hanging = " ".repeat(line.label === undefined ? left.length + (indent === 0 ? 0 : 2) : LABEL + 2);
  const lines: string[] = [];
  let current = label === "" ? left : `${left}${label}  `;
  let width = current.length;
  let isFresh = true;
  for (const { text, tone, apart } of wordsOf(line)) {
    if (!isFresh && apart && width + 1 + text.length > WIDTH) {
      lines.push(current);
      [current, width, isFresh] = [hanging, hanging.length, true];
    }
    const gap = apart && !isFresh ? " " : "";
    current += `${gap}${paint(text, tone, colour)}`;
    width += gap.length + text.length;
    isFresh = false;
  }
  return [...lines, current];
}

function wordsOf({ spans }: Line): Word[] {
  let apart = false;
  return spans.flatMap(({ text, tone, href }): Word[] => {
    const shown = pieceOf(href !== undefined && !text.includes(href) ? `${text} <${href}>` : text);
    const parts = shown.split(" ");
    return parts.flatMap((part, index): Word[] => {
      if (index > 0) apart = true;
      if (part === "") return [];
      const word = { text: part, tone, apart };
      apart = false;
      return [word];
    });
  });
}

/** A piece of a line: harmless, with the blanks around it that keep it apart from its neighbours. */
function pieceOf(text: string): string {
  return `${/^\s/.test(text) ? " " : ""}${oneLine(text)}${/\S\s+$/.test(text) ? " " : ""}`;
}

function paint(text: string, tone: Tone | undefined, colour: boolean): string {
  return colour && tone !== undefined ? `\u001b[${COLOURS[tone]}m${text}\u001b[0m` : text;
}

/** The same as Markdown, for merge requests and job summaries. Pure. */
export function renderMarkdown({ answer, sections }: ExplanationDocument): string {
  return [
    ...answer.flatMap((line) => [markdownText(line), ""]),
    ...sections.flatMap(({ title, lines }) => [
      `### ${escaped(oneLine(title))}`,
      "",
      ...lines.map((line) => `${"  ".repeat(line.depth)}- ${markdownText(line)}`),
      "",
    ]),
  ].join("\n");
}

function markdownText({ label, spans }: Line): string {
  const text = spans.map(({ text: raw, tone, href }) => {
    const shown = escaped(pieceOf(raw));
    const strong = tone === "strong" || tone === "bad" ? emphasised(shown) : shown;
    return href === undefined ? strong : `[${strong}](${href})`;
  });
  return `${label === undefined ? "" : `${escaped(oneLine(label))}: `}${text.join("")}`;
}

function emphasised(text: string): string {
  const [, before = "", core = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return core === "" ? text : `${before}**${core}**${after}`;
}

/** Only what Markdown would obey is escaped: ordinary names stay greppable. */
function escaped(text: string): string {
  return stripControl(text).replace(/[\\`*<>[\]|#~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=^)[-+](?=\s)/g, "\\$&");
}
