import type { Line } from "../explain/document.ts";
import { oneLine } from "../outside-text.ts";
import { caseDocument } from "./case-document.ts";
import type { CaseResult } from "./run-case.ts";

/** Every case that failed with how it came to that, then how many passed. Pure. */
export function caseFailures(results: readonly CaseResult[]): string {
  const failed = results.filter(({ mismatches }) => mismatches.length > 0);
  const counts = `${results.length - failed.length} of ${results.length} ${results.length === 1 ? "case" : "cases"} passed`;
  return [
    ...failed.flatMap((one) => [plainText(one), ""]),
    failed.length === 0 ? `test: ${counts}.` : `test: ${counts}, ${failed.length} failed.`,
  ].join("\n");
}

/** One case as text. Pure. */
export function plainText(result: CaseResult): string {
  const { answer, sections } = caseDocument(result);
  return [
    ...answer.map((line) => text(line, 0)),
    ...sections.flatMap(({ title, lines }) => ["", title, ...lines.map((line) => text(line, 1))]),
  ].join("\n");
}

function text({ depth, label, spans }: Line, indent: number): string {
  const head = label === undefined ? "" : `${label}: `;
  return `${"  ".repeat(depth + indent)}${oneLine(head + spans.map((span) => span.text).join(""))}`;
}
