import { sleep as sleepFor } from "../../lib/edges/clock.ts";
import type { Actor, Reply } from "../conversation.ts";
import { errorSummary } from "../error-summary.ts";
import { guarded } from "../guarded.ts";
import { InFlight } from "../in-flight.ts";
import type { RunFlow } from "../ports.ts";
import { messageLines } from "../render/blocks.ts";
import { orderText } from "../render/format-run.ts";
import { cancelRun } from "./cancel-run.ts";
import { Confirmations } from "./confirmations.ts";
import { DryRuns } from "./dry-runs.ts";
import { Follower } from "./follower.ts";
import { Pauses } from "./pauses.ts";
import type { RunFlowContext, RunFlowDeps } from "./run-flow-context.ts";

/** Asks for runs, confirms them, follows them in their threads. */
export function createRunFlow(deps: RunFlowDeps): RunFlow {
  const { runner } = deps;
  const pauses = new Pauses(deps.sleep ?? sleepFor);
  const parts = { ...deps, pauses };
  const follower = new Follower(parts);
  const dryRuns = new DryRuns(parts, follower.everyMs);
  const inFlight = new InFlight();
  /** A stop waits for it; what is asked after that is answered, and not begun. */
  const asked = (what: string, by: Actor, reply: Reply, work: () => Promise<void>) => {
    const restarting = () => reply.privately(messageLines(["The bot is restarting. Try again in a minute."]));
    return inFlight.track(guarded(deps, { what, by }, reply, () => (pauses.stopped ? restarting() : work())));
  };
  const follow = (start: number) => void inFlight.track(follower.follow(start));
  const confirmations = new Confirmations(parts, follower, follow);
  const endListening = runner.onChange((id) => pauses.changed(id));
  return {
    ask: (order, by, reply) =>
      asked(orderText(order.instance, order.purpose), by, reply, () => dryRuns.ask(order, by, reply)),
    confirm: (token, by, reply) => {
      const at = deps.clock();
      return asked("confirm", by, reply, () => confirmations.confirm(token, by, at, reply));
    },
    dismiss: (token, by, reply) => asked("dismiss", by, reply, () => confirmations.dismiss(token, by, reply)),
    cancel: (by, reply) => asked("cancel", by, reply, () => cancelRun(parts, follower, by, reply)),
    async resume() {
      try {
        goOn(parts, follower, follow);
      } catch (error) {
        deps.warn(`runs started earlier could not be followed: ${errorSummary(error)}`);
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
function goOn({ runs, offers, clock }: RunFlowContext, follower: Follower, follow: (start: number) => void): void {
  offers.forgetOld(clock());
  runs.forgetOld(clock());
  follower.enqueueDecided();
  for (const { start, state } of runs.unended()) {
    if (state === "starting") follower.seek(start);
    follow(start);
  }
}
