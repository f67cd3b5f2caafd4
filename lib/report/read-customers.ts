import { COMPARISON } from "../domain/comparisons.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { ArtifactName } from "../storage/artifacts/schemas.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { accountKey, type Customer, type Customers, customerOf } from "./customers.ts";
import type { ReportSource } from "./report-source.ts";

/** Records whose customers a report tells. */
type Reported = Pick<ReportSource, "comparisons" | "notes">;

/**
 * What the files of a data directory say of the customers in a report: what process wants for them, else what Zendesk or Salesforce has.
 * Only their records are parsed, and of one instance only where no other is to be named. Files that are not there say nothing: a job of a
 * pipeline has not all of them.
 */
export async function readCustomers(
  store: ArtifactStore,
  reported: Reported,
  instances: readonly InstanceName[] = INSTANCES,
): Promise<Customers> {
  const accounts = accountsIn(reported);
  const desired = new Map<string, Customer>();
  const known = new Map<string, Customer>();
  const organizations = new Map<string, Customer>();
  if (accounts.size === 0) return { account: () => null, organization: () => null };
  for (const instance of instances) {
    const prefix = FILE_PREFIX[instance];
    for (const [id, customer] of await readAccounts(store, `${prefix}_accounts.json`, accounts))
      desired.set(`${instance} ${id}`, customer);
    const ids = organizationsIn(reported, instance);
    for (const [id, customer] of await readOrganizations(store, `zendesk_${prefix}.json`, ids))
      organizations.set(`${instance} ${id}`, customer);
  }
  const wanted = (id: string) => INSTANCES.flatMap((instance) => desired.get(`${instance} ${id}`) ?? [])[0];
  const unnamed = new Set([...accounts].filter((id) => !wanted(id)));
  // Salesforce's file has the customers of every instance.
  const others = instances.length === INSTANCES.length ? (["salesforce_accounts.json"] as const) : [];
  for (const file of ["partner_accounts.json", ...others] as const)
    for (const [id, customer] of await readAccounts(store, file, unnamed)) known.set(id, customer);
  return {
    account: (id, instance) => (instance && desired.get(`${instance} ${id}`)) || wanted(id) || known.get(id) || null,
    organization: (id, instance) => organizations.get(`${instance} ${id}`) ?? null,
  };
}

function accountsIn({ comparisons, notes }: Reported): Set<string> {
  const records = comparisons.flatMap((one) => [
    one.creates,
    one.updates,
    one.marks,
    one.contacts,
    one.notes,
  ]) as readonly (readonly { salesforce_id: string | null }[])[];
  const ids = new Set<string>();
  for (const list of [...records, notes])
    for (const { salesforce_id: id } of list) if (id !== null) ids.add(accountKey(id));
  return ids;
}

/** Those to be marked and those in notes: of others the change files and their accounts say enough. */
function organizationsIn({ comparisons }: Reported, instance: InstanceName): Set<string> {
  const ids = comparisons
    .filter(({ comparison: { name } }) => COMPARISON[name].instance === instance && name !== "usgov_user")
    .flatMap(({ marks, notes, contacts }) => [...marks, ...notes, ...contacts])
    .flatMap(({ id }) => (id === null ? [] : [String(id)]));
  return new Set(ids);
}

async function readAccounts(store: ArtifactStore, file: ArtifactName, ids: ReadonlySet<string>) {
  const found = await readWanted(store, file, ids, /"salesforce_id":"([A-Za-z0-9]{15,18})"/, accountKey);
  return found.flatMap((record): [string, Customer][] => {
    const { salesforce_id: id, name, organization_fields: fields, sold_tos: contacts } = record;
    if (typeof id !== "string") return [];
    const addresses = (Array.isArray(contacts) ? contacts : []).map((one) => String(one?.email ?? ""));
    return [[accountKey(id), customerOf(String(name ?? ""), objectOf(fields ?? record), addresses)]];
  });
}

async function readOrganizations(store: ArtifactStore, file: ArtifactName, ids: ReadonlySet<string>) {
  const found = await readWanted(store, file, ids, /^\{"id":(\d+)/, (id) => id);
  return found.flatMap(({ id, name, organization_fields: fields }): [string, Customer][] => [
    [String(id), customerOf(String(name ?? ""), objectOf(fields))],
  ]);
}

/** Records of which the first match names a wanted id; those in which it finds none are taken, too. */
async function readWanted(
  store: ArtifactStore,
  file: ArtifactName,
  ids: ReadonlySet<string>,
  idIn: RegExp,
  keyOf: (id: string) => string,
) {
  if (ids.size === 0) return [];
  const records = await store.readSome(file, (beginning) => {
    const id = idIn.exec(beginning)?.[1];
    return id === undefined || ids.has(keyOf(id));
  });
  return (records ?? []).map(objectOf);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
