import { RecordInvalid, recordNotFound } from "./errors.ts";
import { isObject, type Membership, timestamp } from "./records.ts";
import type { Store } from "./store.ts";

/** The rules of memberships over a store (facts 4). */
export class Memberships {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(id: number): Membership {
    const membership = this.#store.memberships.get(id);
    if (!membership) throw recordNotFound();
    return membership;
  }

  /** The default one first, then by the organization's name. */
  ofUser(userId: number): Membership[] {
    const name = (membership: Membership): string => this.organizationName(membership).toLowerCase();
    return this.#store
      .membershipsOfUser(userId)
      .sort((a, b) => Number(b.default) - Number(a.default) || (name(a) < name(b) ? -1 : 1));
  }

  organizationName({ organization_id }: Membership): string {
    return this.#store.organizations.get(organization_id)?.name ?? "";
  }

  /** The user's `organization_id`: where the default membership is. */
  organizationOf(userId: number): number | null {
    return this.#store.membershipsOfUser(userId).find((membership) => membership.default)?.organization_id ?? null;
  }

  /** @throws RecordInvalid when the user or organization is unknown, or the user is a member already */
  create(attributes: unknown, at: Date): Membership {
    const given = isObject(attributes) ? attributes : {};
    const userId = Number(given.user_id);
    if (!this.#store.users.get(userId)?.active) throw invalid("user_id", "User", "is invalid");
    const organizationId = this.knownOrganization(given.organization_id);
    const others = this.#store.membershipsOfUser(userId);
    if (others.some(({ organization_id }) => organization_id === organizationId)) {
      // The text is invented; that a second membership is 422 is documented.
      throw new RecordInvalid({
        attribute: "user_id",
        label: "User",
        message: `${userId} has already been taken`,
        error: "DuplicateValue",
      });
    }
    const membership = this.#add(userId, organizationId, at);
    return others.length > 0 && given.default === true ? this.makeDefault(membership.id, at) : membership;
  }

  /** Setting `organization_id` on a user replaces every membership of that user (facts 4). */
  replaceAll(userId: number, organizationId: number | null, at: Date): void {
    for (const membership of this.#store.membershipsOfUser(userId)) {
      if (membership.organization_id !== organizationId) this.#store.removeMembership(membership);
    }
    if (organizationId === null) return;
    const kept = this.#store.membershipsOfUser(userId)[0];
    if (kept) this.makeDefault(kept.id, at);
    else this.#add(userId, organizationId, at);
  }

  makeDefault(id: number, at: Date): Membership {
    const chosen = this.get(id);
    for (const membership of this.#store.membershipsOfUser(chosen.user_id)) {
      if (membership.default === (membership.id === id)) continue;
      this.#store.putMembership({ ...membership, default: membership.id === id, updated_at: timestamp(at) });
    }
    return this.get(id);
  }

  /** When the default goes, the oldest of the others takes its place (not documented). */
  delete(id: number, at: Date): Membership {
    const membership = this.get(id);
    this.#store.removeMembership(membership);
    const next = this.#store.membershipsOfUser(membership.user_id)[0];
    if (membership.default && next) this.makeDefault(next.id, at);
    return membership;
  }

  /** @throws RecordInvalid when there is no such organization */
  knownOrganization(id: unknown): number {
    const organizationId = Number(id);
    if (!this.#store.organizations.has(organizationId)) throw invalid("organization_id", "Organization", "is invalid");
    return organizationId;
  }

  #add(userId: number, organizationId: number, at: Date): Membership {
    const now = timestamp(at);
    const membership: Membership = {
      id: this.#store.nextId(),
      user_id: userId,
      organization_id: organizationId,
      default: this.#store.membershipsOfUser(userId).length === 0,
      created_at: now,
      updated_at: now,
    };
    this.#store.putMembership(membership);
    return membership;
  }
}

function invalid(attribute: string, label: string, message: string): RecordInvalid {
  return new RecordInvalid({ attribute, label, message, error: "InvalidValue" });
}
