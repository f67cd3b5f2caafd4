import type { ConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { EXIT, ZdsyncError } from "../../lib/errors.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";

/** A failure of a runner, in words for people: what happened, and what to do. */
export class RunnerError extends ZdsyncError {
  readonly exitCode = EXIT.failed;
}

/**
 * Nobody knows whether a run was started: GitLab was asked, and its answer was lost. Never asked again by itself: the run flow looks
 * for the run instead.
 */
export class StartUnknown extends RunnerError {}

/** A request from Slack for a run. */
export interface RunOrder {
  /** Null: both. */
  instance: InstanceName | null;
  dryRun: boolean;
  /** The counts that were confirmed, as maxima; null in dry runs only. */
  atMost: ConfirmedCounts | null;
  /** Slack's id of whoever asked, for the run's record. */
  user?: string;
}

/** A part of a run that people follow: a stage of one instance, a job of a pipeline. */
export interface RunPart {
  /** `gather-accounts`, `compare global`. Unique within a run. */
  name: string;
  state: "waiting" | "running" | "done" | "refused" | "failed" | "stopped" | "skipped";
}

/** State of a run, as far as its runner can see. */
export interface RunState {
  /** The runner's id of the run: the run id, or the number in `pipeline 123`. */
  id: string;
  /** Address at which a person can view it; null if there is no such page. */
  url: string | null;
  /** Address of its page (`report.html`); null while it is in progress, and if there is no such place. */
  pageUrl: string | null;
  startedAt: Date;
  /** Null while it goes on. */
  endedAt: Date | null;
  /** `schedule`: nobody asked for it (cron, pipeline schedule). `bot`: this bot started it. `person`: somebody did elsewhere. */
  origin: "schedule" | "bot" | "person";
  /** Person or process that started it, in words for people: `@ann in GitLab`, `process 4711 on build-1`. */
  startedBy: string;
  dryRun: boolean;
  /** `lost`: it neither goes on nor left a result (killed, deleted). */
  status: "waiting" | "running" | "ended" | "lost";
  parts: RunPart[];
  /** Exit code (interface.md) once it has ended and that is known. */
  exit: number | null;
  /** Record it left when it ended; null if it left nothing that can be read. */
  record: RunRecord | null;
}

/**
 * Where runs happen. Two implementations: pipelines of GitLab, and `zdsync run` as a child process. Methods throw `RunnerError`
 * with a message for people; nothing else of the bot knows which one it talks to.
 */
export interface Runner {
  readonly kind: "gitlab" | "process";
  /**
   * Starts a run. Throws where one cannot be started, and `StartUnknown` where that is not known; whether one is going already is
   * asked before (`current`).
   */
  start(order: RunOrder): Promise<RunState>;
  /** The run as it is now. Throws where it is not known any more. */
  look(id: string): Promise<RunState>;
  /** The run that writes at this moment, whoever started it; null where none does. Dry runs do not count. */
  current(): Promise<RunState | null>;
  /** Runs that are no dry runs and have ended, newest first, as far back as `since`; `record` is filled in where it can be read. */
  ended(since: Date): Promise<RunState[]>;
  /** Asks a run to stop safely (S7). Throws where that is not possible, with what to do instead. */
  cancel(id: string): Promise<void>;
  /** The artifacts of an ended run in a local folder; null where they are gone. */
  artifacts(id: string): Promise<ArtifactStore | null>;
  /** Calls back when a run may have changed (a webhook, a file); following also polls. Answers how to end it. */
  onChange(listener: (id: string) => void): () => void;
}
