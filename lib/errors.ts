import type { Reason } from "./domain/reason.ts";
import { machineProblem } from "./machine-error.ts";

/** Exit codes of the command line (interface.md). */
export const EXIT = { done: 0, failed: 1, usage: 2, someFailed: 3, refused: 4, stopped: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error whose message is meant for a person: what happened, to which record or setting, what was expected, what to do.
 * Messages name records by id and settings by name; never a secret, a customer's name or an address.
 */
export abstract class ZdsyncError extends Error {
  abstract readonly exitCode: ExitCode;
  override get name(): string {
    return this.constructor.name;
  }
}

/** One problem of an input: where it is, and what is wrong there. */
export interface Problem {
  /** A file with line (`plans.yml:12`), a setting (`SALESFORCE_LOGIN_URL`), a flag (`--today`). */
  where: string;
  what: string;
}

/** Settings, flags, or files people edit are wrong; all problems at once. Exit 2. */
export class ConfigurationError extends ZdsyncError {
  readonly exitCode = EXIT.usage;
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.where}: ${problem.what}`).join("\n"));
  }
}

/** An artifact is missing or damaged. Exit 1. */
export class ArtifactError extends ZdsyncError {
  readonly exitCode = EXIT.failed;
}

/** A remote refused, failed or could not be reached, after all retries. Exit 1. */
export class RemoteError extends ZdsyncError {
  readonly exitCode: ExitCode = EXIT.failed;
  constructor(
    message: string,
    readonly detail: { service: string; status?: number; code?: string; requestId?: string; attempts?: number } = {
      service: "",
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A remote refused the credentials themselves, or they do not allow what they are for: a setting must change. Exit 2, whatever the remote. */
export class CredentialError extends RemoteError {
  override readonly exitCode = EXIT.usage;
}

/** A gather could not prove that it got everything (S1), or that it looked at the right instance (O2, S10). Exit 1. */
export class IncompleteError extends ZdsyncError {
  readonly exitCode = EXIT.failed;
}

/** Refused before any write: a limit; a hand-over that is stale, altered, or of another run or version; another run's lock. Exit 4. */
export class RefusedError extends ZdsyncError {
  readonly exitCode = EXIT.refused;
  /** `message`: the reasons as a person at a terminal reads them; `refused` (lib/explain) makes it. */
  constructor(
    message: string,
    readonly reasons: readonly Reason[],
  ) {
    super(message);
  }
}

/** Stopped by a signal or the deadline; the rest was not attempted. Exit 5. */
export class StoppedError extends ZdsyncError {
  readonly exitCode = EXIT.stopped;
}

/** A fault of zdsync itself. Exit 1. */
export class InternalError extends ZdsyncError {
  readonly exitCode = EXIT.failed;
}

/**
 * The message for a person, whatever was thrown: our own errors as they are, problems of the machine with what to do, anything else
 * without its stack.
 */
export function messageOf(error: unknown): string {
  if (error instanceof ZdsyncError) return error.message;
  const machine = machineProblem(error);
  if (machine) return machine.message;
  const text =
    error instanceof Error
      ? `${error.name}: ${error.message.split("\n")[0]}`
      : "a value that is not an Error was thrown";
  return `unexpected error (${text}); this is a bug in zdsync. Run again with ZDSYNC_DEBUG=1 to see where it was thrown.`;
}

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ZdsyncError) return error.exitCode;
  return machineProblem(error)?.isSetting ? EXIT.usage : EXIT.failed;
}

/** The worst of several exit codes: 1, 4, 5, 3, 0 (interface.md); 2 outranks them all. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order = [EXIT.usage, EXIT.failed, EXIT.refused, EXIT.stopped, EXIT.someFailed, EXIT.done];
  return order.find((code) => codes.includes(code)) ?? EXIT.done;
}
