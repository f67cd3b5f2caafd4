import type { SoldTo } from "../domain/contact-address.ts";
import { processAccounts } from "../domain/process.ts";
import type { AccountDecision, SkipCode } from "../domain/process-decision.ts";
import { type ReasonOf, reason } from "../domain/reason.ts";
import type { WantsNoContacts } from "../domain/reasons/undoing.ts";
import type { WritingContext } from "../pipeline/stage.ts";
import { parseOverrides } from "../settings/files/overrides.ts";
import { parsePlans } from "../settings/files/plans.ts";

/** The addresses an account wants in global, or why it wants none at all. */
export type DesiredContacts =
  | { soldTos: readonly SoldTo[] }
  | { reason: ReasonOf<"retry.account_unreadable" | "retry.wants_none"> };

/**
 * The sold-to addresses that an account's organization in global should have (E14), from Salesforce as it is now and through the
 * same rules as a run (E1–E14), or why there is no such organization any more.
 */
export async function desiredContacts(
  account: string,
  { remotes, today, config }: Pick<WritingContext, "remotes" | "today" | "config">,
): Promise<DesiredContacts> {
  const plansFile = await remotes.plansText();
  const overridesFile = await remotes.overridesText();
  const found = await (await remotes.salesforce()).account(account, today, config.alliance_account_id);
  const [unreadable] = found.unreadable;
  if (unreadable) return { reason: reason("retry.account_unreadable", { account, problem: unreadable.reason }) };
  const { desired, decisions } = processAccounts({
    accounts: found.accounts,
    partnerIds: new Set(found.isPartner ? [account] : []),
    plans: parsePlans(plansFile.text, plansFile.name),
    overrides: overridesFile ? parseOverrides(overridesFile.text, overridesFile.name).overrides : [],
    today,
  });
  const [organization] = desired.global;
  if (organization) return { soldTos: organization.sold_tos };
  const because = found.isPartner ? "is_partner" : whyNone(decisions.get(account));
  return { reason: reason("retry.wants_none", { account, because }) };
}

const SKIPPED = {
  "account.is_partner": "is_partner",
  "account.without_subscription": "without_subscription",
  "account.gathered_twice": "gathered_twice",
} as const satisfies Record<SkipCode, WantsNoContacts>;

function whyNone(decision: AccountDecision | undefined): WantsNoContacts {
  if (!decision) return "no_customer";
  if (decision.skipped !== null) return SKIPPED[decision.skipped];
  return decision.tooOld.includes("global") ? "expired_long_ago" : "other_instance";
}
