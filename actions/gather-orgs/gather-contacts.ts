import type { RunOrigin } from "../../lib/artifacts/manifest.ts";
import { protectedAddressesOf } from "../../lib/changesets/protections.ts";
import { type AddressToVerify, verifyAddresses } from "../../lib/contacts/verify-addresses.ts";
import type { Account } from "../../lib/domain/account.ts";
import { accountAddresses } from "../../lib/domain/account-addresses.ts";
import type { Day } from "../../lib/domain/dates.ts";
import type { RecentOrganization } from "../../lib/domain/recent-organizations.ts";
import type { StageContext } from "../../lib/stage/stage.ts";

/** What gather-orgs says of the contacts of recent organizations. */
export const ADDRESSES_FILE = "zendesk_global_addresses.json";

/**
 * Finds out what stands in global of the addresses that recent organizations want → `zendesk_global_addresses.json` (C10). The addresses
 * are those of this run's `salesforce_accounts.json`; without it nothing is asked, and their contacts wait for a later run. Answers how
 * many are known.
 */
export async function gatherContacts(
  recent: readonly RecentOrganization[],
  origin: RunOrigin,
  context: StageContext,
): Promise<number> {
  const { store, config, remotes, progress, stop, clock, warn } = context;
  const accounts = recent.length > 0 ? await accountsOfRun(origin, context) : [];
  const addresses = wantedAddresses(recent, accounts, origin.today);
  const reader = await remotes.zendeskReader("global");
  const line = progress.begin("gather-orgs global: contacts of recent organizations");
  using memory = await context.openSettledContacts(reader.host);
  const known = await verifyAddresses(addresses, {
    reader,
    memory,
    protectedAddresses: protectedAddressesOf(config),
    now: new Date(origin.gathered_at),
    stop,
    line,
    warn,
  });
  line.end(`${known.length.toLocaleString("en-US")} of ${addresses.length.toLocaleString("en-US")} addresses known`);
  await store.write(ADDRESSES_FILE, known, { stage: "gather-orgs", origin, madeAt: clock() });
  return known.length;
}

/** The accounts of this run; none where they were not gathered (yet), or are of another run. */
async function accountsOfRun({ run_id }: RunOrigin, { store }: StageContext): Promise<readonly Account[]> {
  const manifest = await store.readManifest("salesforce_accounts.json");
  if (manifest?.run_id !== run_id) return [];
  return (await store.readIfThere("salesforce_accounts.json"))?.records ?? [];
}

/** Each address of each recent organization, in order of account and address. */
function wantedAddresses(
  recent: readonly RecentOrganization[],
  accounts: readonly Account[],
  today: Day,
): AddressToVerify[] {
  const byAccount = new Map(accounts.map((account) => [account.salesforce_id, account]));
  return [...recent]
    .sort((one, other) => (one.salesforce_id < other.salesforce_id ? -1 : 1))
    .flatMap(({ id, salesforce_id, created_at }) => {
      const account = byAccount.get(salesforce_id);
      const emails = account ? accountAddresses(account, today) : [];
      return emails.map((email) => ({ id, salesforce_id, email, created_at }));
    });
}
