import type { Create } from "../domain/changeset.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { isRecent } from "../domain/recent-organizations.ts";
import { StoppedError } from "../errors.ts";
import { type Result, unattemptedBy } from "../storage/artifacts/results.ts";
import { inJobs, unattemptedReason } from "./apply-in-jobs.ts";
import {
  type ContactPlacement,
  canStart,
  type NewOrganization,
  place,
  plannedOf,
  skip,
  type WithoutContacts,
} from "./place-contacts.ts";

/** A list of organizations may be so old that contacts are planned by it which were due then, and are not quite any more. */
const READ_AT_MOST_MS = 24 * 60 * 60 * 1000;

/** Places the contacts of organizations that a job has just created; those of organizations that it did not are accounted for. Never throws. */
export async function placeInCreated(
  batch: readonly Create[],
  created: readonly Result[],
  placement: ContactPlacement,
): Promise<WithoutContacts[]> {
  const { inCreated, isDue } = placement.plan;
  const organizations: NewOrganization[] = [];
  for (const [index, { salesforce_id, name }] of batch.entries()) {
    const all = inCreated.get(salesforce_id) ?? [];
    const own = all.filter(isDue);
    await skip(
      all.filter((one) => !isDue(one)),
      reason("contact.not_due"),
      placement,
    );
    const { id = null, outcome = "failed", reason: why = null } = created[index] ?? {};
    if (id === null || outcome === "failed") {
      await skip(own, notCreated(why), placement);
      continue;
    }
    const createdByThisRun = outcome === "applied";
    // One that was there already may be of any age: without the channel's history it is not called new (Y4).
    const created_at = createdByThisRun ? placement.now.toISOString() : new Date(0).toISOString();
    organizations.push({ id, salesforce_id, name, created_at, createdByThisRun, sold_tos: own });
  }
  const fresh = organizations.filter(({ createdByThisRun }) => createdByThisRun);
  const found = organizations.filter(({ createdByThisRun }) => !createdByThisRun);
  return [...(await place(fresh, placement)), ...(await place(await confirmedRecent(found, placement), placement))];
}

/** Places what is planned for organizations that earlier runs created, in jobs: a stop need not wait for all (Y3). Never throws. */
export async function placeInExisting(placement: ContactPlacement): Promise<WithoutContacts[]> {
  const { inExisting, isDue } = placement.plan;
  const known = new Map(placement.due.map((one) => [one.id, one]));
  for (const own of inExisting.values())
    await skip(
      own.filter((one) => !isDue(one)),
      reason("contact.not_due"),
      placement,
    );
  const organizations = [...known.values()].map((organization): NewOrganization => {
    const own = (inExisting.get(organization.id) ?? []).filter(isDue);
    return { ...organization, createdByThisRun: false, sold_tos: own };
  });
  const without: WithoutContacts[] = [];
  for (const job of inJobs(organizations)) {
    if (await canStart(job, placement))
      without.push(...(await place(await confirmedRecent(job, placement), placement)));
  }
  return without;
}

/**
 * Only what this system created a short while ago gets contacts, and the list that says so was made by an earlier job: the organizations
 * are looked at again, a hundred with one request (S4). What is planned for others is skipped. Never throws.
 */
async function confirmedRecent(
  job: readonly NewOrganization[],
  placement: ContactPlacement,
): Promise<NewOrganization[]> {
  const { connection, errors, now } = placement;
  const { reader, stoppable = reader } = connection;
  const ids = job.flatMap(({ id, sold_tos }) => (sold_tos.length > 0 ? [id] : []));
  if (ids.length === 0) return [...job];
  try {
    const live = new Map((await stoppable.organizationsById(ids)).map((one) => [one.id, one]));
    const asOf = new Date(now.getTime() - READ_AT_MOST_MS);
    const isConfirmed = ({ id, salesforce_id, sold_tos }: NewOrganization) => {
      const found = live.get(id);
      return sold_tos.length === 0 || (found && accountIdOf(found) === salesforce_id && isRecent(found, asOf));
    };
    const others = job.filter((one) => !isConfirmed(one));
    await skip(others.flatMap(plannedOf), reason("contact.not_due"), placement);
    return job.filter(isConfirmed);
  } catch (error) {
    const stopped = error instanceof StoppedError;
    if (!stopped) errors.push(error);
    await skip(job.flatMap(plannedOf), unattemptedReason(stopped ? "stopped" : "failed", placement.stop), placement);
    return [];
  }
}

/** The reason of a create that was not even begun holds for its contacts, too. */
function notCreated(why: Reason | null): Reason {
  return why && unattemptedBy(why) ? why : reason("contact.organization_not_created");
}
