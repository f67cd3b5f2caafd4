import { accountAddresses } from "../../lib/domain/account-addresses.ts";
import { protectedAddressesOf } from "../../lib/domain/protections.ts";
import type { RecentOrganization } from "../../lib/domain/recent-organizations.ts";
import type { StageContext } from "../../lib/pipeline/stage.ts";
import type { RunOrigin } from "../../lib/storage/artifacts/manifest.ts";
import { type AddressToVerify, verifyAddresses } from "../../lib/sync/verify-addresses.ts";

/** File in which gather-orgs reports on the contacts of recent organizations. */
export const ADDRESSES_FILE = "zendesk_global_addresses.json";

/**
 * Finds out what stands in global of the addresses that recent organizations want → `zendesk_global_addresses.json` (C10). The addresses
 * are those of this run's `global_accounts.json` or `salesforce_accounts.json`; without either nothing is asked, and the contacts wait for
 * a later run. Answers how many are known.
 */
export async function gatherContacts(
  recent: readonly RecentOrganization[],
  origin: RunOrigin,
  context: StageContext,
  isProcessed: boolean,
): Promise<number> {
  const { store, config, remotes, progress, stop, clock, warn } = context;
  const addresses = wantedAddresses(
    recent,
    recent.length > 0 ? await addressesOfRun(origin, context, isProcessed) : new Map(),
  );
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

/**
 * Which addresses accounts want: as `process` decided, where it has run before and that is to count (so no job needs another instance's accounts), else all
 * that an account has. Nothing where neither is of this run.
 */
async function addressesOfRun(
  { run_id, today }: RunOrigin,
  { store }: StageContext,
  isProcessed: boolean,
): Promise<Map<string, string[]>> {
  if (isProcessed && (await store.readManifest("global_accounts.json"))?.run_id === run_id) {
    const desired = (await store.readIfThere("global_accounts.json"))?.records ?? [];
    return new Map(desired.map((one) => [one.salesforce_id, one.sold_tos.map(({ email }) => email)]));
  }
  if ((await store.readManifest("salesforce_accounts.json"))?.run_id !== run_id) return new Map();
  const accounts = (await store.readIfThere("salesforce_accounts.json"))?.records ?? [];
  return new Map(accounts.map((account) => [account.salesforce_id, accountAddresses(account, today)]));
}

/** Each address of each recent organization, in order of account. */
function wantedAddresses(
  recent: readonly RecentOrganization[],
  addresses: ReadonlyMap<string, readonly string[]>,
): AddressToVerify[] {
  return [...recent]
    .sort((one, other) => (one.salesforce_id < other.salesforce_id ? -1 : 1))
    .flatMap(({ id, salesforce_id, created_at }) =>
      (addresses.get(salesforce_id) ?? []).map((email) => ({ id, salesforce_id, email, created_at })),
    );
}
