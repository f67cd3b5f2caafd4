import { nameKey } from "../domain/equality.ts";
import type { Organization } from "../domain/organization.ts";
import { addressKey } from "../domain/protected-address.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type {
  FoundUser,
  ListedUser,
  Membership,
  NewUser,
  OrganizationCreate,
  OrganizationUpdate,
  Page,
  RowOutcome,
  UserChange,
  ZendeskConnection,
  ZendeskReader,
  ZendeskWriter,
} from "./ports.ts";

/** Ids of planned records: above everything Zendesk gives out, below 2^53. */
const FIRST_PLANNED_ID = 9_000_000_000_000_000;

/** A connection whose writer sends nothing. */
export interface PlannedConnection extends ZendeskConnection {
  /** How much would have been written. */
  readonly counts: { organizations: number; users: number; memberships: number };
}

/**
 * A connection for dry runs: the writer records, and the reader shows what the records would have made of the instance. So a
 * stage runs unchanged, reads back what it planned, and later stages see planned creates.
 */
export function planOn(reader: ZendeskReader): PlannedConnection {
  const plan = new Plan();
  return { reader: planningReader(reader, plan), writer: planningWriter(plan), counts: plan.counts };
}

/** Everything planned so far. */
class Plan {
  readonly counts = { organizations: 0, users: 0, memberships: 0 };
  readonly newOrganizations = new Map<number, Organization>();
  readonly organizationUpdates = new Map<number, Omit<OrganizationUpdate, "id">>();
  readonly newUsers = new Map<number, ListedUser>();
  readonly userChanges = new Map<number, Omit<UserChange, "id">>();
  readonly newMemberships: Membership[] = [];
  private nextId = FIRST_PLANNED_ID;

  id(): number {
    return this.nextId++;
  }

  organization(organization: Organization): Organization {
    const update = this.organizationUpdates.get(organization.id);
    if (!update) return organization;
    return {
      ...organization,
      name: update.name ?? organization.name,
      organization_fields: { ...organization.organization_fields, ...update.organization_fields },
    };
  }

  user(user: ListedUser): ListedUser {
    const change = this.userChanges.get(user.id);
    const joined = this.newMemberships.find((membership) => membership.user_id === user.id)?.organization_id ?? null;
    return {
      ...user,
      name: change?.name ?? user.name,
      organization_id: change?.organization_id ?? user.organization_id ?? joined,
      marked: change?.user_fields?.mark_for_deletion ?? user.marked,
    };
  }
}

function planningWriter(plan: Plan): ZendeskWriter {
  const createOrganization = (row: OrganizationCreate): RowOutcome => {
    const id = plan.id();
    plan.newOrganizations.set(id, {
      id,
      name: row.name,
      external_id: row.external_id,
      created_at: "",
      updated_at: "",
      organization_fields: { ...row.organization_fields },
    });
    plan.counts.organizations++;
    return { is: "applied", id };
  };
  const updateOrganization = ({ id, ...change }: OrganizationUpdate): RowOutcome => {
    const earlier = plan.organizationUpdates.get(id);
    plan.organizationUpdates.set(id, {
      ...earlier,
      ...change,
      organization_fields: { ...earlier?.organization_fields, ...change.organization_fields },
    });
    plan.counts.organizations++;
    return { is: "applied", id };
  };
  const createUser = ({ name, email, organization_id }: NewUser): RowOutcome => {
    const id = plan.id();
    plan.newUsers.set(id, {
      id,
      name,
      email: addressKey(email),
      role: "end-user",
      suspended: false,
      organization_id,
      marked: false,
    });
    plan.newMemberships.push({ user_id: id, organization_id });
    plan.counts.users++;
    return { is: "applied", id };
  };
  const updateUser = ({ id, ...change }: UserChange): RowOutcome => {
    plan.userChanges.set(id, { ...plan.userChanges.get(id), ...change });
    plan.counts.users++;
    return { is: "applied", id };
  };
  const createMembership = (row: Membership): RowOutcome => {
    plan.newMemberships.push(row);
    plan.counts.memberships++;
    return { is: "applied", id: row.user_id };
  };
  return {
    createOrganizations: async (rows) => rows.map(createOrganization),
    updateOrganizations: async (rows) => rows.map(updateOrganization),
    createOrganization: async (row) => createOrganization(row),
    updateOrganization: async (row) => updateOrganization(row),
    createUsers: async (rows) => rows.map(createUser),
    updateUsers: async (rows) => rows.map(updateUser),
    createMemberships: async (rows) => rows.map(createMembership),
  };
}

function planningReader(reader: ZendeskReader, plan: Plan): ZendeskReader {
  const organization = (one: Organization) => plan.organization(one);
  const user = (one: ListedUser) => plan.user(one);
  const planned = (keep: (one: Organization) => boolean) =>
    [...plan.newOrganizations.values()].filter(keep).map(organization);
  return {
    instance: reader.instance,
    host: reader.host,
    organizationFields: () => reader.organizationFields(),
    userFields: () => reader.userFields(),
    organizations: () => extended(reader.organizations(), organization, () => [...plan.newOrganizations.values()]),
    users: () => extended(reader.users(), user, () => [...plan.newUsers.values()]),
    memberships: () =>
      extended(
        reader.memberships(),
        (one) => one,
        () => plan.newMemberships,
      ),
    async organizationsById(ids) {
      const there = await reader.organizationsById(ids.filter((id) => id < FIRST_PLANNED_ID));
      return [...there.map(organization), ...planned(({ id }) => ids.includes(id))];
    },
    async organizationsByExternalId(ids) {
      const wanted = new Set(ids.map((id) => toId18(id)));
      return [
        ...(await reader.organizationsByExternalId(ids)).map(organization),
        ...planned(({ external_id: id }) => wanted.has(toId18(id ?? ""))),
      ];
    },
    async organizationsByName(name) {
      return [
        ...(await reader.organizationsByName(name)).map(organization),
        ...planned((one) => nameKey(one.name) === nameKey(name)),
      ];
    },
    async usersById(ids) {
      const there = await reader.usersById(ids.filter((id) => id < FIRST_PLANNED_ID));
      return [...there, ...[...plan.newUsers.values()].filter(({ id }) => ids.includes(id))].map(user);
    },
    async usersByAddress(email) {
      const there = (await reader.usersByAddress(email)).map(
        (found): FoundUser => ({
          ...found,
          ...user(found),
          organization_ids: joined(plan, found.id, found.organization_ids),
        }),
      );
      const added = [...plan.newUsers.values()].filter((one) => one.email === addressKey(email));
      return [
        ...there,
        ...added.map((one): FoundUser => ({ ...user(one), by: "primary", organization_ids: joined(plan, one.id, []) })),
      ];
    },
    async usersOfOrganization(id) {
      const there = id < FIRST_PLANNED_ID ? await reader.usersOfOrganization(id) : [];
      const joining = new Set(plan.newMemberships.flatMap((row) => (row.organization_id === id ? [row.user_id] : [])));
      for (const one of there) joining.delete(one.id);
      const existing = [...joining].filter((userId) => userId < FIRST_PLANNED_ID);
      const added = existing.length > 0 ? await reader.usersById(existing) : [];
      return [...there, ...added, ...[...plan.newUsers.values()].filter((one) => joining.has(one.id))].map(user);
    },
  };
}

function joined(plan: Plan, userId: number, organizationIds: readonly number[]): number[] {
  const added = plan.newMemberships.flatMap((row) => (row.user_id === userId ? [row.organization_id] : []));
  return [...new Set([...organizationIds, ...added])].sort((one, other) => one - other);
}

async function* extended<T>(
  pages: AsyncIterable<Page<T>>,
  planned: (record: T) => T,
  added: () => readonly T[],
): AsyncGenerator<Page<T>> {
  for await (const page of pages) yield { ...page, records: page.records.map(planned) };
  if (added().length > 0) yield { records: added().map(planned), unreadable: [] };
}
