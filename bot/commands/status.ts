import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { momentText } from "../render/blocks.ts";
import { currentRunText, runLink } from "../render/format-run.ts";
import { endText } from "../render/run.ts";
import { newestRun } from "../runs/newest-run.ts";
import type { Runner, RunState } from "../runs/runner.ts";

/** Parts of a run named that are under way. */
const MAX_PARTS = 6;

/** Sources of `/zdsync status` and `/zdsync last`: the runner, the clock, and who started a run. */
export interface RunViews {
  runner: Pick<Runner, "kind" | "current" | "ended">;
  clock: () => Date;
  /** The person in Slack who started this run; null where the bot did not start it. */
  starterOf: (runId: string) => string | null;
}

/** Returns lines on the run in progress, if any, and the end of the last scheduled one; no customers. Throws what the runner throws. */
export async function statusLines({ runner, clock, starterOf }: RunViews): Promise<string[]> {
  const current = await runner.current();
  // On the way to the last scheduled run lies the last of any kind: what somebody has just started from Slack.
  const passed: RunState[] = [];
  const scheduled = await newestRun(runner, clock(), (run) => {
    passed.push(run);
    return run.origin === "schedule";
  });
  const [newest] = passed;
  return [
    ...(current
      ? [
          `*A run is in progress:* ${currentRunText(runner.kind, current, starterOf(current.id))}.`,
          progressText(current),
        ]
      : ["*No run is in progress.*"]),
    scheduled
      ? `The last scheduled run, ${runLink(runner.kind, scheduled)}, ended ${endedAtText(scheduled)}: ${endText(scheduled)}.`
      : "No scheduled run ended within the last week.",
    ...(newest && newest.id !== scheduled?.id
      ? [`The last run of any kind, ${runLink(runner.kind, newest)}, ended ${endedAtText(newest)}: ${endText(newest)}.`]
      : []),
  ];
}

function progressText({ parts, status }: RunState): string {
  if (status === "waiting") return "It is waiting to start.";
  const running = parts.filter(({ state }) => state === "running").map(({ name }) => mrkdwnText(name, 60));
  const done = parts.filter(({ state }) => state === "done").length;
  const named = running.slice(0, MAX_PARTS).join(", ") || "nothing right now";
  const more = running.length > MAX_PARTS ? ` and ${running.length - MAX_PARTS} more` : "";
  return `In progress: ${named}${more}. Done: ${done} of ${parts.length} stages.`;
}

function endedAtText({ endedAt, startedAt }: RunState): string {
  return endedAt ? momentText(endedAt) : `after ${momentText(startedAt)}`;
}
