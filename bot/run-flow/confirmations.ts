import { formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { Actor, Reply } from "../conversation.ts";
import { failedText, reasonOf } from "../guarded.ts";
import { mention, messageLines } from "../render/blocks.ts";
import { currentRunText, orderText, plainRun, runLink } from "../render/format-run.ts";
import { RunnerError, type RunState, StartUnknown } from "../runs/runner.ts";
import type { Follower } from "./follower.ts";
import { type Offer, type Rejection, rejectionOf } from "./offers.ts";
import type { RunFlowContext } from "./run-flow-context.ts";

/** Confirms offers and takes them back. Of a button nothing is trusted but its token. */
export class Confirmations {
  constructor(
    private readonly context: RunFlowContext,
    private readonly follower: Follower,
    private readonly follow: (start: number) => void,
  ) {}

  /** Starts what was offered. `at`: when it was clicked, however long it takes to see whether a run goes on. */
  async confirm(token: string, by: Actor, at: Date, reply: Reply): Promise<void> {
    const offer = this.context.offers.find(token);
    const hindered = rejectionOf(offer, by, at);
    if (offer === null || hindered !== null) return this.#hindered(hindered ?? "unknown", offer, "confirm", by, reply);
    const { runner, runs } = this.context;
    const before = runs.knownUpTo();
    const current = await this.#current(offer, by, reply);
    if (current === "unknown") return;
    if (current) {
      const starter = runs.ofRun(current.id)?.by.user ?? null;
      this.#audit(confirmText(offer), by, `refused: ${plainRun(runner.kind, current.id)} is in progress`);
      const line = `A run is in progress: ${currentRunText(runner.kind, current, starter)}.`;
      return reply.privately(messageLines([line, "Nothing was started. This offer stays valid until it expires."]));
    }
    const claimed = this.#claim(token, by, at, before);
    if (claimed === "busy") {
      this.#audit(confirmText(offer), by, "refused: another run is being started");
      const line = "Another run is starting, so this one was not started. `/zdsync status` shows the other run.";
      return reply.privately(messageLines([line]));
    }
    if (typeof claimed === "string") return this.#hindered(claimed, offer, "confirm", by, reply);
    await this.#start(claimed, offer, reply);
  }

  /** The run that goes on. Where nobody can say, nothing is started. */
  async #current(offer: Offer, by: Actor, reply: Reply): Promise<RunState | null | "unknown"> {
    try {
      return await this.context.runner.current();
    } catch (error) {
      this.#audit(confirmText(offer), by, `not started: ${reasonOf(error)}`);
      const line =
        "So the bot cannot see whether a run is in progress. Nothing was started; this offer stays valid until it expires.";
      await reply.privately(failedText(error, [line]));
      return "unknown";
    }
  }

  async dismiss(token: string, by: Actor, reply: Reply): Promise<void> {
    const { offers, clock } = this.context;
    const offer = offers.find(token);
    const hindered = rejectionOf(offer, by, clock());
    // Taking back what has expired is fine: that the message goes is all they want.
    const inTheWay = hindered === "expired" ? null : hindered;
    if (offer === null || inTheWay !== null) return this.#hindered(inTheWay ?? "unknown", offer, "dismiss", by, reply);
    if (!offers.end(offer.digest, "dismissed")) return this.#hindered("used", offer, "dismiss", by, reply);
    this.#audit(`dismiss ${formatConfirmedCounts(offer.counts)}`, by, "taken back");
    await reply.instead(messageLines(["Not started. Nothing was changed."]));
  }

  /**
   * Uses the offer up and notes the start, in one transaction: of two clicks, and of two processes, one gets here. `before`: up to
   * which start the runner could see all runs when it was asked; what began later it may not have seen.
   */
  #claim(token: string, by: Actor, at: Date, before: number): number | Rejection | "busy" {
    const { database, offers, runs, clock } = this.context;
    return database
      .transaction((): number | Rejection | "busy" => {
        const offer = offers.find(token);
        const hindered = rejectionOf(offer, by, at);
        if (offer === null || hindered !== null) return hindered ?? "unknown";
        if (runs.anyAfter(before)) return "busy";
        return offers.end(offer.digest, "used") ? runs.begin({ ...offer, by }, clock()) : "used";
      })
      .immediate();
  }

  async #start(start: number, offer: Offer, reply: Reply): Promise<void> {
    const { runner, runs } = this.context;
    const { by, instance, counts } = offer;
    let run: RunState;
    try {
      run = await runner.start({ instance, dryRun: false, atMost: counts, user: by.user });
    } catch (error) {
      if (!(error instanceof RunnerError) || error instanceof StartUnknown)
        return this.#unknown(start, offer, error, reply);
      runs.forget(start);
      this.#audit(confirmText(offer), by, `not started: ${reasonOf(error)}`);
      return reply.instead(
        failedText(error, [`Nothing was started. Try again with \`/zdsync ${orderText(instance)}\`.`]),
      );
    }
    this.follower.begin(start, run);
    this.follow(start);
    this.#audit(confirmText(offer), by, `started ${plainRun(runner.kind, run.id)}`);
    await reply.instead(
      messageLines([`Started: ${runLink(runner.kind, run)}. Follow it in its thread in the channel.`]),
    );
  }

  /** Nobody knows whether it was started: it is looked for, and never asked for again. */
  async #unknown(start: number, offer: Offer, error: unknown, reply: Reply): Promise<void> {
    this.follower.seek(start);
    this.follow(start);
    this.#audit(confirmText(offer), offer.by, `may have been started: ${reasonOf(error)}`);
    await reply.instead(
      failedText(error, [
        "The run may have been started. The bot does not start it a second time; it looks for the run and reports in the channel what it finds.",
      ]),
    );
  }

  async #hindered(why: Rejection, offer: Offer | null, what: string, by: Actor, reply: Reply): Promise<void> {
    this.#audit(what, by, `refused: ${why}`);
    const again = `Try again with \`/zdsync ${orderText(offer?.instance ?? null)}\`.`;
    switch (why) {
      case "not theirs":
        return reply.privately(messageLines([notTheirs(offer, by)]));
      case "expired":
        return reply.instead(
          messageLines([`This offer has expired; it was valid for five minutes. Nothing was started. ${again}`]),
        );
      case "used":
        return reply.privately(messageLines(["This was already confirmed; an offer starts only one run."]));
      case "dismissed":
        return reply.privately(messageLines([`This offer was withdrawn. Nothing was started. ${again}`]));
      case "unknown":
        return reply.privately(messageLines([`This button no longer works. Nothing was started. ${again}`]));
    }
  }

  #audit(what: string, by: Actor, result: string): void {
    this.context.audit.record({ at: this.context.clock(), by, what, result });
  }
}

function notTheirs(offer: Offer | null, by: Actor): string {
  const whose = offer ? mention(offer.by.user) : "the person who asked";
  return offer?.by.user === by.user
    ? "This can only be confirmed in the channel where it was requested."
    : `Only ${whose} can confirm this.`;
}

function confirmText({ counts }: Offer): string {
  return `confirm ${formatConfirmedCounts(counts)}`;
}
