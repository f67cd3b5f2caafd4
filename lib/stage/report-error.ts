import { type ExitCode, exitCodeOf, messageOf } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { Output } from "../terminal/output.ts";

/** Tells people what ended a command, with the stack only where `ZDSYNC_DEBUG` asks for it; answers the exit code. */
export function reportError(error: unknown, output: Output, env: Environment): ExitCode {
  output.err(`error: ${messageOf(error)}`);
  if (env.ZDSYNC_DEBUG && error instanceof Error) output.err(error.stack ?? "");
  return exitCodeOf(error);
}
