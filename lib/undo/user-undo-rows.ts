import * as v from "valibot";
import type { ListedUser } from "../domain/listed-user.ts";
import { addressKey, isProtected, type ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { UserUpdateSchema } from "../domain/user.ts";
import { sameName } from "../domain/value-equality.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { UserRow } from "../sync/user-rows.ts";
import { collectUndoRows, namedTwice, skippedUndo, type UndoRows, type UndoStep } from "./undo-rows.ts";
import { fieldsNotKept, mayBeWritten } from "./written-in-part.ts";

/** The users and their memberships as they are now, and what protects them: the undo is decided on these. */
export interface CurrentUsers {
  /** By id, as they are now; those that are gone are absent. */
  users: ReadonlyMap<number, ListedUser>;
  /** In how many organizations users are now who would be moved back to another one. */
  memberships: ReadonlyMap<number, number>;
  protectedAddresses: ProtectedAddresses;
  /** True if the instance has the user field that marks users (config `user_mark_field`). */
  canBeMarked: boolean;
}

type Change = UserRow["change"];

/**
 * The way back of written user and contact records (S8): users of updates and marks get their `before` values, created users are
 * marked; memberships stay, for taking one away would unassign the user's tickets. What changed since is left alone. Written in part, or
 * perhaps, as for organizations. Pure.
 */
export function userUndoRows(results: readonly Result[], now: CurrentUsers): UndoRows<UserRow> {
  const twice = namedTwice(results);
  return collectUndoRows(
    results.map((result) =>
      result.id !== null && twice.has(result.id)
        ? skippedUndo(result, reason("undo.named_twice"))
        : stepOf(result, now),
    ),
  );
}

/** True if a record moved a user who was in an organization before: undoing it would lose the user's other memberships. */
export function movesUser({ effect, before }: Result): boolean {
  return effect === "update" && typeof before.organization_id === "number";
}

function stepOf(result: Result, now: CurrentUsers): UndoStep<UserRow> {
  const { id, effect, salesforce_id, after } = result;
  if (effect === "contact" && result.reason?.code !== "contact.created")
    return skippedUndo(result, reason("undo.user_was_there"));
  const created = effect === "create" || effect === "contact";
  const wanted = changeOf(after);
  const old: Change | null = created ? { mark_for_deletion: true } : changeOf(result.before);
  if (id === null || !wanted || !old || typeof after.email !== "string")
    return skippedUndo(result, reason("undo.before_unknown"));
  if (!created && Object.keys(wanted).sort().join() !== Object.keys(old).sort().join())
    return skippedUndo(result, reason("undo.before_unknown"));
  const current = now.users.get(id);
  if (mayBeWritten(result)) {
    const isThere = current && differing(current, wanted).length === 0;
    return isThere ? skippedUndo(result, reason("undo.outcome_unknown")) : { nothing: true };
  }
  // What Zendesk did not keep and is as it was before needs no way back.
  const asBefore = fieldsNotKept(result).difference(new Set(current && !created ? differing(current, old) : []));
  const [there, change] = created ? [wanted, old] : [without(wanted, asBefore), without(old, asBefore)];
  const back = withoutEndOfMembership(change);
  const left = reasonToLeave(id, { there, back, email: after.email }, current, now);
  if (left !== null || !current) return skippedUndo(result, left ?? reason("user.gone"));
  const before = created ? { mark_for_deletion: current.marked } : there;
  return {
    row: {
      effect: created ? "mark" : "update",
      id,
      salesforce_id,
      email: addressKey(after.email),
      before,
      change: back,
      listed: current,
    },
  };
}

function reasonToLeave(
  id: number,
  { there, back, email }: { there: Change; back: Change; email: string },
  current: ListedUser | undefined,
  now: CurrentUsers,
): Reason | null {
  if (!current) return reason("user.gone");
  if (isProtected(email, now.protectedAddresses)) return reason("user.protected_address");
  if (Object.keys(back).length === 0) return reason("undo.membership_stays");
  if (differing(current, back).length === 0) return reason("user.already_so");
  const changed = differing(current, there);
  if (current.email !== addressKey(email)) changed.push("email");
  if (current.role !== "end-user") changed.push("role");
  if (current.suspended) changed.push("suspended");
  if (changed.length > 0) return reason("user.changed_since", { fields: changed.sort() });
  if (back.organization_id !== undefined && (now.memberships.get(id) ?? 0) > 1)
    return reason("user.in_several_organizations_now");
  if (back.mark_for_deletion !== undefined && !now.canBeMarked) return reason("mark.field_missing");
  return null;
}

/** A user that was in no organization before stays where the run put it. */
function withoutEndOfMembership({ organization_id, ...change }: Change): Change {
  return organization_id === undefined || organization_id === null ? change : { ...change, organization_id };
}

function without(change: Change, left: ReadonlySet<string>): Change {
  return Object.fromEntries(Object.entries(change).filter(([key]) => !left.has(key)));
}

function changeOf(side: Result["before"]): Change | null {
  const parsed = v.safeParse(UserUpdateSchema.entries.change, side);
  return parsed.success && Object.keys(parsed.output).length > 0 ? parsed.output : null;
}

function differing(user: ListedUser, wanted: Change): string[] {
  return [
    ...(wanted.name === undefined || sameName(user.name, wanted.name) ? [] : ["name"]),
    ...(wanted.organization_id === undefined || user.organization_id === wanted.organization_id
      ? []
      : ["organization_id"]),
    ...(wanted.mark_for_deletion === undefined || user.marked === wanted.mark_for_deletion
      ? []
      : ["mark_for_deletion"]),
  ];
}
