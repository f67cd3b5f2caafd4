import type { FoundUser, ListedUser } from "../../domain/listed-user.ts";
import type { Organization } from "../../domain/organization.ts";
import { addressKey } from "../../domain/protected-address.ts";
import { nameKey } from "../../domain/value-equality.ts";
import { RemoteError } from "../../errors.ts";
import { allOrganizations, countOf } from "./all-organizations.ts";
import { changedUsers } from "./changed-users.ts";
import { ZendeskClient, type ZendeskOptions } from "./client.ts";
import { listAll, type RecordOf, readRows, rowsOf } from "./list.ts";
import type { Page, ZendeskConnection, ZendeskReader } from "./ports.ts";
import type { WIRE } from "./schema.ts";
import type { SnapshotOptions } from "./snapshot/keeper.ts";
import { withSnapshots } from "./snapshot/reader.ts";

/** Ids that one `show_many` takes. */
const IDS_PER_REQUEST = 100;
/** Zendesk's search ends after a thousand results (facts/zendesk.md 5). */
const MAX_SEARCH_PAGES = 10;

/** A reader of one instance, with a token that can only read (S9). */
export function createZendeskReader(options: ZendeskOptions): ZendeskReader {
  return readerOn(new ZendeskClient(options, "read"));
}

/** Readers of one instance with one token. */
export interface ZendeskReaders extends Pick<Required<ZendeskConnection>, "reader" | "stoppable"> {
  /** As `stoppable`, for what a run reads before it writes: its lists may come from a snapshot (decision 54). */
  listing: ZendeskReader;
}

/** The same several times with one token: all but the first one's reads end at once when the signal says so. */
export function createZendeskReaders(
  options: ZendeskOptions,
  signal: AbortSignal,
  snapshot: SnapshotOptions | null = null,
): ZendeskReaders {
  const client = new ZendeskClient(options, "read");
  const ending = client.endingReadsAt(signal);
  const stoppable = readerOn(ending);
  const listing = snapshot ? withSnapshots(stoppable, ending, snapshot) : stoppable;
  return { reader: readerOn(client), stoppable, listing };
}

/** A reader over a client that others may share. */
export function readerOn(client: ZendeskClient): ZendeskReader {
  return {
    instance: client.instance,
    host: client.host,
    organizationFields: () => allOf(listAll(client, "organization_fields", "/organization_fields")),
    userFields: () => allOf(listAll(client, "user_fields", "/user_fields")),
    organizations: (options) => allOrganizations(client, options),
    organizationCount: () => countOf(client),
    organizationsById: (ids) => knownById(client, "organizations", ids),
    organizationsByExternalId: (ids) => showMany(client, "organizations", "external_ids", ids),
    organizationsByName: (name) => organizationsByName(client, name),
    users: () => listAll(client, "users", "/users", { confirmEnd: true }),
    changedUsers: (since) => changedUsers(client, since),
    memberships: () => listAll(client, "organization_memberships", "/organization_memberships", { confirmEnd: true }),
    usersById: (ids) => knownById(client, "users", ids),
    usersByAddress: (email) => usersByAddress(client, email),
    organizationIdsOfUser: (id) => organizationIdsOfUser(client, id),
    usersOfOrganization: (id) => allOf(listAll(client, "users", `/organizations/${id}/users`)),
  };
}

/** All records of a list that must be readable one and all. */
async function allOf<T>(pages: AsyncIterable<Page<T>>): Promise<T[]> {
  const records: T[] = [];
  for await (const page of pages) records.push(...readable(page));
  return records;
}

/**
 * Records by ids that somebody has seen. Whoever is missing from the answer is asked for once more before it counts as gone: one answer
 * that leaves out a record that is there would end the hour's work on it.
 */
async function knownById<K extends "organizations" | "users">(
  client: ZendeskClient,
  kind: K,
  ids: readonly number[],
): Promise<RecordOf<K>[]> {
  const found = await showMany(client, kind, "ids", ids);
  const there = new Set(found.map(({ id }) => id));
  const missing = ids.filter((id) => !there.has(id));
  const late = await showMany(client, kind, "ids", missing);
  return [...found, ...late].sort((one, other) => one.id - other.id);
}

/** Records by id, in hundreds; Zendesk answers in an order of its own and leaves out what does not exist. */
async function showMany<K extends "organizations" | "users">(
  client: ZendeskClient,
  kind: K,
  parameter: "ids" | "external_ids",
  ids: readonly (number | string)[],
): Promise<RecordOf<K>[]> {
  const records: RecordOf<K>[] = [];
  for (let start = 0; start < ids.length; start += IDS_PER_REQUEST) {
    const chunk = ids.slice(start, start + IDS_PER_REQUEST).map((id) => encodeURIComponent(id));
    records.push(
      ...readable(pageOf(await client.get(`/${kind}/show_many?${parameter}=${chunk.join(",")}`), kind, client)),
    );
  }
  return records.sort((one, other) => one.id - other.id);
}

async function organizationsByName(client: ZendeskClient, name: string): Promise<Organization[]> {
  const found = readable(
    pageOf(await client.get(`/organizations/search?name=${encodeURIComponent(name.trim())}`), "organizations", client),
  );
  return found.filter((organization) => nameKey(organization.name) === nameKey(name));
}

/**
 * Users with exactly this address. The search is an index over everything a user has, and lags: what it finds is filtered
 * here, by primary address first, then by every address of the user.
 */
async function usersByAddress(client: ZendeskClient, email: string): Promise<FoundUser[]> {
  const address = addressKey(email);
  const found: FoundUser[] = [];
  for (const user of await searchUsers(client, address)) {
    const by = user.email === address ? "primary" : (await addressesOf(client, user)).has(address) ? "secondary" : null;
    if (by) found.push({ ...user, by, organization_ids: await organizationIdsOf(client, user) });
  }
  return found.sort((one, other) => one.id - other.id);
}

/** Similar addresses are found as well, so the one that is meant may be on a later page. */
async function searchUsers(client: ZendeskClient, address: string): Promise<ListedUser[]> {
  const users = new Map<number, ListedUser>();
  let next: string | null = `/users/search?query=${encodeURIComponent(addressQuery(address))}`;
  for (let page = 1; next !== null && page <= MAX_SEARCH_PAGES; page++) {
    const body: unknown = await client.get(next);
    for (const user of readable(pageOf(body, "users", client))) users.set(user.id, user);
    next = nextPageOf(body);
  }
  return [...users.values()];
}

/** Plain where that is safe; in quotes where a character of the address means something to the search. */
function addressQuery(address: string): string {
  return /^[a-z0-9._%+@-]+$/.test(address) ? `email:${address}` : `email:"${address.replace(/["\\]/g, "")}"`;
}

function nextPageOf(body: unknown): string | null {
  const next = typeof body === "object" && body !== null ? (body as Record<string, unknown>).next_page : null;
  return typeof next === "string" ? next : null;
}

async function addressesOf(client: ZendeskClient, user: ListedUser): Promise<Set<string>> {
  const identities = await allOf(listAll(client, "identities", `/users/${user.id}/identities`));
  return new Set(identities.flatMap(({ type, value }) => (type === "email" ? [addressKey(value)] : [])));
}

/** A user without a default organization is in none: the first membership becomes the default. */
async function organizationIdsOf(client: ZendeskClient, user: ListedUser): Promise<number[]> {
  return user.organization_id === null ? [] : organizationIdsOfUser(client, user.id);
}

async function organizationIdsOfUser(client: ZendeskClient, id: number): Promise<number[]> {
  const memberships = await allOf(listAll(client, "organization_memberships", `/users/${id}/organization_memberships`));
  return memberships.map((membership) => membership.organization_id).sort((one, other) => one - other);
}

function pageOf<K extends keyof typeof WIRE>(
  body: unknown,
  kind: K,
  { userMarkField }: ZendeskClient,
): Page<RecordOf<K>> {
  const rows = rowsOf(body, kind);
  if (!rows) throw new RemoteError(`Zendesk did not return the expected list of ${kind}.`, { service: "Zendesk" });
  return readRows(rows, kind, userMarkField);
}

function readable<T>(page: Page<T>): T[] {
  const [first] = page.unreadable;
  if (!first) return page.records;
  throw new RemoteError(
    `Zendesk returned a record (${first.id ?? "without a readable id"}) that cannot be read: ${first.reason}.`,
    { service: "Zendesk" },
  );
}
