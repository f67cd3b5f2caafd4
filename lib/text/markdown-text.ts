import { oneLine } from "./outside-text.ts";

/** Characters of a name or reason that a report shows. */
const LONGEST = 400;

/**
 * What Markdown, as GitLab and GitHub read it, would take for something else than text: markup, HTML, entities, links, mentions,
 * references to issues, merge requests, epics, milestones, labels and commits, emoji, mathematics. Underscores within a word are none.
 */
const MISREAD: readonly RegExp[] = [
  /[`*[\]<>\\~|^${}]/,
  /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u,
  /&(?:#|\d|\w+;)/,
  /[#!%@][\p{L}\p{N}"]/u,
  /^(?:[#+=-]|\d+[.)](?:\s|$))/,
  /:\/\/|www\.|\b(?:mailto|xmpp):/i,
  /:[\w+-]+:/,
  /\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,}\b/,
  /\b(?:[A-Z][A-Z0-9_]+|gh)-\d+\b/,
];

/** Text from outside as one visible line, cut to what a report shows. */
export function shownLine(text: string): string {
  return [...oneLine(text)].slice(0, LONGEST).join("");
}

/**
 * Text from outside, harmless in Markdown and still found by `grep`: an ordinary name stays as it is; what Markdown would misread becomes a
 * code span, in which nothing is read. No line breaks, no invisible direction marks.
 */
export function markdownText(text: string): string {
  const shown = shownLine(text);
  return MISREAD.some((pattern) => pattern.test(shown)) ? codeSpan(shown) : shown;
}

/** A code span, with more backticks around it than stand in it. */
export function codeSpan(text: string): string {
  if (text === "") return "";
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const inner = longest > 0 ? ` ${text} ` : text;
  return `${fence}${inner}${fence}`;
}
