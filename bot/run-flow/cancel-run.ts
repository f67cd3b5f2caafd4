import type { Actor, Reply } from "../conversation.ts";
import { failedText, reasonOf } from "../guarded.ts";
import { mention, messageLines } from "../render/blocks.ts";
import { plainRun, runLink } from "../render/format-run.ts";
import { type Runner, RunnerError } from "../runs/runner.ts";
import type { Follower } from "./follower.ts";
import type { RunFlowContext } from "./run-flow-context.ts";
import { KEY } from "./run-messages.ts";

/** Asks the run that goes on, whoever started it, to stop safely (S7); answers what happens, and says publicly who did. */
export async function cancelRun(context: RunFlowContext, follower: Follower, by: Actor, reply: Reply): Promise<void> {
  const { runner, runs, audit, clock } = context;
  const current = await runner.current();
  if (current === null) {
    const isStarting = runs.unended().some(({ runId }) => runId === null);
    const line = isStarting
      ? "A run is starting but cannot be cancelled yet. Try again in a moment."
      : "No run is in progress, so there is nothing to cancel.";
    audit.record({ at: clock(), by, what: "cancel", result: "nothing is running" });
    return reply.privately(messageLines([line]));
  }
  const what = `cancel ${plainRun(runner.kind, current.id)}`;
  const link = runLink(runner.kind, current);
  try {
    await runner.cancel(current.id);
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error;
    audit.record({ at: clock(), by, what, result: `not cancelled: ${reasonOf(error)}` });
    return reply.privately(failedText(error, [`It was not cancelled: ${link}`]));
  }
  audit.record({ at: clock(), by, what, result: "asked to stop" });
  const followed = runs.ofRun(current.id);
  const isThread = followed !== null && followed.state === "following";
  const line = `${mention(by.user)} cancelled ${isThread ? "this run" : link}: ${ENDS[runner.kind]}`;
  const place = { key: KEY.cancelled(current.id, by.user), thread: isThread ? KEY.started(current.id) : null };
  runs.decide(followed?.start ?? 0, { ...place, asksAgain: null, ...messageLines([line]) });
  follower.enqueueDecided();
  await reply.privately(messageLines([`${link} was asked to stop: ${ENDS[runner.kind]}`]));
}

/** Text on what happens to a cancelled run. GitLab jobs get too little time to promise anything. */
const ENDS: Record<Runner["kind"], string> = {
  process: "it finishes requests in flight, then stops. The next run does the rest.",
  gitlab: "GitLab stops its jobs. The next run does the rest.",
};
