import type { ArtifactStore } from "../artifacts/store.ts";

/** What the accounts with these ids are called, by id; those that are not in the file are left out. Throws where it is damaged. */
export async function readAccountNames(store: ArtifactStore, ids: readonly string[]): Promise<Map<string, string>> {
  const asked = new Set(ids);
  const accounts = (await store.readIfThere("salesforce_accounts.json"))?.records ?? [];
  return new Map(accounts.flatMap(({ salesforce_id: id, name }) => (asked.has(id) ? [[id, name] as const] : [])));
}
