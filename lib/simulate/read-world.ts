import { readKnownAddresses } from "../changesets/contacts-plan.ts";
import type { Day } from "../domain/dates.ts";
import { FILE_PREFIX, INSTANCES } from "../domain/instance.ts";
import { ArtifactError } from "../errors.ts";
import { quarantinedIn } from "../storage/artifacts/origin.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import type { GatheredWorld } from "./compare-by-rules.ts";

/** Reads what a run gathered. Throws as `ArtifactStore.read`, and where the organizations of both instances are missing. */
export async function readGatheredWorld(
  store: ArtifactStore,
  fallbackToday: Day,
): Promise<{ run_id: string; world: GatheredWorld }> {
  const accounts = await store.read("salesforce_accounts.json");
  const partners = await store.readIfThere("partner_accounts.json");
  const merged = await store.readIfThere("merged_accounts.json");
  const organizations: GatheredWorld["organizations"] = {};
  const read = [];
  let addresses: GatheredWorld["addresses"] = null;
  for (const instance of INSTANCES) {
    const artifact = await store.readIfThere(`zendesk_${FILE_PREFIX[instance]}.json`);
    if (!artifact) continue;
    organizations[instance] = artifact.records;
    read.push(artifact);
    if (instance === "global") addresses = (await readKnownAddresses(store, artifact))?.records ?? null;
  }
  if (read.length === 0)
    throw new ArtifactError(
      `${store.directory} has the organizations of neither instance. Run zdsync preview, or point --data-dir at the folder that has them.`,
    );
  const gatheredAt = read.flatMap(({ manifest }) => manifest?.gathered_at ?? []).sort();
  return {
    run_id: accounts.manifest?.run_id ?? "unknown",
    world: {
      today: accounts.manifest?.today ?? fallbackToday,
      accounts: accounts.records,
      partners: partners?.records ?? null,
      merged: merged?.records ?? [],
      organizations,
      gathered_at: gatheredAt[0] ?? `${accounts.manifest?.today ?? fallbackToday}T00:00:00Z`,
      addresses,
      people: await readPeople(store),
      quarantined: quarantinedIn([accounts, partners, ...read]),
    },
  };
}

/** Users of us-government and their contacts; null where these organizations' run did not come to them. */
async function readPeople(store: ArtifactStore): Promise<GatheredWorld["people"]> {
  const manifests = [];
  for (const name of ["zendesk_usgov.json", "usgov_users.json", "usgov_user_contacts.json"] as const)
    manifests.push(await store.readManifest(name));
  const [organizations, ...others] = manifests;
  if (!others.every((one) => one !== null && one.run_id === organizations?.run_id)) return null;
  const users = await store.readIfThere("usgov_users.json");
  const contacts = await store.readIfThere("usgov_user_contacts.json");
  return users && contacts && { users: users.records, contacts: contacts.records };
}
