import type { Database } from "bun:sqlite";
import { join } from "node:path";
import { sleep as sleepFor } from "../../lib/edges/clock.ts";
import { edges } from "../../lib/edges/edges.ts";
import { readdir, readFile } from "../../lib/edges/files.ts";
import { EXIT } from "../../lib/errors.ts";
import { mintRunId } from "../../lib/pipeline/session.ts";
import { WORKING_DIRECTORY } from "../../lib/pipeline/working-directory.ts";
import { runEnvironment, STARTED_BY } from "../../lib/settings/setting-names.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { RunRecordReader, readRunRecord } from "../../lib/storage/runs/read-run-records.ts";
import { type LockHolder, lockHolder } from "../../lib/storage/runs/run-lock.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { type Child, isZdsync, OUTPUT_LOG, startChild } from "./child.ts";
import { ProcessMemory } from "./process-memory.ts";
import { type Facts, failureIn, isDryCommand, processState } from "./process-state.ts";
import { watchRecords } from "./record-watch.ts";
import { runArguments } from "./run-arguments.ts";
import { type Runner, RunnerError, type RunOrder, type RunState } from "./runner.ts";

/** Settings of a runner whose runs are child processes. */
export interface ProcessRunnerSettings {
  /** Command that starts `zdsync` on this machine: `["/usr/bin/bun", "/srv/zdsync/bin/zdsync.ts"]`. Never through a shell. */
  argv: readonly string[];
  /** The data directory that hourly runs use too. */
  dataDir: string;
  /** The bot's environment; a run gets its own settings of it (`runEnvironment`). */
  env: Readonly<Record<string, string | undefined>>;
  /** The config's `slack.page_url`. */
  pageUrl?: string | null;
  /** Working directory of a run; default: the bot's. */
  cwd?: string;
  /** Directory in which the program is started, apart from its working directory: no project file there affects Bun. Default: `cwd`. */
  startIn?: string;
}

/** Database, clock and waits of `createProcessRunner`. */
export interface ProcessRunnerDeps {
  database: Database;
  clock: () => Date;
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Time allowed for a start: settings are read and the lock is taken by then. */
const FIRST_WORDS = { looks: 300, betweenMs: 100 };
/** Time for which a run that has reported its end may still hold the lock. */
const LAST_WORDS = { looks: 50, betweenMs: 100 };
const DAY_MS = 86_400_000;

/** Runs as child processes on this machine, which go on where the bot ends; runs by cron in the same data directory are seen too. */
export function createProcessRunner(settings: ProcessRunnerSettings, deps: ProcessRunnerDeps): Runner {
  return new ProcessRuns(settings, deps);
}

class ProcessRuns implements Runner {
  readonly kind = "process";
  readonly #memory: ProcessMemory;
  readonly #records: RunRecordReader;
  /** Dry runs work apart, so that they never hold the lock of the hourly run. */
  readonly #dryDir: string;
  readonly #children = new Map<string, Child>();

  constructor(
    private readonly settings: ProcessRunnerSettings,
    private readonly deps: ProcessRunnerDeps,
  ) {
    this.#memory = new ProcessMemory(deps.database);
    this.#records = new RunRecordReader(settings.dataDir);
    this.#dryDir = join(settings.dataDir, "bot", "dry-run");
  }

  async start(order: RunOrder): Promise<RunState> {
    const { clock } = this.deps;
    const dataDir = order.dryRun ? this.#dryDir : this.settings.dataDir;
    const holder = await this.#workingIn(dataDir);
    if (holder) throw new RunnerError(busy(holder, order));
    const runId = mintRunId(clock());
    const started = { runId, dataDir, dryRun: order.dryRun, pid: null, startedAt: clock() };
    // Known before it begins: killed in between, the bot still knows that it was its own.
    this.#memory.keep(started);
    const child = await this.#spawn(order, dataDir, runId);
    this.#memory.keep({ ...started, pid: child.pid });
    this.#children.set(runId, child);
    void child.exited.then(() => this.#children.delete(runId));
    return this.#firstWords(runId, dataDir, child);
  }

  /** Returns the process at work in a data directory. A run reports its end before it releases the lock, so one that has is waited for. */
  async #workingIn(dataDir: string): Promise<LockHolder | null> {
    const { sleep = sleepFor } = this.deps;
    for (let look = 0; ; look++) {
      const holder = await lockHolder(dataDir);
      if (!holder || look >= LAST_WORDS.looks) return holder;
      const record = await readRunRecord(dataDir, holder.run_id);
      if (record === null || record.ended_at === null) return holder;
      await sleep(LAST_WORDS.betweenMs);
    }
  }

  async #spawn(order: RunOrder, dataDir: string, runId: string): Promise<Child> {
    const { argv, env, cwd = process.cwd(), startIn } = this.settings;
    const words = [...argv, ...runArguments(order, dataDir, runId)];
    try {
      const folder = join(dataDir, "history", runId);
      return await startChild(words, {
        folder,
        env: {
          ...runEnvironment(env),
          ...(order.user ? { [STARTED_BY]: `Slack user ${order.user}` } : {}),
          ...(startIn === undefined ? {} : { [WORKING_DIRECTORY]: cwd }),
        },
        cwd: startIn ?? cwd,
      });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      throw new RunnerError(
        `zdsync could not be started as a process on ${edges().process.hostname()} (${code}): nothing was changed. Check that ${argv[0]} can be started and that ${this.settings.dataDir} is writable.`,
      );
    }
  }

  /** Waits until the run has a record, or has ended without one. */
  async #firstWords(runId: string, dataDir: string, child: Child): Promise<RunState> {
    const { sleep = sleepFor } = this.deps;
    for (let look = 0; look < FIRST_WORDS.looks; look++) {
      // Asked before its record: a child that ends in between has written it by now.
      const exited = child.hasExited();
      const record = await readRunRecord(dataDir, runId);
      // One that wrong settings kept from beginning leaves a record too, without a single step in it.
      const neverBegan = record?.exit === EXIT.usage && record.steps.length === 0;
      if (record && !neverBegan) break;
      if (exited) throw new RunnerError(await this.#endedEarly(runId, dataDir, await child.exited));
      await sleep(FIRST_WORDS.betweenMs);
    }
    return this.look(runId);
  }

  async #endedEarly(runId: string, dataDir: string, code: number | null): Promise<string> {
    const folder = join(dataDir, "history", runId);
    const said = failureIn(await readFile(join(folder, OUTPUT_LOG), "utf8").catch(() => ""));
    const why = said ?? `it ended with exit code ${code ?? "none (killed)"}; see ${join(folder, OUTPUT_LOG)}`;
    const what = code === EXIT.usage ? "configuration error" : "it ended before it began";
    return `The run was not started, and nothing was changed: ${what}.\n${why}`;
  }

  async look(id: string): Promise<RunState> {
    const state = await this.#stateOf(id);
    if (state) return state;
    throw new RunnerError(
      `Run ${id.slice(0, 64)} is not known on ${edges().process.hostname()}: ${this.settings.dataDir} has no record of it, or no longer has one.`,
    );
  }

  async #stateOf(id: string): Promise<RunState | null> {
    const started = this.#memory.started(id);
    const dataDir = started?.dataDir ?? this.settings.dataDir;
    const held = await lockHolder(dataDir);
    // Read after the lock: a run writes its end first and gives the lock back then.
    const record = await readRunRecord(dataDir, id);
    const holder = held?.run_id === id ? held : null;
    const child = this.#children.get(id);
    const isChildAlive = child
      ? !child.hasExited()
      : record === null && typeof started?.pid === "number" && (await isZdsync(started.pid));
    return this.#told(id, { record, started, holder, isChildAlive });
  }

  async current(): Promise<RunState | null> {
    const holder = await lockHolder(this.settings.dataDir);
    if (!holder || isDryCommand(holder.command)) return null;
    const record = await readRunRecord(this.settings.dataDir, holder.run_id);
    const started = this.#memory.started(holder.run_id);
    const state = this.#told(holder.run_id, { record, started, holder, isChildAlive: false });
    return state?.endedAt === null ? state : null;
  }

  async ended(since: Date): Promise<RunState[]> {
    // A run that ended after `since` may have begun before it.
    const records = await this.#records.latest(new Date(since.getTime() - DAY_MS));
    const states: RunState[] = [];
    for (const record of records) {
      if (record.dry_run || record.command !== "run") continue;
      const state = record.ended_at === null ? await this.#stateOf(record.run_id) : this.#endedState(record);
      const isOver = state?.status === "ended" || state?.status === "lost";
      if (state && isOver && endOf(state) >= since.getTime()) states.push(state);
    }
    return states.sort((one, other) => endOf(other) - endOf(one));
  }

  #told(id: string, facts: Omit<Facts, "pageUrl">): RunState | null {
    return processState(id, { ...facts, pageUrl: this.settings.pageUrl ?? null });
  }

  /** If the record says how it ended, neither the lock nor the process can add anything. */
  #endedState(record: RunRecord): RunState | null {
    const started = this.#memory.started(record.run_id);
    return this.#told(record.run_id, { record, started, holder: null, isChildAlive: false });
  }

  async cancel(id: string): Promise<void> {
    const dataDir = this.#memory.started(id)?.dataDir ?? this.settings.dataDir;
    const holder = await lockHolder(dataDir);
    if (holder?.run_id !== id) {
      const { status } = await this.look(id);
      if (status === "ended" || status === "lost")
        throw new RunnerError(`Run ${id} is no longer in progress: there is nothing to stop.`);
      throw new RunnerError(`Run ${id} is just starting. Try again in a few seconds.`);
    }
    const { host, pid } = holder;
    if (host !== edges().process.hostname())
      throw new RunnerError(
        `Run ${id} is in progress on ${host}, but the bot is on ${edges().process.hostname()}. Stop it there: kill -TERM ${pid}`,
      );
    if (!(await isZdsync(pid)))
      throw new RunnerError(`Run ${id} is no longer in progress: process ${pid} is now another program.`);
    try {
      edges().process.kill(pid, "SIGTERM");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      throw new RunnerError(
        `The bot is not allowed to stop process ${pid} on ${host} (${code}). Stop it as the user who started it: kill -TERM ${pid}`,
      );
    }
  }

  /**
   * Those in the data directory while they are of this run and nobody works there; else what the history keeps of it: the next run takes
   * their place one by one.
   */
  async artifacts(id: string): Promise<ArtifactStore | null> {
    const state = await this.look(id);
    if (state.status !== "ended" && state.status !== "lost") return null;
    const dataDir = this.#memory.started(id)?.dataDir ?? this.settings.dataDir;
    const store = new ArtifactStore(dataDir);
    const history = join(dataDir, "history", id);
    const files = await readdir(history).catch((): string[] => []);
    const kept = files.some((name) => name.endsWith(".manifest.json")) ? new ArtifactStore(history) : null;
    const manifest = await store.readManifest("salesforce_accounts.json").catch(() => null);
    if (manifest?.run_id !== id) return kept;
    const holder = await lockHolder(dataDir);
    return kept !== null && holder !== null && holder.run_id !== id ? kept : store;
  }

  onChange(listener: (id: string) => void): () => void {
    return watchRecords([this.settings.dataDir, this.#dryDir], listener);
  }
}

/** A lost run counts as ended when it began: nobody knows more. */
function endOf({ endedAt, startedAt }: RunState): number {
  return (endedAt ?? startedAt).getTime();
}

function busy({ command, host, pid, since }: LockHolder, { dryRun }: RunOrder): string {
  const when = `since ${since.slice(0, 16).replace("T", " ")} UTC`;
  return dryRun
    ? `Another dry run is in progress, ${when}. Only one can run at a time: try again when it has ended.`
    : `zdsync ${command} is in progress, ${when} (process ${pid} on ${host}). Two runs at once would overwrite each other's files: wait until it has ended, or cancel it.`;
}
