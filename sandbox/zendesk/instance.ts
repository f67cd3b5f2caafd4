import { type SandboxBytes, unguessable } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import type { FieldDefinition, SeedInstance, SeedUser, ZendeskBehaviour } from "../types.ts";
import { Authentication, type Credentials } from "./auth.ts";
import { defaultBehaviour, fixedLimits } from "./behaviour.ts";
import { CustomFields } from "./custom-fields.ts";
import { Identities } from "./identities.ts";
import { Jobs } from "./jobs.ts";
import { FixedWindow } from "./limits.ts";
import { Memberships } from "./memberships.ts";
import { Organizations } from "./organizations.ts";
import type { Membership, Organization, User } from "./records.ts";
import { addressesOf, primaryAddress, type Store, seededStore } from "./store.ts";
import { UserSearch } from "./user-search.ts";
import { Users } from "./users.ts";
import { membershipWire, organizationWire, userWire, type Wire } from "./wire.ts";

/** What one instance is started with. */
export interface InstanceOptions {
  seed: SeedInstance;
  organizationFields: readonly FieldDefinition[];
  userFields: readonly FieldDefinition[];
  behaviour?: Partial<ZendeskBehaviour>;
  clock: SandboxClock;
  credentials: Credentials;
  /** Default: nobody can guess them. */
  bytes?: SandboxBytes;
}

/** The parts of one Zendesk instance, put together; the routes work on this. */
export class Instance {
  readonly clock: SandboxClock;
  readonly bytes: SandboxBytes;
  readonly behaviour: ZendeskBehaviour;
  readonly store: Store;
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly users: Users;
  readonly identities: Identities;
  readonly search: UserSearch;
  readonly jobs: Jobs;
  readonly authentication: Authentication;

  readonly accountLimit: FixedWindow;
  readonly organizationUpdateLimit: FixedWindow;
  readonly userUpdateLimit: FixedWindow;
  readonly userWriteLimit: FixedWindow;
  readonly incrementalLimit: FixedWindow;

  constructor({ seed, organizationFields, userFields, behaviour, clock, credentials, bytes }: InstanceOptions) {
    this.clock = clock;
    this.bytes = bytes ?? unguessable;
    this.behaviour = { ...defaultBehaviour, ...behaviour };
    const ofOrganizations = new CustomFields(organizationFields, this.behaviour);
    const ofUsers = new CustomFields(userFields, this.behaviour);
    this.store = seededStore(seed, ofOrganizations, ofUsers);
    this.organizations = new Organizations(this.store, ofOrganizations);
    this.memberships = new Memberships(this.store);
    this.users = new Users(this.store, this.memberships, ofUsers);
    this.identities = new Identities(this.store);
    this.search = new UserSearch(this.store, clock.realMs(this.behaviour.searchLagSeconds));
    this.store.beforeUserWrite = (id, before) => this.search.willLag(id, before, clock.now());
    this.jobs = new Jobs(clock, this.behaviour, this.bytes);
    this.authentication = new Authentication(credentials, clock, this.bytes);
    this.accountLimit = new FixedWindow(this.behaviour.requestsPerMinute, 60, clock);
    this.organizationUpdateLimit = new FixedWindow(fixedLimits.organizationUpdatesPerMinute, 60, clock);
    this.userUpdateLimit = new FixedWindow(fixedLimits.userUpdatesPerMinute, 60, clock);
    this.userWriteLimit = new FixedWindow(fixedLimits.userUpdatesPerSecond, 1, clock);
    this.incrementalLimit = new FixedWindow(fixedLimits.incrementalExportsPerMinute, 60, clock);
  }

  /** The user in the form in which one is seeded; null where there is none, or only a deleted one. */
  seedUser(id: number): SeedUser | null {
    const user = this.store.users.get(id);
    if (!user?.active) return null;
    const email = primaryAddress(user);
    const memberships = this.store.membershipsOfUser(id).sort((a, b) => Number(b.default) - Number(a.default));
    const { name, role, suspended, created_at, updated_at, fields } = user;
    return {
      ...{ id, name, email, role, suspended },
      organization_ids: memberships.map(({ organization_id }) => organization_id),
      secondary_emails: addressesOf(user).filter((address) => address !== email),
      user_fields: { ...fields },
      ...{ created_at, updated_at },
    };
  }

  /** Everything that stands in the instance now, in the form of its start. */
  seed(): SeedInstance {
    const { organizationIds, userIds } = this.store;
    return {
      organizations: organizationIds.all.map((id) => {
        const { name, external_id, created_at, updated_at, fields } = this.organizations.get(id);
        return { id, name, external_id, created_at, updated_at, organization_fields: { ...fields } };
      }),
      users: userIds.all.flatMap((id) => this.seedUser(id) ?? []),
    };
  }

  organizationWire(organization: Organization, origin: string): Wire {
    return organizationWire(organization, this.organizations.fields, origin);
  }

  userWire(user: User, origin: string): Wire {
    const organizationId = this.memberships.organizationOf(user.id);
    return userWire(user, primaryAddress(user), organizationId, this.users.fields, origin);
  }

  membershipWire(membership: Membership, origin: string): Wire {
    return membershipWire(membership, this.memberships.organizationName(membership), origin);
  }
}
