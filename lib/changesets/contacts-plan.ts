import type { Create } from "../domain/changeset.ts";
import type { Config } from "../domain/config.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { addressStates, type ContactsPlan, type KnownAddress, planContacts } from "../domain/plan-contacts.ts";
import { protectedAddressesOf } from "../domain/protections.ts";
import { type DueOrganization, dueOrganizations, organizationsOfFirstFill } from "../domain/recent-organizations.ts";
import type { Artifact, ArtifactStore } from "../storage/artifacts/store.ts";

/** Artifacts that contacts of global are planned from (C10). */
export interface ContactsSources {
  creates: readonly Create[];
  organizations: Artifact<Organization>;
  desired: Artifact<DesiredOrganization>;
  /** Null where nothing is known. */
  addresses: Artifact<KnownAddress> | null;
  config: Config;
  /** Used only if the organizations have no manifest that says when they were gathered. */
  now: Date;
}

/** The contacts that are due, and the plan for them. */
export interface DueContacts {
  plan: ContactsPlan;
  /** Organizations that exist and whose contacts are due (Y3). */
  due: DueOrganization[];
  /** Organizations that a first fill created: their contacts count for no limit (S2). */
  ofFirstFill: ReadonlySet<number>;
}

/** The contacts of global that are due, as of the moment at which the organizations were gathered: the same for every stage. Pure. */
export function dueContacts({ creates, organizations, desired, addresses, config, now }: ContactsSources): DueContacts {
  const gathered = organizations.manifest ? new Date(organizations.manifest.gathered_at) : now;
  const due = dueOrganizations(organizations.records, desired.records, gathered);
  const plan = planContacts({
    creates,
    due,
    known: addressStates(addresses?.records ?? []),
    protectedAddresses: protectedAddressesOf(config),
    maximum: config.max_contacts_per_organization,
  });
  const ofFirstFill = organizationsOfFirstFill(organizations.records, gathered, config.limits.global.minimum_existing);
  return { plan, due, ofFirstFill };
}

/** Reads what gather-orgs found out about addresses in the run that listed these organizations; null if it found out nothing. */
export async function readKnownAddresses(
  store: ArtifactStore,
  { manifest }: Artifact<Organization>,
): Promise<Artifact<KnownAddress> | null> {
  const known = await store.readManifest("zendesk_global_addresses.json");
  if (!known || known.run_id !== manifest?.run_id) return null;
  return store.readIfThere("zendesk_global_addresses.json");
}
