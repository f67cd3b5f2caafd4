import { exitCodeOf, messageOf } from "../errors.ts";
import type { StageReport } from "./stage.ts";

/** What came of work that writes: its value, or why it ended early. What it had written by then is in the results. */
export async function untilEnded<T>(
  work: () => Promise<T>,
): Promise<{ value?: T; ended?: Pick<StageReport, "ended"> }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { ended: { ended: { message: messageOf(error), exit: exitCodeOf(error) } } };
  }
}
