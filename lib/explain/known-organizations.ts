import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { ArtifactError } from "../errors.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { readOwnFile } from "../storage/files/own-files.ts";
import { RecordLines } from "./record-lines.ts";

/**
 * Ids of the organizations that named an account (18 characters) in `salesforce_id` when the last run gathered them; none where a data
 * directory has no organizations, or damaged ones: they only say where to look.
 */
export async function knownOrganizations(
  store: ArtifactStore,
  instance: InstanceName,
  account: string,
): Promise<number[]> {
  const name = `zendesk_${FILE_PREFIX[instance]}.json` as const;
  try {
    const bytes = await readOwnFile(store.path(name));
    const found = bytes ? new RecordLines(name, bytes).with([`"${account.slice(0, 15)}`]) : [];
    return found.filter((one) => accountIdOf(one) === account).map(({ id }) => id);
  } catch (error) {
    if (error instanceof ArtifactError) return [];
    throw error;
  }
}
