import type { SeedInstance } from "../types.ts";
import type { CustomFields } from "./custom-fields.ts";
import { KeyIndex, SortedIds } from "./key-index.ts";
import type { DeletedOrganization, Identity, Membership, Organization, User } from "./records.ts";

/** Real ids have 14 digits and start somewhere like here. */
const firstId = 19_442_893_058_196;

/** Ids are not handed out in the order of the requests that need them (facts 2): within eight they are shuffled. */
const shuffle = [3, 1, 4, 0, 6, 2, 7, 5];

/**
 * All records of one instance, with an index for everything that is looked up. The store keeps the indexes right and
 * knows no rules; those are in organizations.ts, users.ts and memberships.ts.
 */
export class Store {
  readonly organizations = new Map<number, Organization>();
  readonly organizationIds = new SortedIds();
  readonly organizationNames = new KeyIndex();
  readonly organizationExternalIds = new KeyIndex();
  /** By id; in no list and no index. */
  readonly deletedOrganizations = new Map<number, DeletedOrganization>();

  /** Deleted users too; `userIds` and the other indexes have only active ones. */
  readonly users = new Map<number, User>();
  readonly userIds = new SortedIds();
  readonly userExternalIds = new KeyIndex();
  /** Every e-mail identity of every active user: addresses are unique over all of them (facts 4). */
  readonly addresses = new KeyIndex();

  readonly memberships = new Map<number, Membership>();
  readonly membershipIds = new SortedIds();
  readonly #membershipsOfUser = new Map<number, Set<number>>();
  readonly #membershipsOfOrganization = new Map<number, Set<number>>();

  /** Told of every write to a user, with the user from before; the search index lags behind by it. */
  beforeUserWrite: (id: number, before: User | undefined) => void = () => {};

  /** Told of every organization that is written or removed, from and to what. */
  onOrganization: (before: Organization | null, after: Organization | null) => void = () => {};
  /** Told before a user, or a membership of one, is written or removed, and again after it. */
  aroundUserWrite: (userId: number) => () => void = () => () => {};

  #lastId = firstId;
  #issued = 0;

  nextId(): number {
    const block = Math.floor(this.#issued / shuffle.length) * shuffle.length;
    const place = shuffle[this.#issued % shuffle.length] ?? 0;
    this.#issued += 1;
    return this.#lastId + (block + place + 1) * 128;
  }

  /** New ids start above this one. */
  reserve(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }

  putOrganization(organization: Organization): void {
    const old = this.organizations.get(organization.id);
    this.organizations.set(organization.id, organization);
    this.organizationIds.add(organization.id);
    reindex(this.organizationNames, organization.id, old?.name ?? null, organization.name);
    reindex(this.organizationExternalIds, organization.id, old?.external_id ?? null, organization.external_id);
    this.onOrganization(old ?? null, organization);
  }

  /** @param at when, as Zendesk writes it */
  removeOrganization(organization: Organization, at: string): void {
    this.organizations.delete(organization.id);
    // That the deletion counts as a change is not documented; without it no export could tell of it.
    this.deletedOrganizations.set(organization.id, { ...organization, updated_at: at, deleted_at: at });
    this.organizationIds.delete(organization.id);
    this.organizationNames.delete(organization.name, organization.id);
    this.organizationExternalIds.delete(organization.external_id, organization.id);
    this.onOrganization(organization, null);
  }

  putUser(user: User): void {
    const written = this.aroundUserWrite(user.id);
    this.#putUser(user);
    written();
  }

  #putUser(user: User): void {
    const old = this.users.get(user.id);
    this.beforeUserWrite(user.id, old);
    if (old?.active) this.#unindexUser(old);
    this.users.set(user.id, user);
    if (!user.active) return;
    this.userIds.add(user.id);
    this.userExternalIds.add(user.external_id, user.id);
    for (const address of addressesOf(user)) this.addresses.add(address, user.id);
  }

  #unindexUser(user: User): void {
    this.userIds.delete(user.id);
    this.userExternalIds.delete(user.external_id, user.id);
    for (const address of addressesOf(user)) this.addresses.delete(address, user.id);
  }

  putMembership(membership: Membership): void {
    const written = this.aroundUserWrite(membership.user_id);
    this.memberships.set(membership.id, membership);
    this.membershipIds.add(membership.id);
    idsUnder(this.#membershipsOfUser, membership.user_id).add(membership.id);
    idsUnder(this.#membershipsOfOrganization, membership.organization_id).add(membership.id);
    written();
  }

  removeMembership(membership: Membership): void {
    const written = this.aroundUserWrite(membership.user_id);
    this.memberships.delete(membership.id);
    this.membershipIds.delete(membership.id);
    idsUnder(this.#membershipsOfUser, membership.user_id).delete(membership.id);
    idsUnder(this.#membershipsOfOrganization, membership.organization_id).delete(membership.id);
    written();
  }

  membershipsOfUser(userId: number): Membership[] {
    return this.#read(this.#membershipsOfUser.get(userId));
  }

  membershipsOfOrganization(organizationId: number): Membership[] {
    return this.#read(this.#membershipsOfOrganization.get(organizationId));
  }

  #read(ids: Iterable<number> = []): Membership[] {
    return [...ids].flatMap((id) => this.memberships.get(id) ?? []).sort((a, b) => a.id - b.id);
  }
}

export function addressesOf(user: User): string[] {
  return user.identities.filter(({ type }) => type === "email").map(({ value }) => value);
}

export function primaryAddress(user: User): string | null {
  return user.identities.find(({ type, primary }) => type === "email" && primary)?.value ?? null;
}

function reindex(index: KeyIndex, id: number, before: string | null, after: string | null): void {
  if (before === after) return;
  index.delete(before, id);
  index.add(after, id);
}

function idsUnder(map: Map<number, Set<number>>, key: number): Set<number> {
  const ids = map.get(key) ?? new Set<number>();
  map.set(key, ids);
  return ids;
}

/** A store holding what stands in the instance at the start. */
export function seededStore(seed: SeedInstance, organizationFields: CustomFields, userFields: CustomFields): Store {
  const store = new Store();
  for (const { id } of [...seed.organizations, ...seed.users]) store.reserve(id);
  for (const { organization_fields, ...organization } of [...seed.organizations].sort((a, b) => a.id - b.id)) {
    const fields = organizationFields.seeded(organization_fields);
    store.putOrganization({
      ...organization,
      shared_tickets: false,
      shared_comments: false,
      domain_names: [],
      details: null,
      notes: null,
      group_id: null,
      tags: organizationFields.tags([], {}, fields),
      fields,
    });
  }
  for (const seeded of [...seed.users].sort((a, b) => a.id - b.id)) seedUser(store, seeded, userFields);
  return store;
}

function seedUser(store: Store, seeded: SeedInstance["users"][number], userFields: CustomFields): void {
  const { organization_ids, secondary_emails, email, user_fields, ...user } = seeded;
  const { created_at, updated_at } = user;
  const addresses = email === null ? secondary_emails : [email, ...secondary_emails];
  const identities = addresses.map(
    (value, place): Identity => ({
      id: store.nextId(),
      type: "email",
      value,
      verified: true,
      primary: place === 0,
      created_at,
      updated_at,
    }),
  );
  const fields = userFields.seeded(user_fields);
  const tags = userFields.tags([], {}, fields);
  const rest = {
    external_id: null,
    verified: true,
    active: true,
    phone: null,
    alias: null,
    details: null,
    notes: null,
  };
  store.putUser({ ...user, ...rest, tags, fields, identities });
  organization_ids.forEach((organization_id, place) => {
    const id = store.nextId();
    store.putMembership({ id, user_id: user.id, organization_id, default: place === 0, created_at, updated_at });
  });
}
