import pLimit from "p-limit";
import type { ListedUser } from "../../../domain/listed-user.ts";
import type { ZendeskClient } from "../client.ts";
import { rowsOf } from "../list.ts";
import type { Membership } from "../ports.ts";
import type { ListedAgain, Picture } from "./picture.ts";
import { readListed } from "./wire-rows.ts";

/** Users that are asked for one by one: more of them are dearer than listing everything. One `show_many` takes a hundred. */
const MAX_ASKED = 50;
const AT_ONCE = 8;

interface People {
  users: Picture<ListedUser>;
  memberships: Picture<Membership>;
}

/**
 * Brings users and memberships together: whoever is in another organization than before, or has a new membership, may have lost earlier
 * ones, which nothing tells, and Zendesk need not count that as a change of the user: both are read again. Memberships of users who are gone
 * go with them. False where there are too many of them, or one of them cannot be read.
 *
 * @param homes the default organization of each user in the snapshot
 * @param pages of memberships that were listed again
 */
export async function readMovedUsers(
  client: ZendeskClient,
  { users, memberships }: People,
  homes: ReadonlyMap<number, number | null>,
  pages: readonly ListedAgain<Membership>[],
): Promise<boolean> {
  const isMoved = ({ id, record }: { id: number; record: ListedUser | null }) =>
    homes.has(id) && record?.organization_id !== homes.get(id);
  const moved = users.changed().filter(isMoved);
  const joined = pages
    .flatMap(({ rows }) => rows)
    .flatMap(({ id, record }) => (record && !memberships.row(id) && homes.has(record.user_id) ? [record.user_id] : []));
  const asked = [...new Set([...moved.map(({ id }) => id), ...joined])].filter((id) => users.row(id));
  if (asked.length > MAX_ASKED) return false;
  const gone = new Set([...users.removed(), ...asked]);
  for (const { id, record } of gone.size > 0 ? [...memberships.rows()] : [])
    if (record && gone.has(record.user_id)) memberships.remove(id);
  if (asked.length === 0) return true;
  const limit = pLimit(AT_ONCE);
  const [again, ...ofUsers] = await Promise.all([
    usersAgain(client, asked),
    ...asked.map((id) => limit(() => membershipsOf(client, id))),
  ]);
  if (again === null || ofUsers.includes(null)) return false;
  for (const row of again) users.put(row);
  for (const row of ofUsers.flatMap((rows) => rows ?? [])) memberships.put(row);
  return true;
}

/** Null where one is missing or cannot be read. */
async function usersAgain(client: ZendeskClient, ids: readonly number[]) {
  const body = await client.get(`/users/show_many?ids=${ids.join(",")}`);
  const rows = readListed(rowsOf(body, "users") ?? [], "users", client.userMarkField);
  return rows?.length === ids.length ? rows : null;
}

/** Null where there may be more than a page, or one that cannot be read. */
async function membershipsOf(client: ZendeskClient, id: number) {
  const body = await client.get(`/users/${id}/organization_memberships?page%5Bsize%5D=100`);
  const rows = rowsOf(body, "organization_memberships");
  return rows && rows.length < 100 ? readListed(rows, "organization_memberships", client.userMarkField) : null;
}
