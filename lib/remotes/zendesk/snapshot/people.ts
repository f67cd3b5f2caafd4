import * as v from "valibot";
import type { ListedUser } from "../../../domain/listed-user.ts";
import type { Reason } from "../../../domain/reason.ts";
import { reason } from "../../../domain/reason.ts";
import { messageOf, StoppedError } from "../../../errors.ts";
import { keptUnlessFailed } from "../../kept-unless-failed.ts";
import type { ZendeskClient } from "../client.ts";
import { listAll } from "../list.ts";
import type { Membership, Page } from "../ports.ts";
import { type ExportBudget, exportUsers } from "./incremental-export.ts";
import type { SnapshotKeeper } from "./keeper.ts";
import { listAgain } from "./list-again.ts";
import { Listing } from "./listing.ts";
import { readMovedUsers } from "./moved-users.ts";
import { differs, pagesOf, told } from "./organizations.ts";
import { Picture } from "./picture.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import type { KeptList, ListToKeep } from "./store.ts";
import { exportedUntil, exportFrom, isDue } from "./trust.ts";

/** Users and memberships as they are known from a snapshot and what came since. */
interface KnownPeople {
  users: Picture<ListedUser>;
  memberships: Picture<Membership>;
  keep: ListToKeep[];
}

type People = ({ is: "complete" } & KnownPeople) | { is: "none"; told: Reason[] };
interface KeptPeople {
  users: KeptList<ListedUser>;
  memberships: KeptList<Membership>;
}

/** Parts of both lists to keep once both were read to their end: a whole list, or the changes to a kept one. */
type Ending = Partial<Record<"users" | "memberships", ListToKeep>>;

/**
 * Users and memberships of an instance, from the snapshot and what came since where that is proved (decision 54), else by listing them.
 * Memberships have no export: new ones stand at the end of their list, those of whoever changed organization are read, and removed
 * ones are found when their page is listed again.
 */
export class PeopleBySnapshot {
  #identity: string | null = null;
  #ending: Ending | null = null;
  #isTold = false;

  constructor(
    private readonly client: ZendeskClient,
    private readonly keeper: SnapshotKeeper,
    private readonly identity: () => Promise<string>,
  ) {}

  async *users(): AsyncGenerator<Page<ListedUser>> {
    const people = await this.#known();
    if (people.is === "complete") {
      yield* pagesOf(people.users);
      yield* this.#ended("users", people.keep[0] ?? null);
      return;
    }
    yield* this.#tellOnce(people.told);
    const listing = new Listing(this.client, "users");
    yield* listAll(this.client, "users", "/users", { confirmEnd: true, onPage: listing.take });
    yield* this.#ended("users", this.#toKeep("users", listing));
  }

  async *memberships(): AsyncGenerator<Page<Membership>> {
    const people = await this.#known();
    if (people.is === "complete") {
      yield* pagesOf(people.memberships);
      yield* this.#ended("memberships", people.keep[1] ?? null);
      return;
    }
    yield* this.#tellOnce(people.told);
    const listing = new Listing(this.client, "organization_memberships");
    const path = "/organization_memberships";
    yield* listAll(this.client, "organization_memberships", path, { confirmEnd: true, onPage: listing.take });
    yield* this.#ended("memberships", this.#toKeep("memberships", listing));
  }

  readonly #known = keptUnlessFailed(() => this.#complete());

  async #complete(): Promise<People> {
    this.#identity = await this.identity();
    this.#ending = {};
    return this.#completed(this.#identity);
  }

  async #completed(identity: string): Promise<People> {
    const read = this.keeper.read((store) => ({
      users: store.read("users", isUser),
      memberships: store.read("memberships", isMembership),
    }));
    if ("told" in read) return { is: "none", told: [read.told] };
    const { users = null, memberships = null } = read.answer ?? {};
    const now = this.client.remoteNow();
    if (users === null || memberships === null || now === null) return { is: "none", told: [] };
    if ([users, memberships].some(({ meta }) => meta.identity !== identity))
      return { is: "none", told: [reason("snapshot.of_another", { list: "users" })] };
    if (isDue(users.meta, now) || isDue(memberships.meta, now)) return { is: "none", told: [] };
    try {
      return await completedFrom(this.client, { users, memberships }, now, this.keeper.exports);
    } catch (error) {
      if (error instanceof StoppedError) throw error;
      return { is: "none", told: [reason("snapshot.not_completed", { list: "users", message: messageOf(error) })] };
    }
  }

  *#tellOnce(why: readonly Reason[]): Generator<Page<never>> {
    if (this.#isTold || why.length === 0) return;
    this.#isTold = true;
    yield { records: [], unreadable: [], told: why };
  }

  #toKeep(
    list: "users" | "memberships",
    listing: Pick<Listing<never>, "begunAt" | "canBeKept" | "pages"> & { rows: readonly SnapshotRow<unknown>[] },
  ): ListToKeep | null {
    if (listing.begunAt === null || !listing.canBeKept || this.#identity === null) return null;
    const meta = { identity: this.#identity, listedAt: listing.begunAt, coveredUntil: listing.begunAt };
    return { list, meta, basis: null, changes: { changed: listing.rows, removed: [], pages: listing.pages } };
  }

  /** Each list ends in its own time; both are kept together, or neither. */
  async *#ended(list: "users" | "memberships", keep: ListToKeep | null): AsyncGenerator<Page<never>> {
    const ending = this.#ending;
    if (ending === null || keep === null) return;
    ending[list] = keep;
    const { users, memberships } = ending;
    if (!users || !memberships) return;
    this.#ending = null;
    yield* told(await this.keeper.keep([users, memberships]));
  }
}

async function completedFrom(
  client: ZendeskClient,
  { users, memberships }: KeptPeople,
  now: number,
  budget: ExportBudget,
): Promise<People> {
  const [exported, usersAgain, membershipsAgain] = await Promise.all([
    exportUsers(client, exportFrom(Math.min(users.meta.coveredUntil, memberships.meta.coveredUntil)), budget),
    listAgain(client, "users", users.pages, now),
    listAgain(client, "organization_memberships", memberships.pages, now),
  ]);
  if (exported.is === "none") return { is: "none", told: [exported.why] };
  if (usersAgain === null || membershipsAgain === null) return { is: "none", told: [] };
  const freshFrom = exportedUntil(now);
  const homes = new Map([...users.rows].map(([id, { record }]) => [id, record?.organization_id ?? null]));
  const known = { users: new Picture(users.rows), memberships: new Picture(memberships.rows) };
  for (const row of exported.rows) known.users.take(row);
  if (!(await readMovedUsers(client, known, homes, membershipsAgain.pages))) return { is: "none", told: [] };
  const wrongUsers = usersAgain.pages.flatMap((page) => known.users.hold(page, freshFrom));
  if (wrongUsers.length > 0) return { is: "none", told: [differs("users", wrongUsers)] };
  // No export tells of memberships: all that came since the last reading is news.
  const newFrom = exportFrom(memberships.meta.coveredUntil) * 1000;
  const wrong = membershipsAgain.pages.flatMap((page) => known.memberships.hold(page, newFrom));
  if (wrong.length > 0) return { is: "none", told: [differs("memberships", wrong)] };
  const changesOf = (picture: Picture<unknown>, pages: ListToKeep["changes"]["pages"]) => ({
    changed: picture.changed(),
    removed: picture.removed(),
    pages,
  });
  const keep: ListToKeep[] = [
    {
      list: "users",
      basis: users.meta,
      meta: { ...users.meta, coveredUntil: freshFrom },
      changes: changesOf(known.users, usersAgain.checked),
    },
    {
      list: "memberships",
      basis: memberships.meta,
      meta: { ...memberships.meta, coveredUntil: freshFrom },
      changes: changesOf(known.memberships, membershipsAgain.checked),
    },
  ];
  return { is: "complete", ...known, keep };
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const UserSchema = v.strictObject({
  id,
  name: v.string(),
  email: v.nullable(v.string()),
  role: v.string(),
  suspended: v.boolean(),
  organization_id: v.nullable(id),
  created_at: v.optional(v.string()),
  marked: v.boolean(),
});
const MembershipSchema = v.strictObject({ user_id: id, organization_id: id });

function isUser(value: unknown): value is ListedUser {
  return v.is(UserSchema, value);
}

function isMembership(value: unknown): value is Membership {
  return v.is(MembershipSchema, value);
}
