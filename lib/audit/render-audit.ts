import { explain, titleOf } from "../reasons/reason-text.ts";
import { oneLine } from "../text/outside-text.ts";
import type { AuditExample, AuditFinding } from "./finding.ts";
import { commandFor, exampleText, needsAction } from "./remedies.ts";

/** A finding as `--json` tells it, and the page: the code with its words, how often, which ones. */
export interface AuditLine {
  code: string;
  params: Record<string, unknown>;
  title: string;
  what: string;
  remedy: string;
  /** True if somebody has to look at it. */
  needs_somebody: boolean;
  count: number;
  /** Ids and places, and names where `nameOf` gives them; the first ones where `limit` is fewer. */
  examples: string[];
  command: string | null;
}

/** Returns the name of an example's record, if it may be shown; null if it has none. */
export type NameOf = (finding: AuditFinding, example: AuditExample) => string | null;

/** Findings as lines, those first that somebody has to look at; each with so many examples at most. Without `nameOf` nobody is named. Pure. */
export function auditLines(findings: readonly AuditFinding[], limit: number, nameOf: NameOf = () => null): AuditLine[] {
  const lines = findings.map((finding): AuditLine => {
    const { reason, examples } = finding;
    const { what, remedy } = explain(reason);
    const named = (one: AuditExample) => {
      const name = nameOf(finding, one);
      return name === null ? exampleText(one) : `${oneLine(name)} · ${exampleText(one)}`;
    };
    return {
      code: reason.code,
      params: reason.params,
      title: titleOf(reason.code),
      what,
      remedy,
      needs_somebody: needsAction(reason.code),
      count: examples.length,
      examples: examples.slice(0, limit).map(named),
      command: commandFor(finding),
    };
  });
  return [...lines.filter((one) => one.needs_somebody), ...lines.filter((one) => !one.needs_somebody)];
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
    ...(missing.length > 0 ? [`Not checked because files are missing: ${missing.join(", ")}.`] : []),
    `audit: ${found === 0 ? "nothing found" : `${found} found in ${lines.length} ${lines.length === 1 ? "way" : "ways"}`}. Nothing was read from any remote, and nothing was changed.`,
  ].join("\n");
}
