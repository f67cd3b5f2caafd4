import * as v from "valibot";
import { whatText } from "../../lib/reasons/reason-text.ts";
import { type OrganizationState, timeText, withOrganizationState } from "../../lib/remotes/slack/notice-blocks.ts";
import type { Block } from "../../lib/remotes/slack/ports.ts";
import { mrkdwnAddress, mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { mention } from "../render/blocks.ts";
import type { KnownState, TriedAddress } from "./organization-states.ts";

/** Addresses shown of one organization; a line says how many more there are. */
const MAX_ADDRESSES = 8;
/** Characters of mrkdwn that an organization may always have, however short its block was. */
const ALWAYS = 400;

const SectionSchema = v.looseObject({ text: v.looseObject({ text: v.string() }) });

/** A message's blocks with everything that is known of its organizations. Done twice it is the same. Pure. */
export function withStates(blocks: readonly Block[], states: ReadonlyMap<number, KnownState>): Block[] {
  let shown = [...blocks];
  for (const [organization, state] of states) {
    if (state.is === "still nobody") shown = withAddresses(shown, organization, state.addresses);
    shown = withOrganizationState(shown, organization, shownState(state));
  }
  return shown;
}

function shownState(state: KnownState): OrganizationState {
  if (state.is !== "contacts added" || state.count > 0) return state;
  return { is: "other", mrkdwn: `Now has contacts: retried by ${mention(state.by)} ${timeText(state.at)}` };
}

/** The addresses as they are now, in the place of those tried before: no more text than before, so that the message still fits. */
function withAddresses(blocks: readonly Block[], organization: number, addresses: readonly TriedAddress[]): Block[] {
  return blocks.map((block) => {
    if (block.block_id !== `about:${organization}` || !v.is(SectionSchema, block)) return block;
    const [title = "", ...before] = block.text.text.split("\n");
    const room = Math.max(ALWAYS, before.join("\n").length);
    return { ...block, text: { ...block.text, text: [title, ...fitting(addresses, room)].join("\n") } };
  });
}

function fitting(addresses: readonly TriedAddress[], room: number): string[] {
  if (addresses.length === 0) return ["No sold-to address in Salesforce."];
  for (let shown = Math.min(MAX_ADDRESSES, addresses.length); ; shown--) {
    const hidden = addresses.length - shown;
    const lines = [
      ...addresses.slice(0, shown).map(addressLine),
      ...(hidden > 0 ? [`and ${hidden} more ${hidden === 1 ? "address" : "addresses"}`] : []),
    ];
    if (shown === 0 || lines.join("\n").length <= room) return lines;
  }
}

/** An address, and what became of it in words. */
export function addressLine({ email, failed, reason }: TriedAddress): string {
  return `• ${mrkdwnAddress(email, 80)}: ${failed ? "failed: " : ""}${mrkdwnText(whatText(reason), 120)}`;
}
