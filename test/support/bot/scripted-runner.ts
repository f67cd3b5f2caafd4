import type { Runner, RunOrder, RunPart, RunState } from "../../../bot/runs/runner.ts";
import { RunnerError } from "../../../bot/runs/runner.ts";

/** A runner that does what a test says. It outlives the bot, as GitLab does. */
export class ScriptedRunner implements Runner {
  readonly runs = new Map<string, RunState>();
  readonly starts: RunOrder[] = [];
  readonly cancelled: string[] = [];
  looks = 0;
  /** Thrown by everything that asks, while it is set. */
  down: Error | null = null;
  /** Thrown by the next start; with `anyway` the run was started all the same. */
  nextStart: { error: Error; anyway: boolean } | null = null;
  /** Thrown by cancel. */
  cannotCancel: Error | null = null;
  readonly #listeners = new Set<(id: string) => void>();

  constructor(
    private readonly clock: () => Date,
    readonly kind: Runner["kind"] = "gitlab",
  ) {}

  async start(order: RunOrder): Promise<RunState> {
    const fault = this.nextStart;
    this.nextStart = null;
    if (fault && !fault.anyway) throw fault.error;
    this.starts.push(order);
    const run = this.add({ dryRun: order.dryRun, origin: "bot", startedBy: "the bot" });
    if (fault) throw fault.error;
    return run;
  }

  /** A run that is there, whoever started it. */
  add(change: Partial<RunState> = {}): RunState {
    const id = change.id ?? String(4711 + this.runs.size);
    const run: RunState = {
      id,
      url: `https://gitlab.example.com/pipelines/${id}`,
      pageUrl: null,
      startedAt: this.clock(),
      endedAt: null,
      origin: "schedule",
      startedBy: "the schedule",
      dryRun: false,
      status: "running",
      parts: [],
      exit: null,
      record: null,
      ...change,
    };
    this.runs.set(id, run);
    return run;
  }

  change(id: string, change: Partial<RunState>): void {
    this.runs.set(id, { ...this.#run(id), ...change });
  }

  /** Sets the states of parts; those not named stay. */
  parts(id: string, states: Record<string, RunPart["state"]>): void {
    const parts = new Map(this.#run(id).parts.map((part) => [part.name, part]));
    for (const [name, state] of Object.entries(states)) parts.set(name, { name, state });
    this.change(id, { parts: [...parts.values()] });
  }

  end(id: string, change: Partial<RunState> = {}): void {
    this.change(id, { status: "ended", endedAt: this.clock(), exit: 0, ...change });
  }

  /** Tells whoever listens, as a webhook does. */
  tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }

  async look(id: string): Promise<RunState> {
    this.looks += 1;
    if (this.down) throw this.down;
    return this.#run(id);
  }

  async current(): Promise<RunState | null> {
    if (this.down) throw this.down;
    return [...this.runs.values()].find((run) => !run.dryRun && run.status === "running") ?? null;
  }

  async ended(since: Date): Promise<RunState[]> {
    if (this.down) throw this.down;
    return [...this.runs.values()].filter((run) => !run.dryRun && run.status === "ended" && run.startedAt >= since);
  }

  async cancel(id: string): Promise<void> {
    if (this.cannotCancel) throw this.cannotCancel;
    this.cancelled.push(id);
  }

  async artifacts(): Promise<null> {
    return null;
  }

  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #run(id: string): RunState {
    const run = this.runs.get(id);
    if (!run) throw new RunnerError(`There is no pipeline ${id}.`);
    return run;
  }
}
