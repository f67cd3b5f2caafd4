import type { ArtifactStore } from "../artifacts/store.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { UsGovernmentShown } from "./tell-organizations.ts";
import { knownToGlobal } from "./withhold-names.ts";

/**
 * What the accounts with these ids are called, by id; those that are not in the file are left out, and with `ids_only` those that
 * global's own files do not name. Throws where a file is damaged.
 */
export async function readAccountNames(
  store: ArtifactStore,
  ids: readonly string[],
  usGovernment: UsGovernmentShown,
): Promise<Map<string, string>> {
  const global = usGovernment === "ids_only" ? await readKnownToGlobal(store) : null;
  const asked = new Set(ids.filter((id) => global?.has(toId18(id) ?? id) ?? true));
  const accounts = (await store.readIfThere("salesforce_accounts.json"))?.records ?? [];
  return new Map(accounts.flatMap(({ salesforce_id: id, name }) => (asked.has(id) ? [[id, name] as const] : [])));
}

async function readKnownToGlobal(store: ArtifactStore): Promise<ReadonlySet<string>> {
  const names = ["global_accounts.json", "partner_accounts.json", "zendesk_global.json"] as const;
  const [accounts, partners, organizations] = names;
  return knownToGlobal({
    [accounts]: (await store.readIfThere(accounts))?.records ?? [],
    [partners]: (await store.readIfThere(partners))?.records ?? [],
    [organizations]: (await store.readIfThere(organizations))?.records ?? [],
  });
}
