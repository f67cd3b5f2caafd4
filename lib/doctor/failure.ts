import { ConfigurationError, CredentialError, messageOf, type Problem, RemoteError } from "../errors.ts";
import { type Found, type NamedCheck, problem, unreachable } from "./finding.ts";

/** Remedies for a check that failed. */
export interface Remedies {
  /** The remote answered and said no: credentials, permissions, addresses. */
  refused: string;
  /** The remote did not answer, or failed. */
  unreachable: string;
  /** Instead of these, by the setting that a problem names or by the remote's error code. */
  exactly?: Readonly<Record<string, string>>;
}

/** Statuses by which a remote says "not now" rather than "no". */
const PASSING = new Set([408, 409, 425, 429]);

/** Runs all checks at once; the failure of one is its finding and never hides the others'. In the order of the list. */
export async function runChecks<Opened>(
  checks: readonly NamedCheck<Opened>[],
  opened: Opened,
  remedies: Remedies,
): Promise<Found[]> {
  const found = await Promise.all(
    checks.map(({ name, run }) => run(opened).catch((error: unknown) => failureFindings(name, error, remedies))),
  );
  return found.flat();
}

/** Whatever a check threw, as findings. */
export function failureFindings(check: string, error: unknown, remedies: Remedies): Found[] {
  const { exactly = {}, refused } = remedies;
  if (error instanceof ConfigurationError)
    return error.problems.flatMap((one) => problemFindings([one], exactly[one.where] ?? refused));
  const exact = error instanceof RemoteError ? exactly[error.detail.code ?? ""] : undefined;
  const found = isRefusal(error)
    ? problem(check, messageOf(error), exact ?? refused)
    : unreachable(check, messageOf(error), exact ?? remedies.unreachable);
  return [{ ...found, ...(error instanceof Error && error.stack ? { stack: error.stack } : {}) }];
}

/** Problems of settings and files, each as a finding. */
export function problemFindings(problems: readonly Problem[], remedy: string): Found[] {
  return problems.map(({ where, what }) => problem(where, what, remedy));
}

/** True if a remote answered with a refusal. */
function isRefusal(error: unknown): boolean {
  if (error instanceof CredentialError) return true;
  if (!(error instanceof RemoteError)) return false;
  const { status } = error.detail;
  return status !== undefined && status >= 300 && status < 500 && !PASSING.has(status);
}
