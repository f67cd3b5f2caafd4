import type { ConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { Block } from "../../lib/remotes/slack/ports.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { ACTION } from "../ports.ts";
import { countsText } from "../render/counts.ts";
import { type Customers, NO_NAMES } from "../render/customer.ts";
import { instanceText, orderText, pageLink, runLink } from "../render/format-run.ts";
import { harmLines, matterLines } from "../render/matters.ts";
import { endText, exitOf, failureLines, plannedLines } from "../render/run.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import { changesNothing, countsToConfirm, coveredComparisons, totalCounts } from "./counts.ts";

/** Result of a dry run: the changes that may be offered, or why there is no offer. */
export interface Proposal {
  is: "changes" | "nothing" | "refused" | "failed" | "lost" | "unreadable";
  /** Its text, as mrkdwn lines. */
  lines: string[];
  /** Changes a run would make; for `changes` these are offered. */
  counts: ConfirmedCounts;
}

/** Judges a dry run that has ended or is lost. Pure. */
export function assessDryRun(
  kind: Runner["kind"],
  run: RunState,
  instance: InstanceName | null,
  customers: Customers = NO_NAMES,
): Proposal {
  const { record } = run;
  const link = run.pageUrl === null ? runLink(kind, run) : `${runLink(kind, run)}. ${pageLink(run.pageUrl)}`;
  const again = `\`/zdsync ${orderText(instance)}\``;
  if (run.status === "lost") {
    const line = "*The dry run was lost:* it was killed or deleted before it had a result. Nothing was changed.";
    return { is: "lost", lines: [line, `Try again with ${again}.`, link], counts: {} };
  }
  if (record === null) {
    const line = `*The dry run left no readable result* (it ended: ${endText(run)}). Nothing was changed.`;
    return { is: "unreadable", lines: [line, `See ${link}, then try again with ${again}.`], counts: {} };
  }
  const counts = countsToConfirm(record, instance);
  return {
    is: verdict(run, record, instance),
    counts,
    lines: proposalLines(run, record, instance, { link, customers }),
  };
}

function verdict(run: RunState, record: RunRecord, instance: InstanceName | null): Proposal["is"] {
  const covered = coveredComparisons(record, instance);
  const exit = exitOf(run);
  const isRefused = covered.some(({ refused }) => refused.length > 0);
  // Done (3: some records failed) or refused by limits: everything else did not come to its end.
  if ((exit !== 0 && exit !== 3 && !(exit === 4 && isRefused)) || record.failures.length > 0) return "failed";
  if (isRefused) return "refused";
  return changesNothing(countsToConfirm(record, instance)) ? "nothing" : "changes";
}

function proposalLines(
  run: RunState,
  record: RunRecord,
  instance: InstanceName | null,
  { link, customers }: { link: string; customers: Customers },
): string[] {
  const is = verdict(run, record, instance);
  const covered = coveredComparisons(record, instance);
  const where = instanceText(instance);
  const found = plannedLines({ comparisons: covered });
  const failures = failureLines({ failures: record.failures, comparisons: covered });
  const total = `Together: ${countsText(totalCounts(countsToConfirm(record, instance)))}.`;
  switch (is) {
    case "nothing":
      return [`*A run of ${where} would change nothing now.* There is nothing to start.`, link];
    case "changes":
      return [`*What a run of ${where} would change now:*`, ...found, total, ...matterLines(record), link];
    case "refused":
      return [
        `*A run of ${where} would be refused by a safety limit.* Nothing was changed.`,
        ...failures,
        ...found,
        total,
        ...matterLines(record),
        ...harmLines(record, customers),
        link,
      ];
    default:
      return [
        `*The dry run of ${where} did not finish: ${endText(run)}.* Nothing was changed.`,
        ...failures,
        ...(instance === null
          ? [
              "If only one instance is affected, run the other one: `/zdsync run global` or `/zdsync run us-government`.",
            ]
          : []),
        link,
      ];
  }
}

/**
 * What is said below counts that can be confirmed: what a run does that finds more. On a machine all is compared before anything is
 * written; the jobs of a pipeline do not wait for each other (decisions/0011).
 */
export function maximumLines(kind: Runner["kind"], instance: InstanceName | null): string[] {
  return [AT_MOST[kind], ...(kind === "process" && instance !== "global" ? [USERS_ONCE_MORE] : []), WHO_CONFIRMS];
}

const AT_MOST: Record<Runner["kind"], string> = {
  process: "These counts are maxima: a run that finds more stops before it writes, and asks again.",
  gitlab:
    "These counts are maxima for each line: if the pipeline finds more, it does not write that line and asks again. Other lines may still be written.",
};
const USERS_ONCE_MORE =
  "Users are compared again right before they are written; if there are more by then, only the users are stopped.";
/** Below every button that starts a run. */
export const WHO_CONFIRMS = "Only you can confirm this, once, within five minutes.";

/** The buttons that start a run and take the offer back. `token` is the offer's. */
export function offerButtons(token: string, counts: ConfirmedCounts, instance: InstanceName | null): Block {
  const text = `At most: ${countsText(totalCounts(counts))}. This is written to Zendesk (${instanceText(instance)}) immediately.`;
  return {
    type: "actions",
    elements: [
      {
        type: "button",
        action_id: ACTION.confirmRun,
        style: "danger",
        text: { type: "plain_text", text: "Start the run", emoji: false },
        value: token,
        confirm: {
          title: { type: "plain_text", text: "Start the run?", emoji: false },
          text: { type: "plain_text", text, emoji: false },
          confirm: { type: "plain_text", text: "Start", emoji: false },
          deny: { type: "plain_text", text: "Not now", emoji: false },
          style: "danger",
        },
      },
      {
        type: "button",
        action_id: ACTION.dismissRun,
        text: { type: "plain_text", text: "Cancel", emoji: false },
        value: token,
      },
    ],
  };
}
