import { EXIT, type ExitCode } from "../errors.ts";

/** Severity of a finding: a run would fail or do wrong (`problem`), or it works but should be looked at (`warning`). */
export type Severity = "ok" | "warning" | "problem";

/** Result of one check, for a support-operations engineer. Names settings, fields and ids; never a secret or a customer. */
export interface Finding {
  /** The part of the set-up: `Salesforce`, `Zendesk global`, `Overrides`. */
  group: string;
  severity: Severity;
  /** The thing checked: `organization field support_level`, `SLACK_BOT_TOKEN`. */
  check: string;
  found: string;
  /** Text that says what to click or set; null if there is nothing to do. */
  remedy: string | null;
  /** A remote did not answer, or failed: this says nothing about settings, files or fields. */
  unreachable: boolean;
  /** Stack of the error, for `ZDSYNC_DEBUG` only; absent if nothing was thrown. */
  stack?: string;
}

/** A finding before it is known which group it belongs to. */
export type Found = Omit<Finding, "group">;

/** Says that something is as it should be. */
export function ok(check: string, found: string): Found {
  return { severity: "ok", check, found, remedy: null, unreachable: false };
}

/** Says that something works, but should be looked at. */
export function warning(check: string, found: string, remedy: string): Found {
  return { severity: "warning", check, found, remedy, unreachable: false };
}

/** Says that a setting, a file, a permission or a field has to change. */
export function problem(check: string, found: string, remedy: string): Found {
  return { severity: "problem", check, found, remedy, unreachable: false };
}

/** Says that a remote could not be asked. */
export function unreachable(check: string, found: string, remedy: string): Found {
  return { severity: "problem", check, found, remedy, unreachable: true };
}

/** 2 where a setting, file or field must change, 1 where a remote could not be asked, else 0; warnings do not count. */
export function exitOfFindings(findings: readonly Pick<Finding, "severity" | "unreachable">[]): ExitCode {
  const problems = findings.filter((one) => one.severity === "problem");
  if (problems.some((one) => !one.unreachable)) return EXIT.usage;
  return problems.length > 0 ? EXIT.failed : EXIT.done;
}

/** One check of something that is open: answers what it found, or throws, which becomes a finding as well. */
export interface NamedCheck<Opened> {
  name: string;
  run(opened: Opened): Promise<Found[]>;
}
