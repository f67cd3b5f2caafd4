import { renderTerminal } from "../explain/render-document.ts";
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

/** One case as text, as `zdsync explain` shows an account. Pure. */
export function plainText(result: CaseResult): string {
  return renderTerminal(caseDocument(result), false);
}
