import type { SoldTo } from "../domain/contact-address.ts";
import { processAccounts } from "../domain/process.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import type { WritingContext } from "../stage/stage.ts";
import { parseOverrides } from "../yaml-files/overrides.ts";
import { parsePlans } from "../yaml-files/plans.ts";

/** The addresses an account wants in global, or why it wants none at all. */
export type WantedContacts = { soldTos: readonly SoldTo[] } | { reason: string };

/**
 * The sold-to addresses that an account's organization in global should have (E14), from Salesforce as it is now and through the
 * same rules as a run (E1–E14), or why there is no such organization any more.
 */
export async function wantedContacts(
  account: string,
  { remotes, today, config }: Pick<WritingContext, "remotes" | "today" | "config">,
): Promise<WantedContacts> {
  const plansFile = await remotes.plansText();
  const overridesFile = await remotes.overridesText();
  const found = await (await remotes.salesforce()).account(account, today, config.alliance_account_id);
  const [unreadable] = found.unreadable;
  if (unreadable)
    return { reason: `Account ${account} cannot be read from Salesforce (${unreadable.reason}). Correct it there.` };
  const { desired, decisions } = processAccounts({
    accounts: found.accounts,
    partnerIds: new Set(found.isPartner ? [account] : []),
    plans: parsePlans(plansFile.text, plansFile.name),
    overrides: overridesFile ? parseOverrides(overridesFile.text, overridesFile.name).overrides : [],
    today,
  });
  const [organization] = desired.global;
  if (organization) return { soldTos: organization.sold_tos };
  const why = found.isPartner ? "it is a partner, and partners get no contacts" : whyNone(decisions.get(account));
  return { reason: `Account ${account} wants no contacts in global: ${why}. Nothing was changed.` };
}

function whyNone(decision: AccountDecision | undefined): string {
  if (!decision) return "it is no customer in Salesforce (any more)";
  if (decision.skipped === "doubled") return "Salesforce has several accounts with this id";
  if (decision.skipped !== null) return "it has no subscription of the last three years";
  if (decision.tooOld.includes("global")) return "its support expired more than three years ago";
  return "all of its subscriptions count in us-government, where users come from its support contacts";
}
