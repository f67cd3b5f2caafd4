import pLimit from "p-limit";
import type { ListedUser } from "../domain/listed-user.ts";
import { type Reason, reason } from "../domain/reason.ts";
import type { User, UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import { now } from "../edges/clock.ts";
import type { NewUser, RowOutcome, UserChange, ZendeskConnection } from "../remotes/zendesk/ports.ts";
import type { RowKind, Verdict } from "./apply-rows.ts";
import { mayBeMadeBy } from "./made-by-us.ts";

/** An update or a mark of a user, in one form. */
export interface UserRow {
  effect: "update" | "mark";
  id: number;
  salesforce_id: string | null;
  email: string;
  before: UserUpdate["before"];
  change: UserUpdate["change"];
  /** The user as it was listed for the comparison, or for the way back. */
  listed: ListedUser;
}

/** Look-ups of addresses at once. */
const LOOKUPS_AT_ONCE = 8;

/** Updates and marks as rows of one kind. */
export function userRows(
  updates: readonly UserUpdate[],
  marks: readonly UserMark[],
  users: readonly User[],
): Record<"updates" | "marks", UserRow[]> {
  const byId = new Map(users.map((user) => [user.id, user]));
  const rows = (effect: UserRow["effect"], changes: readonly (UserUpdate | UserMark)[]) =>
    changes.flatMap(({ id, salesforce_id, email, before, change }): UserRow[] => {
      const listed = byId.get(id);
      return listed ? [{ effect, id, salesforce_id, email, before, change, listed }] : [];
    });
  return { updates: rows("update", updates), marks: rows("mark", marks) };
}

/** Writes users that do not exist yet (U6). */
export function userCreateRows({ reader, writer }: ZendeskConnection): RowKind<UserCreate> {
  const toWire = ({ name, email, organization_id }: UserCreate): NewUser => ({ name, email, organization_id });
  /** When each was first sent. */
  const sentAtMs = new Map<UserCreate, number>();
  /** By membership, not by search: the search index may lag behind. */
  const findCreated = async (rows: readonly UserCreate[]) => {
    const found = new Map<UserCreate, number>();
    for (const [organization, wanted] of Map.groupBy(rows, (row) => row.organization_id)) {
      const users = new Map((await reader.usersOfOrganization(organization)).map((user) => [user.email, user]));
      for (const row of wanted) {
        const user = users.get(row.email);
        if (user && mayBeMadeBy(user, sentAtMs.get(row) ?? 0)) found.set(row, user.id);
      }
    }
    return found;
  };
  const send = (rows: readonly UserCreate[]): Promise<RowOutcome[]> => {
    for (const row of rows) sentAtMs.set(row, sentAtMs.get(row) ?? now());
    return writer.createUsers(rows.map(toWire));
  };
  return {
    describe: (row) => ({
      effect: "create",
      salesforce_id: row.salesforce_id,
      id: null,
      before: {},
      after: { ...toWire(row) },
    }),
    // Zendesk refuses a second user with one address by itself, and most are new: only who is refused is looked up (decision 51).
    precheck: async () => new Map(),
    send,
    resend: send,
    lookUp: findCreated,
    async withoutRefused(row, outcome) {
      // A refusal in another language does not say that the address is taken: whoever has it does (facts/zendesk.md 3).
      const user_ids = (await reader.usersByAddress(row.email)).map(({ id }) => id);
      if (user_ids.length === 0 && outcome.taken !== "email") return undefined;
      return { row: undefined, reason: reason("user.address_taken", { user_ids }) };
    },
    async readBack(rows) {
      const users = new Map((await reader.usersById([...rows.values()])).map((user) => [user.id, user]));
      return new Map(
        [...rows].flatMap(([row, id]): [UserCreate, Reason][] =>
          users.get(id)?.email === row.email ? [] : [[row, reason("user.did_not_stick", { fields: ["email"] })]],
        ),
      );
    },
  };
}

/**
 * Writes changes to existing users (U6). `isAtStake`: whether a change must not be made to a user who has come to be in several organizations:
 * every one of a run's (U5); of an undo's, which gives back, only a move, which would wipe the other memberships.
 */
export function userChangeRows(
  { reader, stoppable = reader, writer }: ZendeskConnection,
  isAtStake: (change: UserUpdate["change"]) => boolean = () => true,
): RowKind<UserRow> {
  const send = (rows: readonly UserRow[]): Promise<RowOutcome[]> => writer.updateUsers(rows.map(toWire));
  return {
    describe: (row) => ({
      effect: row.effect,
      salesforce_id: row.salesforce_id,
      id: row.id,
      before: { ...row.before },
      after: { ...row.change, email: row.email },
    }),
    room: () => writer.room(),
    async precheck(rows) {
      const limit = pLimit(LOOKUPS_AT_ONCE);
      const current = new Map((await stoppable.usersById(rows.map((row) => row.id))).map((user) => [user.id, user]));
      const verdicts = new Map<UserRow, Verdict>();
      const look = async (row: UserRow) => {
        const why =
          reasonToSkip(row, current.get(row.id)) ??
          (isAtStake(row.change) ? await reasonOfMemberships(row, stoppable) : undefined);
        if (why) verdicts.set(row, { outcome: "skipped", reason: why });
      };
      await Promise.all(rows.map((row) => limit(() => look(row))));
      return verdicts;
    },
    send,
    resend: send,
    lookUp: async () => new Map(),
    async readBack(rows) {
      const users = new Map((await reader.usersById([...rows.values()])).map((user) => [user.id, user]));
      return new Map(
        [...rows].flatMap(([row, id]): [UserRow, Reason][] => {
          const user = users.get(id);
          const fields = user ? differing(user, row.change) : [];
          if (!user) return [[row, reason("user.gone")]];
          return fields.length > 0 ? [[row, reason("user.did_not_stick", { fields })]] : [];
        }),
      );
    },
  };
}

/** Why a change to a user must not be written any more: an agent was quicker. */
function reasonToSkip({ listed, change }: UserRow, current: ListedUser | undefined): Reason | undefined {
  if (!current) return reason("user.gone");
  if (differing(current, change).length === 0) return reason("user.already_so");
  const watched = { name: listed.name, organization_id: listed.organization_id, mark_for_deletion: listed.marked };
  const changed = differing(current, watched);
  if (current.role !== listed.role) changed.push("role");
  if (current.suspended !== listed.suspended) changed.push("suspended");
  return changed.length > 0 ? reason("user.changed_since", { fields: changed }) : undefined;
}

/** A user who was given a second organization since the lists is left alone (U5). */
async function reasonOfMemberships(
  { id }: Pick<UserRow, "id">,
  reader: ZendeskConnection["reader"],
): Promise<Reason | undefined> {
  const organizations = await reader.organizationIdsOfUser(id);
  return organizations.length > 1 ? reason("user.in_several_organizations_now") : undefined;
}

function differing(user: ListedUser, wanted: UserUpdate["change"]): string[] {
  const keys: string[] = [];
  if (wanted.name !== undefined && user.name.trim() !== wanted.name.trim()) keys.push("name");
  if (wanted.organization_id !== undefined && user.organization_id !== wanted.organization_id)
    keys.push("organization_id");
  if (wanted.mark_for_deletion !== undefined && user.marked !== wanted.mark_for_deletion)
    keys.push("mark_for_deletion");
  return keys;
}

function toWire({ id, change }: UserRow): UserChange {
  return {
    id,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.organization_id === undefined || change.organization_id === null
      ? {}
      : { organization_id: change.organization_id }),
    ...(change.mark_for_deletion === undefined ? {} : { user_fields: { mark_for_deletion: change.mark_for_deletion } }),
  };
}
