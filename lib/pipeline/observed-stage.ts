import type { InstanceName } from "../domain/instance.ts";
import { EXIT, type ExitCode, exitCodeOf, worstOf } from "../errors.ts";
import type { Step } from "../storage/runs/run-record.ts";
import type { RunObserver } from "../storage/runs/run-recorder.ts";
import type { StageReport } from "./stage.ts";

/** Does a stage's work and tells the observer how it goes. Answers and throws what the work does. */
export async function observed<Done>(
  observer: RunObserver,
  stage: string,
  instance: InstanceName | null,
  work: () => Promise<Done>,
  reportsOf: (done: Done) => readonly StageReport[],
): Promise<Done> {
  await observer.step(stage, instance, "running");
  try {
    const done = await work();
    await observer.step(stage, instance, stateOf(reportsOf(done)));
    return done;
  } catch (error) {
    await observer.step(stage, instance, stateAt(exitCodeOf(error)));
    throw error;
  }
}

function stateOf(reports: readonly StageReport[]): Step["state"] {
  const ended = reports.flatMap((report) => report.ended?.exit ?? []);
  if (ended.length > 0) return stateAt(worstOf(ended));
  if (reports.some(({ comparison }) => comparison?.refused)) return "refused";
  // What was left out because of an earlier failure is told where that failed.
  return reports.some(({ comparison }) => (comparison?.unattempted?.stopped ?? 0) > 0) ? "stopped" : "done";
}

function stateAt(exit: ExitCode): Step["state"] {
  if (exit === EXIT.refused) return "refused";
  return exit === EXIT.stopped ? "stopped" : "failed";
}
