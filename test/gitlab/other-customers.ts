import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";

/** What only one instance's jobs may know: customers who are nobody's but that instance's. */
export interface OwnCustomers {
  ids: string[];
  /** Of accounts and organizations. */
  names: string[];
  /** Sold-to addresses and users. */
  addresses: string[];
}

/** Ids of accounts stand in these for both instances, but no name and no address (docs/threat-model.md). */
const IDS_OF_BOTH =
  /^(?:customer_ids|partner_ids|merged_accounts|(?:global|usgov)_moved)\.json$|\.manifest\.json$|^run\.json$/;

interface FoundRecord {
  salesforce_id?: string;
  name?: string;
  email?: string | null;
  sold_tos?: { email: string }[];
  organization_fields?: Record<string, unknown>;
  merged_into?: string;
}
/** The records of an artifact of a run, whichever job left it; empty where there is none. */
export type ReadRecords = (name: string) => Promise<FoundRecord[]>;

/**
 * Works out from everything that a run left whose customers are whose.
 *
 * @param overrides the overrides file: whom somebody wrote an override for is that instance's business, too
 */
export async function customersByInstance(
  read: ReadRecords,
  overrides: string,
): Promise<Record<InstanceName, OwnCustomers>> {
  const [global, usGovernment] = [await knownIn("global", read), await knownIn("us-government", read)];
  const only = (own: OwnCustomers, other: OwnCustomers, elsewhere: ReadonlySet<string>): OwnCustomers => ({
    // All subscriptions are there: whoever fell out of the other one for his age is known there, too.
    ids: without(
      own.ids.filter((id) => elsewhere.has(id)),
      other.ids,
    ),
    names: without(own.names, other.names),
    addresses: without(own.addresses, other.addresses),
  });
  const movedFrom = async (instance: InstanceName) =>
    new Set((await read(`${FILE_PREFIX[instance]}_moved.json`)).map(({ salesforce_id: id }) => id ?? ""));
  const overridden = parseOverrides(overrides, "overrides.yml").overrides.map((one) => one.salesforce_id);
  const merged = (await read("merged_accounts.json")).flatMap((one) => [
    one.salesforce_id ?? "",
    one.merged_into ?? "",
  ]);
  const forgotten = (customers: OwnCustomers) => ({
    ...customers,
    ids: without(customers.ids, [...merged, ...overridden]),
  });
  return {
    global: forgotten(only(global, usGovernment, await movedFrom("us-government"))),
    "us-government": forgotten(only(usGovernment, global, await movedFrom("global"))),
  };
}

async function knownIn(instance: InstanceName, read: ReadRecords): Promise<OwnCustomers> {
  const prefix = FILE_PREFIX[instance];
  const desired = await read(`${prefix}_accounts.json`);
  const organizations = await read(`zendesk_${prefix}.json`);
  const partners = instance === "global" ? await read("partner_accounts.json") : [];
  const users =
    instance === "us-government"
      ? [...(await read("usgov_users.json")), ...(await read("usgov_user_contacts.json"))]
      : [];
  const known = instance === "global" ? await read("zendesk_global_addresses.json") : [];
  const accounts = [...desired, ...partners];
  return {
    ids: [
      ...accounts.map(({ salesforce_id: id }) => id),
      ...organizations.map((one) => one.organization_fields?.salesforce_id),
    ].flatMap((id) => (typeof id === "string" && /^[A-Za-z0-9]{18}$/.test(id) ? [id] : [])),
    names: [...accounts, ...organizations].flatMap(({ name }) => (name ? [name.trim()] : [])),
    addresses: [...desired.flatMap(({ sold_tos: all = [] }) => all), ...users, ...known].flatMap(
      ({ email }) => email ?? [],
    ),
  };
}

/** Those that are in none of the others, not even as a part of them: then a text that has them speaks of them. */
function without(own: readonly string[], others: readonly string[]): string[] {
  const all = others.join("\n").toLowerCase();
  return [...new Set(own)].filter((one) => one.length > 5 && !all.includes(one.toLowerCase()));
}

/** Which files of a folder tell of customers, with what they tell first. Pages are opened, names sought as each kind of file writes them. */
export async function filesTelling(folder: string, { ids, names, addresses }: OwnCustomers): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // The configuration is people's own, one for both: what they protect stands in it.
    if (!entry.isFile() || entry.name === "zdsync.config.yml") continue;
    const text = wordsOf(await readFile(join(entry.parentPath, entry.name))).toLowerCase();
    const sought = [...names.flatMap((name) => [name, JSON.stringify(name).slice(1, -1)]), ...addresses];
    const told = [...(IDS_OF_BOTH.test(entry.name) ? [] : ids), ...sought].find((one) =>
      text.includes(one.toLowerCase()),
    );
    if (told !== undefined) found.push(`${entry.name}: ${told}`);
  }
  return found.sort();
}

/** A file as text, the blocks of a page opened. */
function wordsOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  const blocks = [...text.matchAll(/<script type="application\/octet-stream"[^>]*>([^<]*)<\/script>/g)];
  return [
    text,
    ...blocks.map(([, base64 = ""]) => inflateRawSync(Buffer.from(base64, "base64")).toString("utf8")),
  ].join("\n");
}

/** The instance that a job of a pipeline is for; null where it is for neither alone. */
export function instanceOfJob(job: string): InstanceName | null {
  if (job.endsWith("partner-sync")) return "global";
  if (job.endsWith("user-sync")) return "us-government";
  return INSTANCES.find((instance) => job.endsWith(`-${instance}`)) ?? null;
}
