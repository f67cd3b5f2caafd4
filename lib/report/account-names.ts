import type { UsGovernmentShown } from "../domain/config.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { knownToGlobal } from "./known-to-global.ts";

/**
 * What the accounts with these ids are called, by id: as Salesforce has it, else as their organizations are called (what is to be marked
 * is often gone from Salesforce). Those that no file names are left out, and with `ids_only` those that global's own files do not name.
 * Throws where a file is damaged.
 */
export async function readAccountNames(
  store: ArtifactStore,
  ids: readonly string[],
  usGovernment: UsGovernmentShown,
): Promise<Map<string, string>> {
  const global = usGovernment === "ids_only" ? await readKnownToGlobal(store) : null;
  const asked = new Set(ids.filter((id) => global?.has(toId18(id) ?? id) ?? true));
  const names = new Map<string, string>();
  const note = (given: string | null, name: string) => {
    const id = given === null ? null : (toId18(given) ?? given);
    if (id !== null && asked.has(id) && !names.has(id) && name.trim() !== "") names.set(id, name);
  };
  for (const file of ["salesforce_accounts.json", "partner_accounts.json"] as const)
    for (const { salesforce_id, name } of (await store.readIfThere(file))?.records ?? []) note(salesforce_id, name);
  const zendesk = [
    "zendesk_global.json",
    ...(usGovernment === "names" ? (["zendesk_usgov.json"] as const) : []),
  ] as const;
  for (const file of zendesk) {
    if (names.size === asked.size) break;
    for (const one of (await store.readIfThere(file))?.records ?? [])
      note(accountIdOf(one) ?? externalAccountIdOf(one), one.name);
  }
  return names;
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
