import type { UsersInput } from "./compare-users.ts";
import type { Config } from "./config.ts";
import type { Organization } from "./organization.ts";
import { accountIdOf } from "./organization-scope.ts";

const NO_ACCOUNTS: ReadonlySet<string> = new Set();

/**
 * What users are compared by, from the organizations they may be in and the configuration (U2, U5, C7).
 *
 * @param unreadable accounts of which something could not be read: their organizations' users are left alone
 */
export function usersInput(
  { users, contacts }: Pick<UsersInput, "users" | "contacts">,
  organizations: readonly Organization[],
  config: Pick<Config, "protected_email_domains" | "protected_emails" | "protected_ids">,
  unreadable: ReadonlySet<string> = NO_ACCOUNTS,
): UsersInput {
  const byAccount = Map.groupBy(organizations, accountIdOf);
  const quarantined = new Set([...config.protected_ids, ...unreadable]);
  const idsOf = (isMeant: (account: string | null, count: number) => boolean) =>
    new Set([...byAccount].flatMap(([account, own]) => (isMeant(account, own.length) ? own.map(({ id }) => id) : [])));
  return {
    users,
    contacts,
    protectedDomains: new Set(config.protected_email_domains),
    protectedEmails: new Set(config.protected_emails),
    protectedOrganizationIds: idsOf((account) => account !== null && quarantined.has(account)),
    // Nobody can say to which of them a contact belongs.
    conflictedOrganizationIds: idsOf((account, count) => account !== null && count > 1),
    organizationIds: new Set(organizations.map(({ id }) => id)),
    unmanagedOrganizationIds: idsOf((account) => account === null),
  };
}
