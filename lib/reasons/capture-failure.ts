import type { Reason } from "../domain/reason.ts";
import { type ExitCode, exitCodeOf, messageOf, ZdsyncError } from "../errors.ts";
import { machineProblem } from "../machine-error.ts";
import type { StageReport } from "../pipeline/stage.ts";
import { reasonsOf } from "./reason-of-error.ts";

/** Returns the value of work that writes, or why it ended early. Whatever it had written by then is in the results. */
export async function captureFailure<T>(
  work: () => Promise<T>,
): Promise<{ value?: T; ended?: Pick<StageReport, "ended"> }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { ended: { ended: { reasons: reasonsOf(error), exit: exitCodeOf(error) } } };
  }
}

/**
 * Does what comes after the work itself, such as a report of it: what goes wrong there (a full disk, a file that could not be made) is
 * told, and does not hide what the work did. Answers undefined then; throws only faults of the program.
 */
export async function afterwards<T>(
  work: () => Promise<T>,
  tell: (problem: { reasons: readonly Reason[]; message: string; exit: ExitCode }) => void,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ZdsyncError || machineProblem(error))) throw error;
    tell({ reasons: reasonsOf(error), message: messageOf(error), exit: exitCodeOf(error) });
    return undefined;
  }
}
