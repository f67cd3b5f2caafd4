import { mrkdwnAddress, mrkdwnLink, mrkdwnText } from "./mrkdwn.ts";
import type { NoticeOrganization, NoticeRun } from "./notice.ts";
import { noticeMetadata } from "./notice-metadata.ts";
import type { Block, Message } from "./ports.ts";

/** Blocks to a message: Slack takes 50. */
const MOST_BLOCKS = 45;
/** Characters of a message's blocks as JSON: Slack refuses some 13,000, whatever its documentation says. */
const MOST_CHARACTERS = 10_000;
/** Characters of one organization's block as JSON, so that 500 organizations are fewer than 60 messages. */
const MOST_PER_ORGANIZATION = 1_000;
/** Addresses shown of one organization; a line says how many more there are. */
const MOST_ADDRESSES = 8;

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
    parent: parentMessage(run, organizations.length),
    replies: pack(organizations).map((one) => reply(run, one)),
  };
}

function parentMessage(run: NoticeRun, count: number): Message {
  const headline = `${count} ${count === 1 ? "organization" : "organizations"} created without support contacts`;
  const dryRun = run.dryRun ? " · dry run, nothing was created" : "";
  return {
    text: headline,
    blocks: [
      { type: "header", text: { type: "plain_text", text: headline, emoji: false } },
      section(
        "Nobody of these customers can open tickets yet. The thread says why for each address; add a contact in Zendesk, or correct the sold-to contact in Salesforce.",
      ),
      {
        type: "context",
        elements: [{ type: "mrkdwn", text: `Run ${mrkdwnText(run.runId, 100)}${dryRun}`, verbatim: true }],
      },
    ],
    metadata: noticeMetadata(run.runId, []),
  };
}

function reply(run: NoticeRun, packed: readonly Packed[]): Reply {
  const ids = packed.map((one) => one.organization.id);
  return {
    text: `Without support contacts: ${ids.length} ${ids.length === 1 ? "organization" : "organizations"} (${ids.join(", ")})`,
    blocks: packed.map((one) => one.block),
    metadata: noticeMetadata(run.runId, ids),
    organizationIds: ids,
  };
}

interface Packed {
  organization: NoticeOrganization;
  block: Block;
}

/** Organizations in messages, in order, as many to each as the limits allow. */
function pack(organizations: readonly NoticeOrganization[]): Packed[][] {
  const messages: Packed[][] = [];
  let characters = 0;
  for (const organization of organizations) {
    const packed = { organization, block: organizationBlock(organization) };
    const size = JSON.stringify(packed.block).length + 1;
    const open = messages.at(-1);
    if (open && open.length < MOST_BLOCKS && characters + size <= MOST_CHARACTERS - 2) {
      open.push(packed);
      characters += size;
    } else {
      messages.push([packed]);
      characters = size;
    }
  }
  return messages;
}

/** One organization's block: as many address lines as fit, and how many more there are. */
function organizationBlock(organization: NoticeOrganization): Block {
  for (let shown = Math.min(MOST_ADDRESSES, organization.addresses.length); ; shown--) {
    const block = section(organizationLines(organization, shown).join("\n"));
    if (shown === 0 || JSON.stringify(block).length <= MOST_PER_ORGANIZATION) return block;
  }
}

function organizationLines(organization: NoticeOrganization, shown: number): string[] {
  const { name, addresses, zendeskUrl, salesforceUrl, id, salesforce_id } = organization;
  const title = `*${mrkdwnText(name, 80) || "(no name)"}*  ${mrkdwnLink(zendeskUrl, `Zendesk ${id}`)} · ${mrkdwnLink(salesforceUrl, `Salesforce ${salesforce_id}`)}`;
  const lines = addresses
    .slice(0, shown)
    .map(({ email, reason }) => `• ${mrkdwnAddress(email, 80)}: ${mrkdwnText(reason, 120)}`);
  const hidden = addresses.length - shown;
  if (addresses.length === 0) return [title, "No sold-to address in Salesforce."];
  return hidden === 0
    ? [title, ...lines]
    : [title, ...lines, `and ${hidden} more ${hidden === 1 ? "address" : "addresses"}`];
}

function section(text: string): Block {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}
