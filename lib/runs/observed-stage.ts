import type { InstanceName } from "../domain/instance.ts";
import { EXIT, exitCodeOf } from "../errors.ts";
import type { StageReport } from "../stage/stage.ts";
import type { RunObserver } from "./run-recorder.ts";

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
    await observer.step(stage, instance, exitCodeOf(error) === EXIT.refused ? "refused" : "failed");
    throw error;
  }
}

function stateOf(reports: readonly StageReport[]): "done" | "refused" | "failed" {
  if (reports.some(({ ended }) => ended)) return "failed";
  return reports.some(({ comparison }) => comparison?.refused) ? "refused" : "done";
}
