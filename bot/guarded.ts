import { mrkdwnText } from "../lib/text/mrkdwn.ts";
import type { Actor, Reply } from "./conversation.ts";
import { errorSummary } from "./error-summary.ts";
import type { Audit } from "./ports.ts";
import { messageLines } from "./render/blocks.ts";
import { RunnerError } from "./runs/runner.ts";

/** Work a person asked for: its name in the log, and the person if the audit log is to record its failure. */
export interface GuardedWork {
  what: string;
  by?: Actor;
}

/** Logs for failures. */
export interface FailureLogs {
  audit: Pick<Audit, "record">;
  clock: () => Date;
  warn: (message: string) => void;
}

/** Does what a person asked for. Where that fails they get a sentence, and the logs get a code. Never throws. */
export async function guarded(
  logs: FailureLogs,
  { what, by }: GuardedWork,
  reply: Reply,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logs.warn(`${what} failed: ${errorSummary(error)}`);
    try {
      if (by) logs.audit.record({ at: logs.clock(), by, what, result: `failed: ${reasonOf(error)}` });
    } catch (unrecorded) {
      // A database that fails may be why the work did; they get their sentence all the same.
      logs.warn(`the failure of ${what} is not in the audit log: ${errorSummary(unrecorded)}`);
    }
    try {
      await reply.privately(failedText(error));
    } catch (unanswered) {
      logs.warn(`${what} could not be answered: ${errorSummary(unanswered)}`);
    }
  }
}

/**
 * Returns the text that tells a person about an error: the runner's own words, or, as any other error was not meant for them, a reference
 * to the bot's log.
 */
export function reasonOf(error: unknown): string {
  return error instanceof RunnerError
    ? error.message
    : "An unexpected error occurred in the bot. Try again in a minute; see the bot's log for details.";
}

/** An error as an answer, with what to do about it. */
export function failedText(error: unknown, more: readonly string[] = []) {
  return messageLines([mrkdwnText(reasonOf(error), 1_000), ...more]);
}
