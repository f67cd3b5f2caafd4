import * as v from "valibot";
import { whatText } from "../../reasons/reason-text.ts";
import { mention, mrkdwnAddress, mrkdwnLink, mrkdwnText } from "../../text/mrkdwn.ts";
import { ACTION } from "./actions.ts";
import type { NoticeOrganization } from "./notice.ts";
import type { Block } from "./ports.ts";

/** Addresses shown of one organization; a line says how many more there are. */
const MAX_ADDRESSES = 8;
/** Characters of a name, and of one that would leave no room for anything else. */
const MAX_NAME_LENGTH = 80;
const MAX_SHORTENED_NAME_LENGTH = 30;
/** Begins the line that stands below an organization whose buttons stay. No text from outside can: it has no line ends. */
const NOTE = "\n↳ ";

const TextSchema = v.looseObject({ text: v.string() });

/** State of an organization since it was reported. `by` is a Slack user id. */
export type OrganizationState =
  | { is: "handled"; by: string; at: Date }
  | { is: "contacts added"; count: number; by: string; at: Date }
  /** Looked again: its buttons stay. */
  | { is: "still nobody"; by: string; at: Date }
  /** Mrkdwn of the caller's, one line of at most 200 characters; text from outside in it has gone through `mrkdwnText`. */
  | { is: "other"; mrkdwn: string };

/**
 * One organization: what is known, with as many address lines as fit into `most` characters of JSON, and its buttons. Their value is
 * the Zendesk id and nothing else; the blocks' ids name it too, so that a click can be answered in its place.
 */
export function organizationBlocks(organization: NoticeOrganization, most: number): [about: Block, buttons: Block] {
  const buttons = buttonBlock(organization.id);
  const room = most - JSON.stringify(buttons).length - 2;
  const lines = organization.addresses.slice(0, MAX_ADDRESSES).map(addressLine);
  const title = titleLine(organization, MAX_NAME_LENGTH);
  for (let shown = Math.min(MAX_ADDRESSES, organization.addresses.length); shown >= 0; shown--) {
    const about = aboutBlock(organization, title, lines.slice(0, shown));
    if (JSON.stringify(about).length <= room) return [about, buttons];
  }
  return [aboutBlock(organization, titleLine(organization, MAX_SHORTENED_NAME_LENGTH), []), buttons];
}

/**
 * A message's blocks after something became of an organization: a line in the place of its buttons, or of the line that stood
 * there; below what is known of it where its buttons stay. Others keep theirs. Pure; done twice it is the same, and without that
 * organization in the message it changes nothing.
 */
export function withOrganizationState(
  blocks: readonly Block[],
  organizationId: number,
  state: OrganizationState,
): Block[] {
  const text = stateText(state);
  if (state.is === "still nobody") return blocks.map((block) => noted(block, organizationId, text));
  const block_id = buttonsId(organizationId);
  const line: Block = { type: "context", block_id, elements: [{ type: "mrkdwn", text, verbatim: true }] };
  return blocks.map((block) => (block.block_id === block_id ? line : block));
}

function stateText(state: OrganizationState): string {
  if (state.is === "other") return state.mrkdwn;
  const who = `${mention(state.by)} ${timeText(state.at)}`;
  if (state.is === "handled") return `Handled by ${who}`;
  if (state.is === "still nobody") return `Still without contacts: retried by ${who}`;
  return `${state.count} ${state.count === 1 ? "contact" : "contacts"} added by ${who}`;
}

function noted(block: Block, organizationId: number, note: string): Block {
  const { block_id, text } = block;
  if (block_id !== aboutId(organizationId) || !v.is(TextSchema, text)) return block;
  const [known = ""] = text.text.split(NOTE);
  return { ...block, text: { ...text, text: `${known}${NOTE}${note}` } };
}

/** `10:31 UTC`. */
export function timeText(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`;
}

function buttonsId(organizationId: number): string {
  return `organization:${organizationId}`;
}

function aboutId(organizationId: number): string {
  return `about:${organizationId}`;
}

function aboutBlock(organization: NoticeOrganization, title: string, lines: readonly string[]): Block {
  const text = organizationLines(organization, title, lines).join("\n");
  return { type: "section", block_id: aboutId(organization.id), text: { type: "mrkdwn", text, verbatim: true } };
}

function buttonBlock(id: number): Block {
  return {
    type: "actions",
    block_id: buttonsId(id),
    elements: [
      button(ACTION.retryContacts, "Retry contacts", String(id)),
      button(ACTION.markHandled, "Mark handled", String(id)),
    ],
  };
}

function button(action_id: string, text: string, value: string): Block {
  return { type: "button", action_id, text: { type: "plain_text", text }, value };
}

function addressLine({ email, reason }: NoticeOrganization["addresses"][number]): string {
  return `• ${mrkdwnAddress(email, 80)}: ${mrkdwnText(whatText(reason), 120)}`;
}

/** Name and links: dear to make where the name is long, so it is made once. */
function titleLine(
  { name, zendeskUrl, salesforceUrl, id, salesforce_id }: NoticeOrganization,
  mostName: number,
): string {
  return `*${mrkdwnText(name, mostName) || "(no name)"}*  ${mrkdwnLink(zendeskUrl, `Zendesk ${id}`)} · ${mrkdwnLink(salesforceUrl, `Salesforce ${salesforce_id}`)}`;
}

function organizationLines({ addresses }: NoticeOrganization, title: string, lines: readonly string[]): string[] {
  const hidden = addresses.length - lines.length;
  if (addresses.length === 0) return [title, "No sold-to address in Salesforce."];
  return hidden === 0
    ? [title, ...lines]
    : [title, ...lines, `and ${hidden} more ${hidden === 1 ? "address" : "addresses"}`];
}
