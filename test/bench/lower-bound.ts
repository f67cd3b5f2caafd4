import type { RemoteLimits } from "./situations.ts";

/** What a run finds and has to change: counts of records. */
export interface BoundWorld {
  /** Rows that the queries of accounts, partners, subscriptions and charges answer, and that of contacts. */
  salesforceRows: number;
  contactRows: number;
  instances: readonly BoundInstance[];
}

export interface BoundInstance {
  /** There before the run; in us-government users are listed, too (U2), in global none. */
  organizations: number;
  listedUsers: number;
  /** Records that an incremental export tells of since the last run; `snapshot` only. */
  organizationsTouched: number;
  usersTouched: number;
  organizationsCreated: number;
  organizationsUpdated: number;
  usersCreated: number;
  usersUpdated: number;
}

/**
 * How an instance's records are known: `listing`, every page of them; `snapshot`, what an incremental export tells on top of what the
 * last run kept.
 */
export type BoundPath = "listing" | "snapshot";

export interface Bound {
  seconds: number;
  /** The fewest requests, of Salesforce and of each instance. */
  salesforceRequests: number;
  instanceRequests: number[];
}

/** Account ids to a query of contacts (U3); longer ones do not fit into a request line. */
const CONTACT_CHUNK = 500;
const SECOND = 1000;

/**
 * The least time a run can take against remotes with these limits, in seconds, among all runs that ask the fewest requests; and those
 * requests. No work of processors is in it. It allows everything that the rules and the remotes do not forbid: Salesforce's pages come in
 * so many streams at once, both instances and Salesforce side by side, a cursor's pages one after the other, jobs are full and as many at
 * once as there may be, one poll sees the end of all that run. It keeps what safety asks for: a look before each write (S4) and one after
 * it (Y6), contacts after their organization. Requests beyond a minute's quota wait for the next one; a run begins with a minute.
 * Pure.
 *
 * @param limits milliseconds, rows and requests of the remotes
 * @param bulkUsers whether users can be created in jobs; else each is a request of its own
 */
export function lowerBound(
  { salesforceRows, contactRows, instances }: BoundWorld,
  path: BoundPath,
  limits: RemoteLimits,
  bulkUsers: boolean,
): Bound {
  const { salesforcePageRows, salesforceStreams, salesforcePageMs, otherRequestMs } = limits;
  const contactQueries = Math.max(
    ...instances.map(({ listedUsers, organizations, organizationsCreated }) =>
      listedUsers > 0 ? Math.ceil((organizations + organizationsCreated) / CONTACT_CHUNK) : 0,
    ),
    Math.ceil(contactRows / salesforcePageRows),
  );
  // Accounts that were merged into others are a query of their own (C9).
  const pages = atLeastOne(salesforceRows / salesforcePageRows) + contactQueries + 1;
  const salesforceMs = otherRequestMs + Math.ceil(pages / salesforceStreams) * salesforcePageMs;
  const own = instances.map((instance) => {
    const reading = readingOf(instance, path, limits);
    const writing = writingOf(instance, limits, bulkUsers);
    const requests = reading.requests + writing.requests;
    const quotaMs = (Math.ceil(requests / limits.zendeskRequestsPerMinute) - 1) * 60 * SECOND;
    return { requests, ms: Math.max(Math.max(salesforceMs, reading.ms) + writing.ms, quotaMs) };
  });
  return {
    seconds: Math.max(salesforceMs, ...own.map(({ ms }) => ms)) / SECOND,
    salesforceRequests: 1 + pages,
    instanceRequests: own.map(({ requests }) => requests),
  };
}

interface Part {
  ms: number;
  requests: number;
}

/** Log-in, then the lists beside each other; the proof of the instance (O2) is one request beside them. */
function readingOf(instance: BoundInstance, path: BoundPath, limits: RemoteLimits): Part {
  const { zendeskPageRows, zendeskExportRows, zendeskRequestMs } = limits;
  const rows = path === "listing" ? zendeskPageRows : zendeskExportRows;
  const { organizations, organizationsTouched, listedUsers, usersTouched } = instance;
  const lists =
    path === "listing"
      ? [organizations, ...(listedUsers > 0 ? [listedUsers] : [])]
      : [organizationsTouched, ...(listedUsers > 0 ? [usersTouched] : [])];
  const pages = lists.map((list) => atLeastOne(list / rows));
  return {
    ms: (1 + Math.max(...pages)) * zendeskRequestMs,
    requests: 2 + pages.reduce((sum, one) => sum + one, 0),
  };
}

function writingOf(instance: BoundInstance, limits: RemoteLimits, bulkUsers: boolean): Part {
  const { zendeskBulkRows, zendeskRequestMs, zendeskJobRowMs, zendeskJobsInFlight } = limits;
  const { organizationsCreated, organizationsUpdated, usersCreated, usersUpdated } = instance;
  const singles = bulkUsers ? 0 : usersCreated;
  const inJobs = [organizationsCreated, organizationsUpdated, usersCreated - singles, usersUpdated];
  const rows = inJobs.reduce((sum, one) => sum + one, 0);
  if (rows + singles === 0) return { ms: 0, requests: 0 };
  const jobs = inJobs.reduce((sum, one) => sum + Math.ceil(one / zendeskBulkRows), 0);
  const roundTrip = zendeskRequestMs;
  // Handing a job in, its rows, and the poll that sees its end.
  const jobMs = (count: number) =>
    count === 0 ? 0 : 2 * roundTrip + Math.min(count, zendeskBulkRows) * zendeskJobRowMs;
  const users = singles > 0 ? roundTrip : Math.max(jobMs(usersCreated), jobMs(usersUpdated));
  const chain = Math.max(jobMs(organizationsCreated) + users, jobMs(organizationsUpdated));
  const allRowsMs = (rows * zendeskJobRowMs) / zendeskJobsInFlight + 2 * roundTrip;
  const polls = Math.ceil(jobs / zendeskJobsInFlight);
  const readBack = Math.ceil(singles / zendeskBulkRows);
  return {
    ms: roundTrip + Math.max(chain, allRowsMs) + roundTrip,
    requests: 3 * jobs + polls + singles + readBack,
  };
}

/** A list without rows is one page, too. */
function atLeastOne(pages: number): number {
  return Math.max(1, Math.ceil(pages));
}
