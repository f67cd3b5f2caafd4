import { CONFIRMED_ENTRY, parseConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Audit, AuditEntry } from "../ports.ts";
import { durationText, mention, momentText } from "../render/blocks.ts";
import { countsText } from "../render/counts.ts";
import { runLink } from "../render/format-run.ts";
import { countsLines, endText, failureLines } from "../render/run.ts";
import { totalCounts } from "../run-flow/counts.ts";
import { newestRun } from "../runs/newest-run.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import type { RunViews } from "./status.ts";

/** Entries of the audit log shown. */
const MAX_ENTRIES = 10;

/** The last run that has ended. Throws what the runner throws. */
export async function lastRunLines({ runner, clock, starterOf }: RunViews): Promise<string[]> {
  const run = await newestRun(runner, clock(), () => true);
  if (run === null) return ["*The last run:* none ended within the last week."];
  return lastRun(runner.kind, run, starterOf(run.id));
}

function lastRun(kind: Runner["kind"], run: RunState, starter: string | null): string[] {
  const who = starter === null ? mrkdwnText(run.startedBy, 150) : mention(starter);
  const took = run.endedAt ? `, took ${durationText(run.endedAt.getTime() - run.startedAt.getTime())}` : "";
  const head = `*The last run: ${endText(run)}.* ${runLink(kind, run)}, started ${momentText(run.startedAt)} by ${who}${took}.`;
  if (run.record === null) return [head, "It left no readable result."];
  const reasons = failureLines(run.record);
  return [head, ...countsLines(run.record), ...(reasons.length > 0 ? ["Failures and refusals:", ...reasons] : [])];
}

/** Returns the latest audit entries, who did what in Slack, newest first. */
export function auditLines(audit: Pick<Audit, "latest">): string[] {
  const entries = audit.latest(MAX_ENTRIES);
  if (entries.length === 0) return ["*Activity in Slack:* none yet."];
  return ["*Activity in Slack:*", ...entries.map(entryLine)];
}

function entryLine({ at, by, what, result }: AuditEntry): string {
  const [did, became] = [what, result].map((text) => mrkdwnText(withReadableCounts(text), 600));
  return `• ${momentText(at)} ${mention(by.user)}: ${did}: ${became}`;
}

const CONFIRMED_COUNTS = new RegExp(`${CONFIRMED_ENTRY}(?: ${CONFIRMED_ENTRY})*`, "g");

/** The audit log keeps exactly what was confirmed, as `--at-most` takes it; people read it as the offer said it. */
function withReadableCounts(text: string): string {
  return text.replace(CONFIRMED_COUNTS, (entries) => countsText(totalCounts(parseConfirmedCounts(entries) ?? {})));
}
