import { leftAloneIn } from "../artifacts/origin.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { Day } from "../domain/dates.ts";
import { FILE_PREFIX, INSTANCES } from "../domain/instance.ts";
import { ArtifactError } from "../errors.ts";
import type { GatheredWorld } from "./simulate.ts";

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
  for (const instance of INSTANCES) {
    const artifact = await store.readIfThere(`zendesk_${FILE_PREFIX[instance]}.json`);
    if (!artifact) continue;
    organizations[instance] = artifact.records;
    read.push(artifact);
  }
  if (read.length === 0)
    throw new ArtifactError(
      `${store.directory} has the organizations of neither instance. Run zdsync preview, or point --data-dir at the folder that has them.`,
    );
  return {
    run_id: accounts.manifest?.run_id ?? "unknown",
    world: {
      today: accounts.manifest?.today ?? fallbackToday,
      accounts: accounts.records,
      partners: partners?.records ?? null,
      merged: merged?.records ?? [],
      organizations,
      leftAlone: leftAloneIn([accounts, partners, ...read]),
    },
  };
}
