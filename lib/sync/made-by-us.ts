import type { ListedUser } from "../domain/listed-user.ts";

/** Maximum difference between Zendesk's clock and ours, in milliseconds. */
const CLOCKS_APART_MS = 120_000;

/**
 * Whether a user who has the address of a create with an unknown outcome can be the one that it made. Whoever was there before it was sent
 * is somebody else's: told as created, the way back would mark them.
 *
 * @param sentAtMs when the create was first sent, in milliseconds since 1970
 */
export function mayBeMadeBy(user: Pick<ListedUser, "created_at">, sentAtMs: number): boolean {
  const createdMs = Date.parse(user.created_at ?? "");
  return Number.isNaN(createdMs) || createdMs >= sentAtMs - CLOCKS_APART_MS;
}
