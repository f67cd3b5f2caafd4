import type { Database } from "bun:sqlite";
import { type Runner, RunnerError } from "./runner.ts";

/** Where runs happen as child processes. */
export interface ProcessRunnerSettings {
  /** What `zdsync` is on this machine: `["/usr/bin/bun", "/srv/zdsync/bin/zdsync.ts"]`. Never through a shell. */
  argv: readonly string[];
  /** The data directory that hourly runs use too. */
  dataDir: string;
  /** The whole environment of the child. */
  env: Readonly<Record<string, string | undefined>>;
  /** Working directory of the child; default: the bot's. */
  cwd?: string;
}

/** What the runner asks the machine. */
export interface ProcessRunnerDeps {
  database: Database;
  clock: () => Date;
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Runs as child processes on this machine, which go on where the bot ends; runs by cron in the same data directory are seen too. */
export function createProcessRunner(_settings: ProcessRunnerSettings, _deps: ProcessRunnerDeps): Runner {
  const notYet = async () => {
    throw new RunnerError("Child processes are not built yet.");
  };
  return {
    kind: "process",
    start: notYet,
    look: notYet,
    current: notYet,
    ended: notYet,
    cancel: notYet,
    artifacts: notYet,
    onChange: () => () => {},
  };
}
