import { type Reason, reason } from "../domain/reason.ts";
import {
  ArtifactError,
  ConfigurationError,
  IncompleteError,
  messageOf,
  RefusedError,
  RemoteError,
  StoppedError,
} from "../errors.ts";
import { machineProblem } from "../machine-error.ts";

/** Returns the reason for a record whose work an error ended. Messages of errors are shown, never compared. */
export function reasonOf(error: unknown): Reason {
  const message = messageOf(error);
  if (error instanceof RemoteError)
    return reason("remote.failed", { service: error.detail.service, status: error.detail.status ?? null, message });
  if (error instanceof StoppedError) return reason("run.stopped_early", { message });
  if (error instanceof IncompleteError) return reason("remote.incomplete", { message });
  if (error instanceof ArtifactError) return reason("artifact.unusable", { message });
  if (error instanceof ConfigurationError)
    return reason("settings.wrong", {
      where: error.problems.map(({ where }) => where),
      what: error.problems.map(({ what }) => what),
    });
  if (error instanceof RefusedError && error.reasons[0]) return error.reasons[0];
  if (machineProblem(error)) return reason("machine.failed", { message });
  return reason("program.failed", { message });
}

/** As `reasonOf`; a refusal may have several. */
export function reasonsOf(error: unknown): readonly Reason[] {
  return error instanceof RefusedError ? error.reasons : [reasonOf(error)];
}
