import type { Comparison } from "../domain/comparisons.ts";
import { sha256Of } from "../storage/artifacts/store.ts";

/** Change files of a comparison, in their order: what they hold, and their bytes. */
export interface ChangeFile {
  records: readonly unknown[];
  bytes: Buffer;
}

/** Format of a digest over the changes of a whole run: short enough to be typed. */
export const WHOLE_DIGEST = /^[0-9a-f]{16}$/;

/**
 * The digest of a comparison: over the bytes of its change files. Users are bound by account and address instead of by the ids of their
 * organizations: those that are only planned have none yet, and what was reviewed must still be the same once they are created. 64 digits. Pure.
 */
export function changesDigest(comparison: Comparison, files: readonly ChangeFile[]): string {
  if (comparison !== "usgov_user") return sha256Of(...files.map(({ bytes }) => bytes));
  return sha256Of(JSON.stringify(files.map(({ records }) => records.map((record) => byAccount(record as UserRecord)))));
}

/** One digest over those of all comparisons of a run, whatever their order. 16 digits. Pure. */
export function wholeDigest(digests: readonly string[]): string {
  return sha256Of([...digests].sort().join("\n")).slice(0, 16);
}

interface UserRecord {
  salesforce_id: string | null;
  organization_id?: number;
  change?: { organization_id?: number | null };
}

/** A user's record with the account in the place of its organization: `salesforce_id` is the account whose organization it is. */
function byAccount({ organization_id, change, ...rest }: UserRecord): unknown {
  const account = rest.salesforce_id;
  return {
    ...rest,
    ...(organization_id === undefined ? {} : { organization_of: account }),
    ...(change === undefined
      ? {}
      : { change: change.organization_id === undefined ? change : { ...change, organization_id: account } }),
  };
}
