import { COMPARISON } from "../../lib/domain/comparisons.ts";
import { HARMS, type Harm } from "../../lib/report/model.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { type Customers, customerText } from "./customer.ts";

type Matters = NonNullable<RunRecord["matters"]>;

/** Text for each harm after its number, singular and plural. */
const COUNTED: Record<Harm, [one: string, several: string]> = {
  "loses support": ["loses support", "lose support"],
  downgraded: ["downgraded", "downgraded"],
  "put on hold": ["put on hold", "put on hold"],
  marked: ["marked for deletion", "marked for deletion"],
  failed: ["failed", "failed"],
  conflict: ["conflict", "conflicts"],
  "unknown charge": ["unknown charge", "unknown charges"],
  skipped: ["skipped", "skipped"],
  upgraded: ["upgraded", "upgraded"],
  gains: ["gains something", "gain something"],
  cosmetic: ["cosmetic", "cosmetic"],
};

/** Returns a run's effects on customers, worst first, in one line; none if the run did not report them. Pure. */
export function matterLines({ matters }: Pick<RunRecord, "matters">): string[] {
  if (!matters) return [];
  const told = HARMS.flatMap((harm) => {
    const count = matters.counts[harm] ?? 0;
    const [one, several] = COUNTED[harm];
    return count > 0 ? [`${count} ${count === 1 ? one : several}`] : [];
  });
  return told.length > 0 ? [`Most important: ${told.join(" · ")}.`] : [];
}

/** Whom that what was refused would hurt, worst first: one line to a customer. None where nothing was refused. Pure. */
export function harmLines({ matters }: Pick<RunRecord, "matters">, customers: Customers): string[] {
  if (!matters || matters.would_hurt.length === 0) return [];
  const more = matters.would_hurt_more;
  return [
    "*Customers who would lose something, worst first:*",
    ...matters.would_hurt.map((one) => hurtLine(one, customers)),
    ...(more > 0 ? [`and ${more} more; see the run's page for all of them.`] : []),
  ];
}

function hurtLine(hurt: Matters["would_hurt"][number], customers: Customers): string {
  const { salesforce_id: account, id, comparison, harm, before, after, arr } = hurt;
  const who = account === null ? `organization ${id}` : customerText(account, customers);
  const level = before === after ? before : `${before ?? "none"} → ${after ?? "none"}`;
  const facts = [
    mrkdwnText(harm, 40),
    ...(level === null ? [] : [`support level ${mrkdwnText(level, 60)}`]),
    ...(arr > 0 ? [`ARR ${Math.round(arr).toLocaleString("en-US")}`] : []),
  ];
  return `• ${who} (${COMPARISON[comparison].title}): ${facts.join(", ")}`;
}

/** The accounts that such lines name. */
export function harmedAccounts(record: Pick<RunRecord, "matters"> | null): string[] {
  return (record?.matters?.would_hurt ?? []).flatMap(({ salesforce_id: id }) => id ?? []);
}
