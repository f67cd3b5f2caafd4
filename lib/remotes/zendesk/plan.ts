import type { ListedUser } from "../../domain/listed-user.ts";
import type { Organization } from "../../domain/organization.ts";
import { addressKey } from "../../domain/protected-address.ts";
import type {
  Membership,
  NewUser,
  OrganizationCreate,
  OrganizationUpdate,
  RowOutcome,
  UserChange,
  ZendeskWriter,
} from "./ports.ts";

/** Ids of planned records: far above the 14 digits that Zendesk gives out, below 2^53. */
export const FIRST_PLANNED_ID = 9_000_000_000_000_000;

/** Everything a dry run would have written to one instance so far, and what the instance's records would look like then. */
export class Plan {
  readonly counts = { organizations: 0, users: 0, memberships: 0 };
  readonly organizations = new Map<number, Organization>();
  readonly users = new Map<number, ListedUser>();
  private readonly organizationUpdates = new Map<number, Omit<OrganizationUpdate, "id">>();
  private readonly userChanges = new Map<number, Omit<UserChange, "id">>();
  /** Users whose memberships are all replaced by one. */
  private readonly moved = new Map<number, number>();
  private readonly joined = new Map<number, Set<number>>();
  private nextId = FIRST_PLANNED_ID;

  constructor(private readonly clock: () => Date) {}

  createOrganization(row: OrganizationCreate): RowOutcome {
    const id = this.nextId++;
    const now = this.clock().toISOString();
    this.organizations.set(id, {
      id,
      name: row.name,
      external_id: row.external_id,
      created_at: now,
      updated_at: now,
      organization_fields: { ...row.organization_fields },
    });
    this.counts.organizations++;
    return { is: "applied", id };
  }

  updateOrganization({ id, ...change }: OrganizationUpdate): RowOutcome {
    const earlier = this.organizationUpdates.get(id);
    this.organizationUpdates.set(id, {
      ...earlier,
      ...change,
      organization_fields: { ...earlier?.organization_fields, ...change.organization_fields },
    });
    this.counts.organizations++;
    return { is: "applied", id };
  }

  createUser({ name, email, organization_id }: NewUser): RowOutcome {
    const id = this.nextId++;
    const user = { id, name, email: addressKey(email), role: "end-user", suspended: false, marked: false };
    this.users.set(id, { ...user, organization_id });
    this.moved.set(id, organization_id);
    this.counts.users++;
    return { is: "applied", id };
  }

  /** Setting `organization_id` replaces all memberships (facts/zendesk.md 4). */
  updateUser({ id, ...change }: UserChange): RowOutcome {
    this.userChanges.set(id, { ...this.userChanges.get(id), ...change });
    if (change.organization_id !== undefined) {
      this.moved.set(id, change.organization_id);
      this.joined.delete(id);
    }
    this.counts.users++;
    return { is: "applied", id };
  }

  createMembership({ user_id, organization_id }: Membership): RowOutcome {
    this.joined.set(user_id, (this.joined.get(user_id) ?? new Set()).add(organization_id));
    this.counts.memberships++;
    return { is: "applied", id: user_id };
  }

  /** An organization, existing or planned, as it would be. */
  organization(organization: Organization): Organization {
    const update = this.organizationUpdates.get(organization.id);
    if (!update) return organization;
    return {
      ...organization,
      name: update.name ?? organization.name,
      organization_fields: { ...organization.organization_fields, ...update.organization_fields },
    };
  }

  /** Ids of existing organizations that would get another name. */
  renamed(): number[] {
    const renamed = [...this.organizationUpdates].filter(([, { name }]) => name !== undefined);
    return renamed.flatMap(([id]) => (this.organizations.has(id) ? [] : [id]));
  }

  /** A user, existing or planned, as it would be. The first membership becomes the default one. */
  user(user: ListedUser): ListedUser {
    const change = this.userChanges.get(user.id);
    const [joined = null] = this.joined.get(user.id) ?? [];
    return {
      ...user,
      name: change?.name ?? user.name,
      organization_id: this.moved.get(user.id) ?? user.organization_id ?? joined,
      marked: change?.user_fields?.mark_for_deletion ?? user.marked,
    };
  }

  /** The organizations a user would be in, who is in these now; sorted. */
  organizationsOf(userId: number, now: readonly number[]): number[] {
    const moved = this.moved.get(userId);
    const all = new Set([...(moved === undefined ? now : [moved]), ...(this.joined.get(userId) ?? [])]);
    return [...all].sort((one, other) => one - other);
  }

  /** Users whose memberships would not be what they are. */
  usersWithOtherMemberships(): number[] {
    return [...new Set([...this.moved.keys(), ...this.joined.keys()])];
  }
}

/** A writer that only takes note. */
export function planningWriter(plan: Plan): ZendeskWriter {
  return {
    room: async () => () => {},
    createOrganizations: async (rows) => rows.map((row) => plan.createOrganization(row)),
    updateOrganizations: async (rows) => rows.map((row) => plan.updateOrganization(row)),
    createOrganization: async (row) => plan.createOrganization(row),
    updateOrganization: async (row) => plan.updateOrganization(row),
    createUsers: async (rows) => rows.map((row) => plan.createUser(row)),
    updateUsers: async (rows) => rows.map((row) => plan.updateUser(row)),
    createMemberships: async (rows) => rows.map((row) => plan.createMembership(row)),
  };
}
