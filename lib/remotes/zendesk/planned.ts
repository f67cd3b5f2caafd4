import pLimit from "p-limit";
import type { FoundUser, ListedUser } from "../../domain/listed-user.ts";
import type { Organization } from "../../domain/organization.ts";
import { addressKey } from "../../domain/protected-address.ts";
import { reason } from "../../domain/reason.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import { nameKey } from "../../domain/value-equality.ts";
import { currentDate } from "../../edges/clock.ts";
import { FIRST_PLANNED_ID, Plan, planningWriter } from "./plan.ts";
import type { PlannedConnection } from "./planned-connection.ts";
import type { Membership, NewUser, Page, RowOutcome, ZendeskReader } from "./ports.ts";

/** Look-ups of addresses at once. */
const LOOK_UPS_AT_ONCE = 8;

/**
 * A connection for dry runs: the writer records, and the reader shows what the records would have made of the instance. So a
 * stage runs unchanged, reads back what it planned, and later stages see planned creates.
 */
export function planOn(reader: ZendeskReader, clock: () => Date = currentDate): PlannedConnection {
  const plan = new Plan(clock);
  return {
    reader: {
      instance: reader.instance,
      host: reader.host,
      organizationFields: () => reader.organizationFields(),
      userFields: () => reader.userFields(),
      organizationCount: () => reader.organizationCount(),
      ...organizationsAsPlanned(reader, plan),
      ...usersAsPlanned(reader, plan),
    },
    writer: { ...planningWriter(plan), createUsers: (rows) => createdAsPlanned(rows, reader, plan) },
    counts: plan.counts,
  };
}

/** Users whose address nobody has yet; the others would be refused, as they are by Zendesk. */
async function createdAsPlanned(rows: readonly NewUser[], reader: ZendeskReader, plan: Plan): Promise<RowOutcome[]> {
  const { usersByAddress } = usersAsPlanned(reader, plan);
  const limit = pLimit(LOOK_UPS_AT_ONCE);
  const taken = await Promise.all(rows.map(({ email }) => limit(async () => (await usersByAddress(email)).length > 0)));
  return rows.map((row, index) => (taken[index] ? ADDRESS_TAKEN : plan.createUser(row)));
}

const ADDRESS_TAKEN: RowOutcome = {
  is: "refused",
  reason: reason("write.refused", { service: "Zendesk", refusal: "DuplicateValue", fields: [], taken: "email" }),
  taken: "email",
};

function organizationsAsPlanned(
  reader: ZendeskReader,
  plan: Plan,
): Pick<ZendeskReader, "organizations" | "organizationsById" | "organizationsByExternalId" | "organizationsByName"> {
  const asPlanned = (organization: Organization) => plan.organization(organization);
  const planned = () => [...plan.organizations.values()].map(asPlanned);
  return {
    organizations: () => extended(reader.organizations(), (page) => page.map(asPlanned), planned),
    async organizationsById(ids) {
      const there = await reader.organizationsById(ids.filter(exists));
      return [...there.map(asPlanned), ...ids.flatMap((id) => plan.organizations.get(id) ?? []).map(asPlanned)].sort(
        byId,
      );
    },
    async organizationsByExternalId(ids) {
      const wanted = new Set(ids.map((id) => toId18(id)));
      const there = await reader.organizationsByExternalId(ids);
      return [...there.map(asPlanned), ...planned().filter(({ external_id: id }) => wanted.has(toId18(id ?? "")))].sort(
        byId,
      );
    },
    async organizationsByName(name) {
      const there = await reader.organizationsByName(name);
      const known = new Set(there.map(({ id }) => id));
      const renamed = plan.renamed().filter((id) => !known.has(id));
      const all = [...there, ...(renamed.length > 0 ? await reader.organizationsById(renamed) : [])].map(asPlanned);
      const hasName = (organization: Organization) => nameKey(organization.name) === nameKey(name);
      return [...all.filter(hasName), ...planned().filter(hasName)].sort(byId);
    },
  };
}

function usersAsPlanned(
  reader: ZendeskReader,
  plan: Plan,
): Pick<
  ZendeskReader,
  | "users"
  | "changedUsers"
  | "memberships"
  | "usersById"
  | "usersByAddress"
  | "usersOfOrganization"
  | "organizationIdsOfUser"
> {
  const asPlanned = (user: ListedUser) => plan.user(user);
  const usersById = async (ids: readonly number[]) => {
    const there = await reader.usersById(ids.filter(exists));
    return [...there.map(asPlanned), ...ids.flatMap((id) => plan.users.get(id) ?? []).map(asPlanned)].sort(byId);
  };
  return {
    users: () =>
      extended(
        reader.users(),
        (page) => page.map(asPlanned),
        () => [...plan.users.values()].map(asPlanned),
      ),
    changedUsers: (since) => reader.changedUsers(since),
    memberships: () => membershipsAsPlanned(reader, plan),
    usersById,
    async usersByAddress(email) {
      const there = (await reader.usersByAddress(email)).map(
        (found): FoundUser => ({
          ...found,
          ...asPlanned(found),
          organization_ids: plan.organizationsOf(found.id, found.organization_ids),
        }),
      );
      const added = [...plan.users.values()].filter((user) => user.email === addressKey(email)).map(asPlanned);
      return [
        ...there,
        ...added.map(
          (user): FoundUser => ({
            ...user,
            by: "primary",
            organization_ids: plan.organizationsOf(user.id, []),
          }),
        ),
      ];
    },
    async organizationIdsOfUser(id) {
      return plan.organizationsOf(id, exists(id) ? await reader.organizationIdsOfUser(id) : []);
    },
    async usersOfOrganization(id) {
      const there = exists(id) ? await reader.usersOfOrganization(id) : [];
      const staying = there.filter((user) => plan.organizationsOf(user.id, [id]).includes(id));
      const known = new Set(there.map((user) => user.id));
      const joining = plan
        .usersWithOtherMemberships()
        .filter((userId) => !known.has(userId) && plan.organizationsOf(userId, []).includes(id));
      return [...staying.map(asPlanned), ...(joining.length > 0 ? await usersById(joining) : [])].sort(byId);
    },
  };
}

/** Memberships of users that the plan moves or adds to an organization are collected, and told at the end. */
async function* membershipsAsPlanned(reader: ZendeskReader, plan: Plan): AsyncGenerator<Page<Membership>> {
  const now = new Map(plan.usersWithOtherMemberships().map((id): [number, number[]] => [id, []]));
  for await (const page of reader.memberships()) {
    const kept = page.records.filter(({ user_id, organization_id }) => !now.get(user_id)?.push(organization_id));
    yield { ...page, records: kept };
  }
  const changed = [...now].flatMap(([user_id, organizationIds]) =>
    plan.organizationsOf(user_id, organizationIds).map((organization_id) => ({ user_id, organization_id })),
  );
  if (changed.length > 0) yield { records: changed, unreadable: [] };
}

async function* extended<T>(
  pages: AsyncIterable<Page<T>>,
  asPlanned: (records: T[]) => T[],
  added: () => T[],
): AsyncGenerator<Page<T>> {
  for await (const page of pages) yield { ...page, records: asPlanned(page.records) };
  const records = added();
  if (records.length > 0) yield { records, unreadable: [] };
}

function exists(id: number): boolean {
  return id < FIRST_PLANNED_ID;
}

function byId(one: { id: number }, other: { id: number }): number {
  return one.id - other.id;
}
