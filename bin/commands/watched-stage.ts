import type { InstanceName } from "../../lib/domain/instance.ts";
import { observed } from "../../lib/pipeline/observed-stage.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import type { RunObserver } from "../../lib/storage/runs/run-recorder.ts";

/** A stage whose one report tells how it went. */
export function watched(
  observer: RunObserver,
  stage: string,
  instance: InstanceName | null,
  work: () => Promise<StageReport>,
): Promise<StageReport> {
  return observed(observer, stage, instance, work, (report) => [report]);
}
