import type { CustomersInput } from "../domain/compare-customers.ts";
import type { Config } from "../domain/config.ts";
import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import type { MergedAccount } from "../domain/merged-account.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { partnerIdsByOrganization } from "../domain/organization-scope.ts";
import type { KnownAddress } from "../domain/plan-contacts.ts";
import { mergesOf, protectionsOf } from "../domain/protections.ts";
import {
  type AccountIds,
  idsIn,
  readCustomerIds,
  readMergedAccounts,
  readMovedAccounts,
  readPartnerIds,
} from "../storage/artifacts/account-ids.ts";
import { quarantinedIn } from "../storage/artifacts/origin.ts";
import type { Artifact, ArtifactStore } from "../storage/artifacts/store.ts";
import type { LimitInputs } from "./constraints.ts";
import { readKnownAddresses } from "./contacts-plan.ts";

/** Everything that the customers of an instance are compared from: `compare` reads it, and `sync` again. */
export interface CustomersSources {
  instance: InstanceName;
  desired: Artifact<DesiredOrganization>;
  organizations: Artifact<Organization>;
  customers: AccountIds;
  /** Null where nothing says who is a partner (A3). */
  partners: AccountIds | null;
  /** Null where nobody asked for merged accounts (C9). */
  merged: Artifact<MergedAccount> | null;
  /** Null where nobody says who moved to the other instance (C9). */
  moved: AccountIds | null;
  /** Null where nothing is known of contacts, and in us-government. */
  addresses: Artifact<KnownAddress> | null;
}

/** Reads the artifacts of earlier stages. Throws as `ArtifactStore.read`. */
export async function readCustomersSources(
  instance: InstanceName,
  store: ArtifactStore,
  warn: (message: string) => void,
): Promise<CustomersSources> {
  const prefix = FILE_PREFIX[instance];
  const desired = await store.read(`${prefix}_accounts.json`);
  const organizations = await store.read(`zendesk_${prefix}.json`);
  const customers = await readCustomerIds(store);
  const partners = await readPartnerIds(store);
  const merged = await readMergedAccounts(store, warn);
  const moved = await readMovedAccounts(store, instance, warn);
  const addresses = instance === "global" ? await readKnownAddresses(store, organizations) : null;
  return { instance, desired, organizations, customers, partners, merged, moved, addresses };
}

/** The artifacts themselves, for what is said of all of them. */
export function artifactsOf(sources: CustomersSources): Artifact<unknown>[] {
  const { desired, organizations, customers, partners, merged, moved, addresses } = sources;
  return [desired, organizations, customers, partners, merged, moved, addresses].flatMap((one) => one ?? []);
}

/** Returns the input of the comparison of customers, protections included. Pure. */
export function customersInput(
  sources: CustomersSources,
  config: Config,
  inputs: Pick<LimitInputs, "allow">,
): CustomersInput {
  const { instance, desired, organizations, customers, partners, merged, moved } = sources;
  return {
    instance,
    desired: desired.records,
    organizations: organizations.records,
    partnerIds: partners ? idsIn(partners) : partnerIdsByOrganization(organizations.records),
    accountIds: idsIn(customers),
    merges: mergesOf(merged, inputs),
    movedAccounts: config.moved_organizations === "report" && moved ? idsIn(moved) : new Set(),
    ...protectionsOf(config, quarantinedIn(artifactsOf(sources))),
  };
}
