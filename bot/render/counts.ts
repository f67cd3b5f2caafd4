import { COMPARISON, type Comparison } from "../../lib/domain/comparisons.ts";
import type { ConfirmedCounts, ConfirmedEffect, EffectCounts } from "../../lib/domain/confirmed-counts.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";

/** Text for each effect after the number of records it is still to be applied to. */
const TO_DO: Record<ConfirmedEffect, string> = {
  creates: "to create",
  updates: "to update",
  marks: "to mark for deletion",
  downgrades: "to get less support",
  contacts: "contacts to add",
};

/** `12 to create, 3 to update (1 gets less support), 1 to mark for deletion, 12 contacts to add`; `nothing` where there is none. */
export function countsText(counts: Partial<EffectCounts>): string {
  const { creates = 0, updates = 0, marks = 0, downgrades = 0, contacts = 0 } = counts;
  const among = downgrades > 0 ? ` (${downgrades} ${downgrades === 1 ? "gets" : "get"} less support)` : "";
  const parts = [
    ...(creates > 0 ? [effectText("creates", creates)] : []),
    ...(updates > 0 ? [`${effectText("updates", updates)}${among}`] : []),
    ...(marks > 0 ? [effectText("marks", marks)] : []),
    ...(contacts > 0 ? [contacts === 1 ? "1 contact to add" : effectText("contacts", contacts)] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** `5 to create`; an effect of a newer zdsync by its own name, made harmless. */
export function effectText(effect: string, count: number): string {
  const word = Object.hasOwn(TO_DO, effect) ? TO_DO[effect as ConfirmedEffect] : mrkdwnText(effect, 40);
  return `${count} ${word}`;
}

/** Every comparison with its counts: `Customers, global: 12 to create; Partners, global: nothing`. */
export function confirmedText(counts: ConfirmedCounts): string {
  const named = Object.entries(counts) as [Comparison, Partial<EffectCounts>][];
  return named.map(([name, one]) => `${COMPARISON[name].title}: ${countsText(one)}`).join("; ") || "nothing";
}
