import type { Note } from "./changeset.ts";
import { forgottenFrom, type MergedAccount } from "./merged-account.ts";
import type { Organization } from "./organization.ts";
import { accountIdOf, externalAccountIdOf } from "./organization-scope.ts";
import { type ParamsOf, reason } from "./reason.ts";

/** Merged accounts as a comparison knows them, and the number of their organizations that may be marked all the same. */
export interface Merges {
  /** By `salesforce_id`, 18 characters. */
  accounts: ReadonlyMap<string, MergedAccount>;
  /** `--allow merged_marks=N`; 0 where nobody allowed any. */
  allowed: number;
}

/** The rest of the instance, to tell where the winner's organization is or will be. */
interface MergeContext {
  organizations: readonly Organization[];
  /** Accounts whose organization this comparison creates. */
  creating: ReadonlySet<string>;
}

/**
 * Takes the organizations whose account was merged into another out of those to be marked (C9). While Salesforce tells of the merge they
 * are kept; when it has forgotten, they are marked where so many were allowed, else kept as well.
 */
export function withoutMerged(
  orphans: readonly Organization[],
  { accounts, allowed }: Merges,
  surroundings: MergeContext,
): { orphans: Organization[]; notes: Note[] } {
  const merged = orphans.flatMap((organization) => {
    const account = accounts.get(accountIdOf(organization) ?? externalAccountIdOf(organization) ?? "");
    return account ? [{ organization, account }] : [];
  });
  const forgotten = merged.filter(({ account }) => account.forgotten);
  const isAllowed = forgotten.length <= allowed;
  const kept = isAllowed ? merged.filter(({ account }) => !account.forgotten) : merged;
  const keptIds = new Set(kept.map(({ organization }) => organization.id));
  const notes = kept.map(({ organization, account }): Note => {
    const { merged_into } = account;
    const where = { merged_into, ...winnerOf(merged_into, surroundings) };
    const why = account.forgotten
      ? reason("mark.merge_forgotten", { ...where, organizations: forgotten.length })
      : reason("mark.account_merged", { ...where, forgotten_from: forgottenFrom(account) });
    return { rule: "C9", salesforce_id: account.salesforce_id, id: organization.id, reason: why };
  });
  return { orphans: orphans.filter(({ id }) => !keptIds.has(id)), notes };
}

/**
 * What a person should know of organizations that are marked already, by a person or before anybody asked for merges: their account was
 * merged into another, and whoever deletes marked organizations may not know. Said while Salesforce tells of the merge; one that it has
 * forgotten was marked because somebody allowed it, or long before.
 */
export function markedAndMerged(
  marked: readonly Organization[],
  { accounts }: Merges,
  surroundings: MergeContext,
): Note[] {
  return marked.flatMap((organization): Note[] => {
    const account = accounts.get(accountIdOf(organization) ?? externalAccountIdOf(organization) ?? "");
    if (!account || account.forgotten) return [];
    const { salesforce_id, merged_into } = account;
    const why = reason("mark.of_merged_account", { merged_into, ...winnerOf(merged_into, surroundings) });
    return [{ rule: "C9", salesforce_id, id: organization.id, reason: why }];
  });
}

/** Locates the organization of a merge's winner in this instance: what a person should do depends on it. */
function winnerOf(
  accountId: string,
  { organizations, creating }: MergeContext,
): Pick<ParamsOf<"mark.account_merged">, "winner" | "organization_ids"> {
  const found = organizations.filter((one) => accountIdOf(one) === accountId).map(({ id }) => id);
  const organization_ids = found.sort((one, other) => one - other);
  if (organization_ids.length > 0) return { winner: "here", organization_ids };
  return { winner: creating.has(accountId) ? "being created" : "elsewhere", organization_ids };
}
