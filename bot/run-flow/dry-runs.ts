import { formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { Actor, Reply } from "../conversation.ts";
import { reasonOf } from "../guarded.ts";
import { mention, messageLines, momentText } from "../render/blocks.ts";
import { currentRunText, orderText, plainRun, runLink } from "../render/format-run.ts";
import type { RunState } from "../runs/runner.ts";
import { backedOff } from "./pauses.ts";
import { assessDryRun, maximumLines, offerButtons, type Proposal } from "./proposal.ts";
import type { RunFlowContext } from "./run-flow-context.ts";

/** Slack takes answers for 30 minutes: what takes longer is told before that, and not offered. */
const ANSWERED_MS = 25 * 60_000;

interface Order {
  instance: InstanceName | null;
  /** `offer`: to start what it shows. `look`: only to be seen by whoever asked. `preview`: to be seen by the channel. */
  purpose: "offer" | "look" | "preview";
}

/** Outcomes of a preview that are posted to the channel: the others concern only the person who asked. */
const PREVIEWED: ReadonlySet<Proposal["is"]> = new Set(["changes", "nothing", "refused"]);

/** Result of watching a dry run: its end, or why it is no longer being waited for. */
type Seen = { run: RunState } | { over: "stopped" | "too long" | "unseen"; reason: string };

/** Works out what a run would change, for one person at a time. Nothing of this is kept: after a restart people ask again. */
export class DryRuns {
  #working: { user: string; since: Date } | null = null;

  constructor(
    private readonly context: RunFlowContext,
    private readonly everyMs: number,
  ) {}

  /** Answers what a run would change, with buttons to start it unless only that was asked for. Throws what the runner throws. */
  async ask(order: Order, by: Actor, reply: Reply): Promise<void> {
    const refusal = await this.#refusal();
    if (refusal) {
      this.#audit(order, by, refusal.result);
      return reply.privately(messageLines(refusal.lines));
    }
    this.#working = { user: by.user, since: this.context.clock() };
    try {
      await this.#workOut(order, by, reply);
    } finally {
      this.#working = null;
    }
  }

  /** Why no dry run is started now; null where one can be. */
  async #refusal(): Promise<{ lines: string[]; result: string } | null> {
    const { runner, runs } = this.context;
    const current = await runner.current();
    if (current) {
      const starter = runs.ofRun(current.id)?.by.user ?? null;
      return {
        lines: [
          `A run is in progress: ${currentRunText(runner.kind, current, starter)}.`,
          "Try again when it has ended. `/zdsync status` shows its progress.",
        ],
        result: `refused: ${plainRun(runner.kind, current.id)} is in progress`,
      };
    }
    if (this.#working === null) return null;
    const { user, since } = this.#working;
    return {
      lines: [
        `A dry run for ${mention(user)} has been in progress since ${momentText(since)}.`,
        "Try again when it is done.",
      ],
      result: `refused: a dry run for ${user} is in progress`,
    };
  }

  async #workOut(order: Order, by: Actor, reply: Reply): Promise<void> {
    const { runner } = this.context;
    const began = this.context.clock();
    const started = await runner.start({ instance: order.instance, dryRun: true, atMost: null, user: by.user });
    this.#audit(order, by, `started the dry run, ${plainRun(runner.kind, started.id)}`);
    const link = runLink(runner.kind, started);
    await reply.privately(
      messageLines([`Checking what a run would change (${link}). This takes a few minutes; nothing is changed.`]),
    );
    const seen = await this.#followed(started, began);
    if ("over" in seen) {
      this.#audit(order, by, `dry run not followed to its end: ${seen.over}`);
      return reply.privately(messageLines([seen.reason, link]));
    }
    const customers = await this.context.customersOf(seen.run, order.instance);
    const proposal = assessDryRun(runner.kind, seen.run, order.instance, customers);
    this.#audit(order, by, resultText(proposal));
    if (order.purpose === "preview" && PREVIEWED.has(proposal.is)) this.#post(proposal, order, seen.run, by);
    await reply.privately(this.#answer(proposal, order, by));
  }

  /** For the channel, where others look at it too; its page goes into its thread. */
  #post({ lines }: Proposal, { instance }: Order, { id }: RunState, by: Actor): void {
    const key = `preview ${id}`;
    const said = messageLines([`${mention(by.user)} asked for a preview. Nothing was written.`, ...lines]);
    this.context.outgoing.enqueue({ key, thread: null, instance, ...said });
    this.context.pages?.want({ runId: id, instance, thread: key, after: key });
  }

  #answer({ is, lines, counts }: Proposal, { instance, purpose }: Order, by: Actor) {
    if (purpose === "preview" && PREVIEWED.has(is))
      return messageLines(["The preview is in the channel. Nothing was written."]);
    if (is !== "changes" || purpose !== "offer") return messageLines(lines);
    const token = this.context.offers.make({ by, instance, counts }, this.context.clock());
    return messageLines(
      [...lines, ...maximumLines(this.context.runner.kind, instance)],
      offerButtons(token, counts, instance),
    );
  }

  async #followed(started: RunState, began: Date): Promise<Seen> {
    const { runner, pauses, clock } = this.context;
    let reason = "";
    for (let failures = 0; ; ) {
      if (pauses.stopped)
        return {
          over: "stopped",
          reason:
            "The bot is restarting and no longer follows this dry run. Nothing was changed; try again in a minute.",
        };
      try {
        const run = await runner.look(started.id);
        if (run.status === "ended" || run.status === "lost") return { run };
        failures = 0;
      } catch (error) {
        failures += 1;
        reason = reasonOf(error);
      }
      if (clock().getTime() - began.getTime() >= ANSWERED_MS) return tooLong(failures > 0 ? reason : null);
      await pauses.wait(started.id, backedOff(this.everyMs, failures));
    }
  }

  #audit({ instance, purpose }: Order, by: Actor, result: string): void {
    this.context.audit.record({ at: this.context.clock(), by, what: orderText(instance, purpose), result });
  }
}

function tooLong(reason: string | null): Seen {
  if (reason === null)
    return {
      over: "too long",
      reason:
        "The dry run is taking longer than the bot can wait here (25 minutes). Nothing was changed. See the run below, and try again when it has ended.",
    };
  return {
    over: "unseen",
    reason: `The bot cannot follow the dry run: ${reason} Nothing was changed. Try again later.`,
  };
}

/** For the audit log: counts, never names. */
function resultText({ is, counts }: Proposal): string {
  switch (is) {
    case "changes":
      return `a run would change ${formatConfirmedCounts(counts)}`;
    case "refused":
      return `a run would be refused: ${formatConfirmedCounts(counts)}`;
    case "nothing":
      return "a run would change nothing";
    default:
      return `dry run ${is}`;
  }
}
