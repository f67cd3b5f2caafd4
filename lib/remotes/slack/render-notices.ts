import { titleOf } from "../../reasons/reason-text.ts";
import { mrkdwnText } from "../../text/mrkdwn.ts";
import type { NoticeOrganization, NoticeRun } from "./notice.ts";
import { organizationBlocks } from "./notice-blocks.ts";
import { noticeMetadata } from "./notice-metadata.ts";
import type { Block, Message } from "./ports.ts";

export { type OrganizationState, withOrganizationState } from "./notice-blocks.ts";

/** Blocks to a message: Slack takes 50; two to an organization. */
const MAX_BLOCKS = 48;
/** Characters of a message's blocks as JSON: Slack refuses some 13,000, whatever its documentation says. */
const MAX_CHARACTERS = 10_000;
/** Characters of one organization's blocks as JSON: nine to a message, so that 500 organizations are fewer than 60 messages. */
const MAX_PER_ORGANIZATION = 1_100;
/** The same where there are few: four to a message. */
const FEW = 200;
const MAX_PER_ORGANIZATION_OF_FEW = 2_490;
/** Reasons counted in the parent; a line says how many addresses have others. */
const MAX_REASONS = 6;

/** A reply in the thread, and the organizations it names. */
export interface Reply extends Message {
  organizationIds: number[];
}

/** The messages that report organizations without contacts (Y4): one parent for the run, packed replies. Pure. */
export function renderNotices(
  run: NoticeRun,
  organizations: readonly NoticeOrganization[],
): { parent: Message; replies: Reply[] } {
  return {
    parent: parentMessage(run, organizations),
    replies: pack(organizations).map((one) => reply(run, one)),
  };
}

function parentMessage(run: NoticeRun, organizations: readonly NoticeOrganization[]): Message {
  const headline = `${counted(organizations.length, "organization")} created without support contacts`;
  const dryRun = run.dryRun ? " · dry run, nothing was created" : "";
  return {
    text: headline,
    blocks: [
      { type: "header", text: { type: "plain_text", text: headline, emoji: false } },
      section(
        "These customers have no users who can open tickets yet. The thread gives the reason for each address; add a contact in Zendesk, or correct the sold-to contact in Salesforce. Then use *Retry contacts*, or *Mark handled* to show others that you took care of it.",
      ),
      section(reasonLines(organizations).join("\n")),
      {
        type: "context",
        elements: [{ type: "mrkdwn", text: `Run ${mrkdwnText(run.runId, 100)}${dryRun}`, verbatim: true }],
      },
    ],
    metadata: noticeMetadata(run.runId, []),
  };
}

/** Counts the addresses that were left alone, by reason; reasons that differ only in their parameters count as one. */
function reasonLines(organizations: readonly NoticeOrganization[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of organizations.flatMap(({ addresses }) => addresses)) {
    const kind = mrkdwnText(titleOf(reason.code), 70);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const without = organizations.filter(({ addresses }) => addresses.length === 0).length;
  const sorted = [...counts].sort(
    ([one, oneCount], [other, otherCount]) => otherCount - oneCount || (one < other ? -1 : 1),
  );
  const others = sorted.slice(MAX_REASONS).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...sorted.slice(0, MAX_REASONS).map(([kind, count]) => `• ${counted(count, "address")}: ${kind}`),
    ...(others > 0 ? [`• ${counted(others, "address")}: other reasons`] : []),
    ...(without > 0 ? [`• ${counted(without, "organization")}: no sold-to address in Salesforce`] : []),
  ];
}

function counted(count: number, noun: "organization" | "address"): string {
  return `${count} ${count === 1 ? noun : noun === "address" ? "addresses" : `${noun}s`}`;
}

function reply(run: NoticeRun, packed: readonly Packed[]): Reply {
  const ids = packed.map((one) => one.organization.id);
  return {
    text: `Without support contacts: ${counted(ids.length, "organization")} (${ids.join(", ")})`,
    blocks: packed.flatMap((one) => one.blocks),
    metadata: noticeMetadata(run.runId, ids),
    organizationIds: ids,
  };
}

interface Packed {
  organization: NoticeOrganization;
  blocks: Block[];
}

/** Organizations in messages, in order, as many to each as the limits allow. */
function pack(organizations: readonly NoticeOrganization[]): Packed[][] {
  const most = organizations.length > FEW ? MAX_PER_ORGANIZATION : MAX_PER_ORGANIZATION_OF_FEW;
  const messages: Packed[][] = [];
  let characters = 0;
  for (const organization of organizations) {
    const packed = { organization, blocks: organizationBlocks(organization, most) };
    const size = JSON.stringify(packed.blocks).length;
    const open = messages.at(-1);
    if (open && 2 * open.length + 2 <= MAX_BLOCKS && characters + size <= MAX_CHARACTERS - 2) {
      open.push(packed);
      characters += size;
    } else {
      messages.push([packed]);
      characters = size;
    }
  }
  return messages;
}

function section(text: string): Block {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}
