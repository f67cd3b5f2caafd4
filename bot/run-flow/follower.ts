import { errorSummary } from "../error-summary.ts";
import { reasonOf } from "../guarded.ts";
import { mention, messageLines, momentText } from "../render/blocks.ts";
import { runLink } from "../render/format-run.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import type { DecidedPost, FollowedRun } from "./followed-runs.ts";
import { backedOff } from "./pauses.ts";
import { offerButtons } from "./proposal.ts";
import type { RunFlowContext } from "./run-flow-context.ts";
import { KEY, type RunMessages, runMessages, startedPost, unseenMessages } from "./run-messages.ts";

/** Milliseconds between two looks at a run; a change reported by the runner is looked at immediately. */
const EVERY_MS: Record<Runner["kind"], number> = { process: 2_000, gitlab: 10_000 };
/** Milliseconds for which a run is searched for if its start had no answer. */
const SEARCH_MS = 5 * 60_000;
/** The same while a run goes on that may be it: a pipeline proves whose it is only once its first job has ended. */
const CANDIDATE_SEARCH_MS = 60 * 60_000;
/** The same where its runner cannot be asked either. */
const UNSEEN_SEARCH_MS = 24 * 3_600_000;
/** Maximum lag of GitLab's clock behind ours, in milliseconds. */
const SKEW_MS = 60_000;

/** Follows started runs in their threads. What is decided is kept before it is put, so that a restart goes on where this ended. */
export class Follower {
  readonly #following = new Set<number>();

  constructor(private readonly context: RunFlowContext) {}

  /** Milliseconds to wait between two looks. */
  get everyMs(): number {
    return EVERY_MS[this.context.runner.kind];
  }

  /** The run of this start is known by now: its public message, and from here on its thread. */
  begin(start: number, run: RunState): void {
    const { runs, runner } = this.context;
    const followed = runs.get(start);
    if (followed === null || followed.runId !== null) return;
    const change = { state: "following" as const, told: followed.told, runId: run.id };
    runs.keep(start, change, [startedPost(runner.kind, run, followed)]);
    this.enqueueDecided();
  }

  /** Nobody knows what became of this start: from here on it is looked for, never asked again. */
  seek(start: number): void {
    const followed = this.context.runs.get(start);
    if (followed) this.context.runs.keep(start, { ...followed, state: "sought" }, []);
  }

  /** Follows a start to its end, or until everything stops. Never throws; a start is followed once at a time. */
  async follow(start: number): Promise<void> {
    if (this.#following.has(start)) return;
    this.#following.add(start);
    try {
      if (this.context.runs.get(start)?.state === "sought") await this.#seek(start);
      if (this.context.runs.get(start)?.state === "following") await this.#tell(start);
    } catch (error) {
      this.context.warn(`a run is no longer followed: ${errorSummary(error)}`);
    } finally {
      this.#following.delete(start);
    }
  }

  /** Puts what was decided on and may not have been put, in order. Where it asks again, the offer is made now. */
  enqueueDecided(): void {
    const { runs, offers, outgoing, clock } = this.context;
    for (const { place, start, post } of runs.decided()) {
      const { asksAgain, ...message } = post;
      const buttons = asksAgain
        ? [offerButtons(offers.make(asksAgain, clock()), asksAgain.counts, asksAgain.instance)]
        : [];
      const instance = runs.get(start)?.instance ?? null;
      outgoing.enqueue({ ...message, instance, blocks: [...message.blocks, ...buttons] });
      runs.markEnqueued(place);
    }
  }

  async #tell(start: number): Promise<void> {
    const { runs, pauses, warn } = this.context;
    for (let failures = 0; !pauses.stopped; ) {
      const runId = runs.get(start)?.runId;
      if (!runId) return;
      try {
        const step = await this.#step(start, runId);
        if (step === "over") return;
        failures = step === "seen" ? 0 : failures + 1;
      } catch (error) {
        // The disk, most likely. What was decided on is still there: the next look tells it.
        warn(`the state of a run's thread could not be saved: ${errorSummary(error)}`);
        failures += 1;
      }
      await pauses.wait(runId, backedOff(this.everyMs, failures));
    }
  }

  async #step(start: number, runId: string): Promise<"seen" | "unseen" | "over"> {
    const { runner, runs, pauses, pages, customersOf, clock } = this.context;
    const seen = await this.#look(runId);
    // Read again: while it was looked at somebody may have cancelled it.
    const followed = runs.get(start);
    if (followed === null || pauses.stopped) return "over";
    const telling =
      "run" in seen
        ? runMessages(runner.kind, followed, seen.run, await customersOf(seen.run, followed.instance))
        : unseenMessages(followed, runId, seen.reason, clock());
    const hasPage = "run" in seen && seen.run.status === "ended";
    // Before its end is told: killed in between, the page waits for that.
    if (hasPage)
      pages?.want({ runId, instance: followed.instance, thread: KEY.started(runId), after: KEY.ended(runId) });
    this.#keep(followed, runId, telling);
    if (telling.state === "ended") return "over";
    return "run" in seen ? "seen" : "unseen";
  }

  #keep(followed: FollowedRun, runId: string, { state, told, posts }: RunMessages): void {
    const isNew =
      posts.length > 0 || state !== followed.state || JSON.stringify(told) !== JSON.stringify(followed.told);
    if (isNew) this.context.runs.keep(followed.start, { state, told, runId }, posts);
    this.enqueueDecided();
  }

  async #look(runId: string): Promise<{ run: RunState } | { reason: string }> {
    try {
      return { run: await this.context.runner.look(runId) };
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  }

  /**
   * Looks for the run of a start without answer: five minutes, an hour while one goes on that may be it, at least until it could be
   * looked for once, a day at most.
   */
  async #seek(start: number): Promise<void> {
    const { runs, pauses, clock } = this.context;
    const since = clock().getTime();
    for (let failures = 0; !pauses.stopped; ) {
      const followed = runs.get(start);
      if (followed === null) return;
      const found = await this.#find(followed.askedAt);
      if (pauses.stopped) return;
      const mine = found?.find(({ origin }) => origin === "bot");
      if (mine) return this.begin(start, mine);
      failures = found === null ? failures + 1 : 0;
      if (clock().getTime() - since >= searchMs(found)) return this.#giveUp(followed, found ?? []);
      await pauses.wait(`start ${start}`, backedOff(this.everyMs, failures));
    }
  }

  /** Real runs that began since, that nobody scheduled, and that nobody here follows; null where they cannot be seen. */
  async #find(askedAt: Date): Promise<RunState[] | null> {
    const { runner, runs } = this.context;
    const since = new Date(askedAt.getTime() - SKEW_MS);
    try {
      const current = await runner.current();
      const all = [...(current ? [current] : []), ...(await runner.ended(since))];
      return all.filter((run) => run.origin !== "schedule" && run.startedAt >= since && runs.ofRun(run.id) === null);
    } catch {
      return null;
    }
  }

  /** A run that somebody may as well have started elsewhere is named, and not taken for the one that was confirmed. */
  #giveUp(followed: FollowedRun, others: readonly RunState[]): void {
    const { runner, runs } = this.context;
    const seen = others.map((run) => runLink(runner.kind, run)).join(", ");
    const lines = [
      `${mention(followed.by.user)} confirmed a run on ${momentText(followed.askedAt)}, but it may not have been started: there was no response.`,
      seen === "" ? "No such run was found." : `It may be ${seen}, which no schedule started.`,
      "The bot did not start it a second time. `/zdsync status` shows whether a run is in progress.",
    ];
    const post: DecidedPost = {
      key: KEY.unknown(followed.askedAt),
      thread: null,
      asksAgain: null,
      ...messageLines(lines),
    };
    runs.keep(followed.start, { ...followed, state: "ended" }, [post]);
    this.enqueueDecided();
  }
}

/** Returns how many milliseconds to search for a run, given the runs found; `found` is null if the runner cannot be reached. */
function searchMs(found: readonly RunState[] | null): number {
  if (found === null) return UNSEEN_SEARCH_MS;
  return found.some(({ endedAt }) => endedAt === null) ? CANDIDATE_SEARCH_MS : SEARCH_MS;
}
