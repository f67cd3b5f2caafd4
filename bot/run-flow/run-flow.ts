import { sleep as sleepFor } from "../../lib/edges/clock.ts";
import type { Actor, Reply } from "../conversation.ts";
import { failureWords } from "../failure-words.ts";
import { InFlight } from "../in-flight.ts";
import type { RunFlow } from "../parts.ts";
import { saidLines } from "../render/blocks.ts";
import { orderText } from "../render/run-words.ts";
import { cancelRun } from "./cancel-run.ts";
import { Confirmations } from "./confirmations.ts";
import { DryRuns } from "./dry-runs.ts";
import { FollowedRuns } from "./followed-runs.ts";
import { Follower, failedText, reasonOf } from "./follower.ts";
import { Offers } from "./offers.ts";
import { Pauses } from "./pauses.ts";
import type { RunFlowParts, RunFlowSetting } from "./run-flow-parts.ts";

/** Asks for runs, confirms them, follows them in their threads. */
export function createRunFlow(setting: RunFlowSetting): RunFlow {
  const { database, runner } = setting;
  const pauses = new Pauses(setting.sleep ?? sleepFor);
  const parts = { ...setting, pauses, offers: new Offers(database), runs: new FollowedRuns(database) };
  const follower = new Follower(parts);
  const dryRuns = new DryRuns(parts, follower.everyMs);
  const inFlight = new InFlight();
  const guard = new Guard(parts, inFlight);
  const follow = (start: number) => void inFlight.track(follower.follow(start));
  const confirmations = new Confirmations(parts, follower, follow);
  const endListening = runner.onChange((id) => pauses.changed(id));
  return {
    ask: (order, by, reply) =>
      guard.do(orderText(order.instance, order.purpose), by, reply, () => dryRuns.ask(order, by, reply)),
    confirm: (token, by, reply) => {
      const at = setting.clock();
      return guard.do("confirm", by, reply, () => confirmations.confirm(token, by, at, reply));
    },
    dismiss: (token, by, reply) => guard.do("dismiss", by, reply, () => confirmations.dismiss(token, by, reply)),
    cancel: (by, reply) => guard.do("cancel", by, reply, () => cancelRun(parts, follower, by, reply)),
    async resume() {
      try {
        goOn(parts, follower, follow);
      } catch (error) {
        setting.warn(`runs started earlier could not be followed: ${failureWords(error)}`);
      }
    },
    async stop() {
      endListening();
      pauses.stop();
      await inFlight.settled();
    },
  };
}

/** After a start: puts what was decided on, and follows what had not ended. A start without id was interrupted: it is looked for. */
function goOn({ runs, offers, clock }: RunFlowParts, follower: Follower, follow: (start: number) => void): void {
  offers.forgetOld(clock());
  runs.forgetOld(clock());
  follower.handOver();
  for (const { start, state } of runs.unended()) {
    if (state === "starting") follower.seek(start);
    follow(start);
  }
}

/** Does what people ask for; where that fails they are told in words, and the audit log too. Never throws; a stop waits for it. */
class Guard {
  constructor(
    private readonly parts: RunFlowParts,
    private readonly inFlight: InFlight,
  ) {}

  do(what: string, by: Actor, reply: Reply, work: () => Promise<void>): Promise<void> {
    return this.inFlight.track(this.#told(what, by, reply, work));
  }

  async #told(what: string, by: Actor, reply: Reply, work: () => Promise<void>): Promise<void> {
    const { pauses, audit, clock, warn } = this.parts;
    try {
      if (pauses.stopped) return await reply.privately(saidLines(["The bot is restarting. Try again in a minute."]));
      await work();
    } catch (error) {
      warn(`${what}: ${failureWords(error)}`);
      try {
        audit.record({ at: clock(), by, what, result: `failed: ${reasonOf(error)}` });
        await reply.privately(failedText(error));
      } catch (second) {
        warn(`${what}: could not be audited or answered: ${failureWords(second)}`);
      }
    }
  }
}
