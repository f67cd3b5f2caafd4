import type { Database } from "bun:sqlite";
import type { PipelineSettings } from "../../lib/gitlab/pipeline-settings.ts";
import { type Runner, RunnerError } from "./runner.ts";

/** What the runner asks the machine. */
export interface GitlabRunnerDeps {
  database: Database;
  clock: () => Date;
  /** Folder for downloaded artifacts; owner-only, kept small. */
  cache: string;
  /** Waits between attempts; for tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
  timeoutMs?: number;
}

/** Runs as pipelines of GitLab. `webhook` takes a Pipeline Hook's parsed body, whose secret was checked by the transport. */
export function createGitlabRunner(_settings: PipelineSettings, _deps: GitlabRunnerDeps): GitlabRunner {
  const notYet = async () => {
    throw new RunnerError("Pipelines are not built yet.");
  };
  return {
    kind: "gitlab",
    start: notYet,
    look: notYet,
    current: notYet,
    ended: notYet,
    cancel: notYet,
    artifacts: notYet,
    onChange: () => () => {},
    webhook() {},
  };
}

export interface GitlabRunner extends Runner {
  readonly kind: "gitlab";
  /** Never throws; what is no webhook of this project's pipelines is passed over. */
  webhook(payload: unknown): void;
}
