import { firstInventedId } from "./apply-changeset.ts";
import type { UserChangeset } from "./compare-users.ts";
import type { User } from "./user.ts";

/**
 * The users as they are once everything in the changeset has been written. Those it creates get ids that no user has, from
 * `firstInventedId(users)` on. Pure.
 */
export function applyUserChangeset(
  users: readonly User[],
  { creates, updates, marks }: Pick<UserChangeset, "creates" | "updates" | "marks">,
): User[] {
  const changes = new Map(updates.map(({ id, change }) => [id, change]));
  const marked = new Set(marks.map(({ id }) => id));
  const firstId = firstInventedId(users);
  return [
    ...users.map((user): User => {
      const change = changes.get(user.id);
      return {
        ...user,
        name: change?.name ?? user.name,
        organization_id: change?.organization_id === undefined ? user.organization_id : change.organization_id,
        marked: marked.has(user.id) || (change?.mark_for_deletion ?? user.marked),
      };
    }),
    ...creates.map(
      ({ name, email, organization_id }, index): User => ({
        id: firstId + index,
        name,
        email,
        organization_id,
        role: "end-user",
        suspended: false,
        marked: false,
        memberships: 1,
      }),
    ),
  ];
}
