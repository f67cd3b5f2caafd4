import { reasonText } from "../../lib/reasons/reason-text.ts";
import { timeText } from "../../lib/remotes/slack/notice-blocks.ts";
import type { RetriedAddress, RetryEnd } from "../../lib/sync/retry-contacts.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { mention } from "../render/blocks.ts";
import { addressLine } from "./message-states.ts";
import type { KnownState, TriedAddress } from "./organization-states.ts";

/** Addresses shown to whoever retried. */
const MAX_ADDRESSES = 15;

/** Somebody who did something, and when. */
interface Done {
  by: string;
  at: Date;
}

/** Returns an organization's state after a retry; null if nothing is settled and the message stays as it is. Pure. */
export function stateAfter(end: RetryEnd, { by, at }: Done): KnownState | null {
  if (end.is !== "done" || end.has === "unknown") return null;
  if (end.has === "nobody") return { is: "still nobody", by, at, addresses: end.addresses.map(triedOf) };
  return { is: "contacts added", by, at, count: addedIn(end.addresses) };
}

/** Returns the answer to the person who retried, as mrkdwn lines. */
export function retryLines(id: number, end: RetryEnd): string[] {
  if (end.is === "run goes on")
    return [
      `A run is in progress and will do this: organization ${id} was not retried.`,
      "It retries the contacts of organizations created within the last seven days. Retry an older organization after the run.",
    ];
  if (end.is === "not retried")
    return [`The contacts of organization ${id} were not retried.`, mrkdwnText(reasonText(end.reason), 1_500)];
  const shown = end.addresses.slice(0, MAX_ADDRESSES).map((one) => addressLine(triedOf(one)));
  const hidden = end.addresses.length - shown.length;
  return [
    headline(id, end),
    ...(end.addresses.length === 0
      ? ["Salesforce has no sold-to address for it; add a sold-to contact there."]
      : shown),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
}

function headline(id: number, { has, addresses }: RetryEnd & { is: "done" }): string {
  const added = addedIn(addresses);
  if (has === "nobody") return `Organization ${id} still has no contacts:`;
  if (has === "unknown")
    return `Organization ${id}: not completed because an address failed. Try again in a minute; runs also retry for seven days.`;
  return added === 0 ? `Organization ${id} already has contacts:` : `Organization ${id}: ${added} added.`;
}

/** For the audit log: counts, no addresses. */
export function retryResult(end: RetryEnd): string {
  if (end.is === "run goes on") return "left to the run in progress";
  if (end.is === "not retried") return `not retried: ${end.reason.code}`;
  const counts = Map.groupBy(end.addresses, ({ became }) => became);
  const words = [...counts].map(([became, addresses]) => `${addresses.length} ${became}`);
  return [
    end.has === "nobody" ? "still no contacts" : end.has === "unknown" ? "not completed" : "has contacts",
    ...words,
  ].join(", ");
}

/** Said to whoever clicks on something that was settled before. */
export function settledText(id: number, state: KnownState): string {
  const who = `${mention(state.by)} ${timeText(state.at)}`;
  return state.is === "handled"
    ? `Organization ${id} was already marked handled by ${who}. Nothing was done.`
    : `Organization ${id} already has contacts: retried by ${who}. Nothing was done.`;
}

function addedIn(addresses: readonly RetriedAddress[]): number {
  return addresses.filter(({ became }) => became === "created" || became === "associated").length;
}

function triedOf({ email, became, reason }: RetriedAddress): TriedAddress {
  return { email, failed: became === "failed", reason };
}
