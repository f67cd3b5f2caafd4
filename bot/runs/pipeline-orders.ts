import { formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { PipelineInputs } from "../../lib/remotes/gitlab/pipelines.ts";
import { RunnerError, type RunOrder } from "./runner.ts";

/** Only what was asked for, and the run's id. A switch is a boolean, never text. */
export function inputsOf({ instance, dryRun, atMost }: RunOrder, runId: string): PipelineInputs {
  return {
    "run-id": runId,
    "dry-run": dryRun,
    ...(instance ? { instances: instance } : {}),
    ...(atMost ? { "at-most": formatConfirmedCounts(atMost) } : {}),
  };
}

/** Converts the bot's id of a pipeline to GitLab's number. Throws `RunnerError`. */
export function numberOf(id: string): number {
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id);
  throw new RunnerError(`${id.slice(0, 40)} is not a pipeline number.`);
}
