import type { ResultsToUndo } from "../changesets/results-to-undo.ts";
import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import type { Config } from "../domain/config.ts";
import type { ZendeskReader } from "../remotes/zendesk/ports.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { sha256Of } from "../storage/artifacts/store.ts";
import type { OrganizationChange } from "../sync/organization-rows.ts";
import type { UserRow } from "../sync/user-rows.ts";
import { organizationUndoRows } from "./organization-undo-rows.ts";
import { movesUser, userUndoRows } from "./user-undo-rows.ts";
import { mayBeWritten, wasWritten } from "./written-in-part.ts";

/** The way back of one results file, as it would be taken now. */
export interface UndoPlan {
  comparison: Comparison;
  organizations: OrganizationChange[];
  users: UserRow[];
  /** Written records that stay as they are, each with the reason. */
  left: Result[];
  /** Over everything that would be written: what `--expect` binds an undo to. */
  digest: string;
}

/** Reads what the records of a results file are like now, and works out the way back (S8). Reads only. */
export async function planUndo(
  { comparison, results }: ResultsToUndo,
  config: Config,
  reader: ZendeskReader,
): Promise<UndoPlan> {
  const written = results.filter((result) => wasWritten(result) || mayBeWritten(result));
  const ofUsers = written.filter(({ effect }) => effect === "contact" || comparison === "usgov_user");
  const ofOrganizations = written.filter((result) => !ofUsers.includes(result));
  const organizations = organizationUndoRows(ofOrganizations, {
    instance: COMPARISON[comparison].instance,
    organizations: byId(await reader.organizationsById(idsOf(ofOrganizations))),
    protectedIds: new Set(config.protected_ids),
  });
  const users = userUndoRows(ofUsers, await usersNow(ofUsers, config, reader));
  return {
    comparison,
    organizations: organizations.rows,
    users: users.rows,
    left: [...organizations.left, ...users.left],
    digest: digestOf(comparison, [...organizations.rows, ...users.rows]),
  };
}

/** The one digest of several ways back: of one it is its own. What `--expect` binds the undo of a whole run to. */
export function digestOfAll(plans: readonly UndoPlan[]): string {
  const digests = plans.map(({ digest }) => digest).sort();
  return digests.length === 1 ? (digests[0] ?? "") : sha256Of(JSON.stringify(digests));
}

async function usersNow(results: readonly Result[], config: Config, reader: ZendeskReader) {
  const memberships = new Map<number, number>();
  for (const result of results.filter(movesUser)) {
    const found = await reader.usersByAddress(String(result.after.email ?? ""));
    for (const { id, organization_ids } of found) memberships.set(id, organization_ids.length);
  }
  const fields = results.length > 0 ? await reader.userFields() : [];
  return {
    users: byId(await reader.usersById(idsOf(results))),
    memberships,
    protectedAddresses: {
      domains: new Set(config.protected_email_domains),
      addresses: new Set(config.protected_emails),
    },
    canBeMarked: fields.some(({ key, active }) => key === config.user_mark_field && active),
  };
}

function digestOf(comparison: Comparison, rows: readonly (OrganizationChange | UserRow)[]): string {
  const written = rows.map((row) => ["listed" in row ? "user" : "organization", row.id, row.before, row.change]);
  return sha256Of(JSON.stringify([comparison, written]));
}

function idsOf(results: readonly Result[]): number[] {
  return [...new Set(results.flatMap(({ id }) => id ?? []))].sort((one, other) => one - other);
}

function byId<T extends { id: number }>(records: readonly T[]): Map<number, T> {
  return new Map(records.map((record) => [record.id, record]));
}
