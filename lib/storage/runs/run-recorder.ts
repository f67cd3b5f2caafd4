import { join } from "node:path";
import type { InstanceName } from "../../domain/instance.ts";
import { after } from "../../edges/clock.ts";
import { EXIT, messageOf } from "../../errors.ts";
import { makeOwnFolder } from "../files/own-files.ts";
import { replaceWholeFile, writeWholeFile } from "../files/write-whole-file.ts";
import { RUN_RECORD, type RunRecord, runRecordText, type Step } from "./run-record.ts";

/** Observer of a run's progress. Anything it does with it never fails a run and never decides anything (G2). */
export interface RunObserver {
  /** A stage began or ended; `instance` where the stage has one. */
  step(stage: string, instance: InstanceName | null, state: Step["state"]): Promise<void>;
}

/** Nobody wants to know. */
export const UNOBSERVED: RunObserver = { step: async () => {} };

/** Fields of a run's record that are known when it begins. */
export type RunBeginning = Pick<
  RunRecord,
  "run_id" | "command" | "dry_run" | "instances" | "host" | "pid" | "started_by" | "started_at" | "warnings"
>;

/** Fields of a run's record that are known when it has ended. */
export type RunEnding = Pick<
  RunRecord,
  "exit" | "comparisons" | "failures" | "unknown_charges" | "conflicts" | "merged" | "moved" | "matters"
>;

/** Nothing came of a run; what a run that ended before its stages leaves. */
export const NO_OUTCOME: Omit<RunEnding, "exit"> = {
  comparisons: [],
  failures: [],
  unknown_charges: [],
  conflicts: [],
  merged: [],
  moved: [],
};

/** Clock and warnings of a recorder, provided by its owner. */
export interface RecorderDeps {
  clock: () => Date;
  warn(message: string): void;
}

/** A stage that is done is told of within this time: mostly the next one begins at once, and both are written together. */
const DONE_WITHIN_MS = 250;

/**
 * Keeps `history/<run id>/run.json` of a run as it goes, so that others can follow it (run-record.ts). Changes replace the file,
 * owner-only, those that come while it is written all at once; where that fails it warns once and the run goes on. `ended_at` of a run
 * that was killed stays null.
 */
export class RunRecorder implements RunObserver {
  #record: RunRecord;
  #writing: Promise<void> = Promise.resolve();
  /** The write that will tell of the latest changes, while it waits for the one before it. */
  #next: Promise<void> | null = null;
  #cancelLater = () => {};
  #hasWarned = false;

  constructor(
    private readonly dataDir: string,
    beginning: RunBeginning,
    private readonly deps: RecorderDeps,
  ) {
    this.#record = { schema: 1, ...beginning, ended_at: null, exit: null, steps: [], ...NO_OUTCOME };
  }

  /** Writes the record for the first time. */
  begin(): Promise<void> {
    return this.#write();
  }

  /**
   * One entry for a stage and instance: a later state takes the place of the earlier one. Resolves when others can see it; a stage
   * that is done waits for nothing and is seen soon.
   */
  step(stage: string, instance: InstanceName | null, state: Step["state"]): Promise<void> {
    const step: Step = { stage, instance, state, at: this.#now() };
    const { steps } = this.#record;
    const known = steps.findIndex((one) => one.stage === stage && one.instance === instance);
    this.#record.steps = known < 0 ? [...steps, step] : steps.with(known, step);
    if (state !== "done") return this.#write();
    this.#cancelLater();
    this.#cancelLater = after(DONE_WITHIN_MS, () => void this.#write(), { keepsAlive: false });
    return Promise.resolve();
  }

  /** Says how it ended. What was still going on then ended with it, stopped or failed: no step stays `running`. */
  end(ending: RunEnding): Promise<void> {
    const at = this.#now();
    const state: Step["state"] = ending.exit === EXIT.stopped ? "stopped" : "failed";
    const steps = this.#record.steps.map((step) => (step.state === "running" ? { ...step, state, at } : step));
    this.#record = { ...this.#record, ...ending, steps, ended_at: at };
    return this.#write();
  }

  #now(): string {
    return this.deps.clock().toISOString();
  }

  /** One after the other, each with all that is known when it begins. */
  #write(): Promise<void> {
    this.#cancelLater();
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  #writeAfter(before: Promise<void>): Promise<void> {
    this.#writing = before
      .then(() => {
        this.#next = null;
        return this.#replace();
      })
      .catch((error: NodeJS.ErrnoException) => {
        if (this.#hasWarned) return;
        this.#hasWarned = true;
        this.deps.warn(
          `${RUN_RECORD} cannot be written (${error.code ?? messageOf(error)}): others cannot follow this run.`,
        );
      });
    return this.#writing;
  }

  async #replace(): Promise<void> {
    const { run_id, ended_at } = this.#record;
    const folder = await makeOwnFolder(this.dataDir, "history", run_id);
    // Only how it ended has to outlast a power failure at once.
    const write = ended_at === null ? replaceWholeFile : writeWholeFile;
    await write(join(folder, RUN_RECORD), runRecordText(this.#record));
  }
}
