import type { InstanceName } from "../../lib/domain/instance.ts";
import { mrkdwnLink, mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import { mention, momentText } from "./blocks.ts";

/** A run as its runner calls it, without a link: for the audit log. */
export function plainRun(kind: Runner["kind"], id: string): string {
  return `${kind === "gitlab" ? "pipeline" : "run"} ${id}`;
}

/** A run as people can look at it, as mrkdwn. */
export function runLink(kind: Runner["kind"], { id, url }: Pick<RunState, "id" | "url">): string {
  const name = plainRun(kind, id);
  return url === null ? mrkdwnText(name, 100) : mrkdwnLink(url, name);
}

/** Returns a link to the page of a run, as mrkdwn. */
export function pageLink(pageUrl: string): string {
  return mrkdwnLink(pageUrl, "Page with every change and its reason");
}

/**
 * Returns the path of the page of a run on the bot's machine if the page has no address, as mrkdwn; null for a pipeline's page, and if the
 * run left none.
 */
export function pagePath({ id, url, pageUrl, record }: RunState): string | null {
  if (pageUrl !== null || url !== null || record === null) return null;
  return `its page: \`history/${mrkdwnText(id, 60)}/report.html\` on ${mrkdwnText(record.host, 80)}`;
}

/** Which run goes on, since when, and who started it, as mrkdwn. `starter` is the person in Slack, where the bot started it. */
export function currentRunText(kind: Runner["kind"], run: RunState, starter: string | null): string {
  const who = starter === null ? mrkdwnText(run.startedBy, 150) : mention(starter);
  return `${runLink(kind, run)}, started ${momentText(run.startedAt)} by ${who}`;
}

/** `global`, `us-government`, or both. */
export function instanceText(instance: InstanceName | null): string {
  return instance ?? "global and us-government";
}

/** Returns the command as typed, for the audit log and for asking again. */
export function orderText(instance: InstanceName | null, purpose: "offer" | "look" | "preview" = "offer"): string {
  const verb = purpose === "preview" ? "preview" : "run";
  return [verb, ...(instance === null ? [] : [instance]), ...(purpose === "look" ? ["--dry-run"] : [])].join(" ");
}
