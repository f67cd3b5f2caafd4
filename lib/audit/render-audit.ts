import { explain, titleOf } from "../explain/reason-text.ts";
import type { AuditFinding } from "./finding.ts";
import { commandFor, exampleText } from "./remedies.ts";

/** A finding as `--json` tells it, and the page: the code with its words, how often, which ones. */
export interface AuditLine {
  code: string;
  params: Record<string, unknown>;
  title: string;
  what: string;
  remedy: string;
  count: number;
  /** Ids and places only; the first ones where `limit` is fewer. */
  examples: string[];
  command: string | null;
}

/** Findings as lines, each with so many examples at most. Pure. */
export function auditLines(findings: readonly AuditFinding[], limit: number): AuditLine[] {
  return findings.map((finding) => {
    const { reason, examples } = finding;
    const { what, remedy } = explain(reason);
    return {
      code: reason.code,
      params: reason.params,
      title: titleOf(reason.code),
      what,
      remedy,
      count: examples.length,
      examples: examples.slice(0, limit).map(exampleText),
      command: commandFor(finding),
    };
  });
}

/** Findings for people at a terminal. Pure. */
export function renderAudit(lines: readonly AuditLine[], missing: readonly string[]): string {
  const found = lines.reduce((sum, { count }) => sum + count, 0);
  return [
    ...lines.flatMap(({ title, params, what, remedy, count, examples, command }) => [
      `${title}${typeof params.instance === "string" ? ` (${params.instance})` : ""}: ${count}`,
      `  ${what}`,
      ...examples.map((one) => `    ${one}`),
      ...(count > examples.length ? [`    … and ${count - examples.length} more (--examples 0 lists all)`] : []),
      `  → ${remedy}`,
      ...(command === null ? [] : [`    ${command}`]),
      "",
    ]),
    ...(missing.length > 0 ? [`Not looked at, the files are not there: ${missing.join(", ")}.`] : []),
    `audit: ${found === 0 ? "nothing found" : `${found} found in ${lines.length} ${lines.length === 1 ? "way" : "ways"}`}. Nothing was read from any remote, and nothing was changed.`,
  ].join("\n");
}
