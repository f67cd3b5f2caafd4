import { ConfigurationError, messageOf, type Problem, RemoteError } from "../errors.ts";
import { type Found, problem, unreachable } from "./finding.ts";

/** What a person should do about a check that failed. */
export interface Remedies {
  /** The remote answered and said no: credentials, permissions, addresses. */
  refused: string;
  /** The remote did not answer, or failed. */
  unreachable: string;
}

/** Statuses by which a remote says "not now" rather than "no". */
const PASSING = new Set([408, 409, 425, 429]);

/** Whatever a check threw, as findings: a broken remote is one finding among the others and never hides them. */
export function failureFindings(check: string, error: unknown, remedies: Remedies): Found[] {
  if (error instanceof ConfigurationError) return problemFindings(error.problems, remedies.refused);
  const status = error instanceof RemoteError ? error.detail.status : undefined;
  if (status !== undefined && status >= 400 && status < 500 && !PASSING.has(status))
    return [problem(check, messageOf(error), remedies.refused)];
  return [unreachable(check, messageOf(error), remedies.unreachable)];
}

/** Problems of settings and files, each as a finding. */
export function problemFindings(problems: readonly Problem[], remedy: string): Found[] {
  return problems.map(({ where, what }) => problem(where, what, remedy));
}
