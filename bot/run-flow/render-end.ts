import { COMPARISON } from "../../lib/domain/comparisons.ts";
import type { ConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import type { RecordedComparison, RunRecord } from "../../lib/storage/runs/run-record.ts";
import { durationText, mention } from "../render/blocks.ts";
import { confirmedText, effectText } from "../render/counts.ts";
import type { Customers } from "../render/customer.ts";
import { orderText, pageLink, pagePath, runLink } from "../render/format-run.ts";
import { harmLines, matterLines } from "../render/matters.ts";
import { countsLines, endText, exitOf, failureLines } from "../render/run.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import { changesNothing, countsLeft } from "./counts.ts";
import type { FollowedRun } from "./followed-runs.ts";
import { WHO_CONFIRMS } from "./proposal.ts";

type Total = { applied: number; failed: number; skipped: number };

/** Returns the end of a run as mrkdwn lines: outcome, counts, duration, failures, customers hurt by refused changes, links. Pure. */
export function renderEnd(kind: Runner["kind"], followed: FollowedRun, run: RunState, customers: Customers): string[] {
  const { record } = run;
  const took = run.endedAt ? ` after ${durationText(run.endedAt.getTime() - run.startedAt.getTime())}` : "";
  if (run.status === "lost")
    return [
      "*Lost.* The run is not in progress and left no result: it was killed or deleted. How far it got is unknown.",
      "The next run does the rest; nothing is written twice.",
      lookAt(kind, run),
    ];
  const more = record === null ? [] : exceeded(record);
  const outcome = more.length > 0 ? UNCONFIRMED : endText(run);
  if (record === null) return [`*${outcome}*${took}. It left no readable result.`, lookAt(kind, run)];
  const others = record.comparisons.filter((one) => !more.includes(one));
  return [
    `*${outcome}*${took}: ${totalText(totalOf(record.comparisons))}.`,
    ...countsLines(record),
    ...unconfirmedLines(record),
    ...matterLines(record),
    ...failureLines({ failures: record.failures, comparisons: others }),
    ...harmLines(record, customers),
    lookAt(kind, run),
    ...(exitOf(run) === 5 ? [`\`/zdsync ${orderText(followed.instance)}\` starts another one.`] : []),
  ];
}

/**
 * What is asked where a run stopped because there was more than confirmed; null where a limit is in the way, nothing exceeded, or
 * nothing is left. What was written is not offered again: nobody saw what a second time would change. Pure.
 */
export function asksAgain(
  followed: FollowedRun,
  { status, record }: RunState,
): { lines: string[]; counts: ConfirmedCounts } | null {
  if (status !== "ended" || record === null || exceeded(record).length === 0) return null;
  if (record.comparisons.some(({ measures }) => measures.some((one) => one.exceeded))) return null;
  // What this run did not come to is still bound to what was confirmed before.
  const counts = { ...followed.counts, ...countsLeft(record, followed.instance) };
  if (changesNothing(counts)) return null;
  const isWritten = record.comparisons.some(({ results }) => results !== null);
  const question = isWritten ? "start another run for what is left?" : "start it with the new counts?";
  const lines = [`${mention(followed.by.user)}: ${question} At most: ${confirmedText(counts)}.`, WHO_CONFIRMS];
  return { lines, counts };
}

const UNCONFIRMED = "Stopped: there is more to change than was confirmed";

function exceeded(record: RunRecord): RecordedComparison[] {
  return record.comparisons.filter(({ unconfirmed }) => unconfirmed.length > 0);
}

function unconfirmedLines(record: RunRecord): string[] {
  const more = exceeded(record);
  if (more.length === 0) return [];
  const written = record.comparisons
    .filter(({ results }) => results !== null)
    .map(({ name }) => COMPARISON[name].title);
  const writes =
    written.length === 0
      ? "Nothing was written."
      : `Written, within the confirmed counts: ${written.join("; ")}. Nothing else was written.`;
  return [...more.map(moreLine), writes];
}

function moreLine({ name, unconfirmed }: RecordedComparison): string {
  const counts = unconfirmed.map(
    ({ effect, count, confirmed }) => `${effectText(effect, count)} (confirmed: ${confirmed})`,
  );
  return `• ${COMPARISON[name].title}: now ${counts.join(", ")}`;
}

function totalOf(comparisons: readonly Pick<RecordedComparison, "results">[]): Total {
  const total: Total = { applied: 0, failed: 0, skipped: 0 };
  for (const { results } of comparisons)
    for (const { applied, failed, skipped } of Object.values(results ?? {})) {
      total.applied += applied;
      total.failed += failed;
      total.skipped += skipped;
    }
  return total;
}

function totalText({ applied, failed, skipped }: Total): string {
  return `${applied} applied, ${failed} failed, ${skipped} skipped`;
}

function lookAt(kind: Runner["kind"], run: RunState): string {
  if (run.pageUrl !== null) return `${runLink(kind, run)}. ${pageLink(run.pageUrl)}`;
  const path = pagePath(run);
  return `${runLink(kind, run)}${path === null ? "" : ` (${path})`}`;
}
