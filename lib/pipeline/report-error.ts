import { type ExitCode, exitCodeOf } from "../errors.ts";
import { failureJson } from "../reasons/reason-json.ts";
import { reasonsOf } from "../reasons/reason-of-error.ts";
import { messageIn } from "../reasons/refused.ts";
import type { Output } from "../report/terminal/output.ts";
import { type Environment, placeOf } from "../settings/environment.ts";

/** Output that receives an error message, and the environment that decides its form. */
export interface ErrorTarget {
  env: Environment;
  output: Output;
  /** True if standard output is for a program: then it gets the error, too. */
  json?: boolean;
}

/** Tells people what ended a command, with the stack only where `ZDSYNC_DEBUG` asks for it; answers the exit code. */
export function reportError(error: unknown, { env, output, json = false }: ErrorTarget): ExitCode {
  const exit = exitCodeOf(error);
  const place = placeOf(env);
  if (json) output.out(JSON.stringify({ exit, ...failureJson(reasonsOf(error), place) }));
  output.err(`error: ${messageIn(place, error)}`);
  if (env.ZDSYNC_DEBUG && error instanceof Error) output.err(error.stack ?? "");
  return exit;
}
