import type { CustomFields } from "./custom-fields.ts";
import { invalidAttribute, RecordInvalid, recordNotFound, usedAddress, type Violation } from "./errors.ts";
import { emailIdentity, identitiesGiven } from "./identities.ts";
import { folded } from "./key-index.ts";
import type { Memberships } from "./memberships.ts";
import { isObject, timestamp, type User } from "./records.ts";
import { addressesOf, type Store } from "./store.ts";

/** Attributes a client may write (facts 4); `skip_verify_email` changes nothing here, no mail is ever sent. */
export const writableUserAttributes = [
  "name",
  "email",
  "role",
  "external_id",
  "organization_id",
  "organization",
  "identities",
  "phone",
  "tags",
  "user_fields",
  "details",
  "notes",
  "alias",
  "verified",
  "suspended",
  "skip_verify_email",
  "custom_role_id",
  "locale",
  "locale_id",
  "time_zone",
] as const;

const roles = ["end-user", "agent", "admin"] as const;

/** The rules of users over a store. Every method that writes throws a ZendeskError or commits completely. */
export class Users {
  readonly #store: Store;
  readonly #memberships: Memberships;
  readonly fields: CustomFields;

  constructor(store: Store, memberships: Memberships, fields: CustomFields) {
    this.#store = store;
    this.#memberships = memberships;
    this.fields = fields;
  }

  /** Deleted users can still be read by id (facts 4). */
  get(id: number): User {
    const user = this.#store.users.get(id);
    if (!user) throw recordNotFound();
    return user;
  }

  /** A row of a bulk call is named by `id` or, without one, by `external_id`. */
  find(key: { id?: unknown; external_id?: unknown }): User {
    if (key.id !== undefined && key.id !== null) return this.get(Number(key.id));
    return this.get(this.#store.userExternalIds.find(String(key.external_id ?? ""))[0] ?? Number.NaN);
  }

  create(attributes: unknown, at: Date): User {
    const now = timestamp(at);
    const blank: User = {
      id: this.#store.nextId(),
      name: "",
      external_id: null,
      created_at: now,
      updated_at: now,
      role: "end-user",
      verified: false,
      suspended: false,
      active: true,
      phone: null,
      alias: null,
      details: null,
      notes: null,
      tags: [],
      fields: {},
      identities: [],
    };
    return this.#write(blank, attributes, at);
  }

  update(id: number, attributes: unknown, at: Date): User {
    return this.#write(this.get(id), attributes, at);
  }

  /** Matches on any e-mail identity or on the external id. When the two name different users: refused (facts 4). */
  createOrUpdate(attributes: unknown, at: Date): { user: User; created: boolean } {
    const given = isObject(attributes) ? attributes : {};
    const byEmail = typeof given.email === "string" ? this.#store.addresses.find(given.email)[0] : undefined;
    const byExternalId =
      given.external_id === undefined ? undefined : this.#store.userExternalIds.find(String(given.external_id))[0];
    if (byEmail !== undefined && byExternalId !== undefined && byEmail !== byExternalId) {
      throw new RecordInvalid(usedAddress("email", String(given.email)));
    }
    const match = byExternalId ?? byEmail;
    if (match === undefined) return { user: this.create(given, at), created: true };
    return { user: this.update(match, given, at), created: false };
  }

  /** 200 with `active: false`, not 204 as for organizations; addresses are free again (facts 4). */
  delete(id: number, at: Date): User {
    const user = this.get(id);
    for (const membership of this.#store.membershipsOfUser(id)) this.#store.removeMembership(membership);
    const deleted = { ...user, active: false, updated_at: timestamp(at) };
    this.#store.putUser(deleted);
    return deleted;
  }

  #write(before: User, given: unknown, at: Date): User {
    if (!isObject(given)) throw invalidAttribute("user");
    const changed = this.#changed(before, given);
    const identities = this.#withAddresses(before, given, at);
    const after = { ...changed, identities };
    this.#validate(after);
    const organizationId = this.#organizationGiven(given);
    const user = Bun.deepEquals(before, after) ? before : { ...after, updated_at: timestamp(at) };
    this.#store.putUser(user);
    if (organizationId !== undefined) this.#memberships.replaceAll(user.id, organizationId, at);
    return user;
  }

  #changed(before: User, given: Record<string, unknown>): User {
    if (given.tags !== undefined && !Array.isArray(given.tags)) throw invalidAttribute("user.tags");
    const text = (key: "external_id" | "phone" | "alias" | "details" | "notes"): string | null =>
      given[key] === undefined ? before[key] : given[key] === null ? null : String(given[key]);
    const fields =
      given.user_fields === undefined
        ? before.fields
        : this.fields.merged(before.fields, given.user_fields, "user.user_fields");
    const tags = Array.isArray(given.tags) ? given.tags.map(String) : before.tags;
    return {
      ...before,
      name: given.name === undefined ? before.name : String(given.name ?? "").trim(),
      external_id: text("external_id"),
      role: given.role === undefined ? before.role : roleGiven(given.role),
      // Can be set, never unset.
      verified: before.verified || given.verified === true,
      suspended: given.suspended === undefined ? before.suspended : given.suspended === true,
      phone: text("phone"),
      alias: text("alias"),
      details: text("details"),
      notes: text("notes"),
      tags: this.fields.tags(tags, before.fields, fields),
      fields,
    };
  }

  /** `email` is the primary address on create only; on update it adds a *secondary* one (facts 4). */
  #withAddresses(before: User, given: Record<string, unknown>, at: Date): User["identities"] {
    const identities = [...before.identities];
    const known = new Set(addressesOf(before).map(folded));
    if (typeof given.email === "string" && given.email !== "" && !known.has(folded(given.email))) {
      const primary = known.size === 0;
      identities.push(emailIdentity(this.#store.nextId(), given.email, primary, given.verified === true, at));
    }
    return [...identities, ...identitiesGiven(given.identities, identities, () => this.#store.nextId(), at)];
  }

  #organizationGiven(given: Record<string, unknown>): number | null | undefined {
    if (given.organization_id === null) return null;
    if (given.organization_id !== undefined) return this.#memberships.knownOrganization(given.organization_id);
    if (!isObject(given.organization)) return undefined;
    return this.#memberships.knownOrganization(this.#store.organizationNames.find(String(given.organization.name))[0]);
  }

  #validate(user: User): void {
    const violations: Violation[] = [];
    if (user.name === "") {
      violations.push({ attribute: "name", label: "Name", message: "is too short", error: "BlankValue" });
    }
    for (const address of addressesOf(user)) {
      if (this.#store.addresses.isTaken(address, user.id)) violations.push(usedAddress("email", address));
      else if (!/^[^@\s]+@[^@\s]+$/.test(address)) {
        const message = `${address} is not properly formatted`;
        violations.push({ attribute: "email", label: "Email", message, error: "InvalidFormat" });
      }
    }
    if (user.external_id !== null && this.#store.userExternalIds.isTaken(user.external_id, user.id)) {
      const message = `${user.external_id} has already been taken`;
      violations.push({ attribute: "external_id", label: "External", message, error: "DuplicateValue" });
    }
    if (violations.length > 0) throw new RecordInvalid(...violations);
  }
}

function roleGiven(value: unknown): User["role"] {
  const role = roles.find((known) => known === value);
  if (role) return role;
  throw new RecordInvalid({ attribute: "role", label: "Role", message: "is invalid", error: "InvalidValue" });
}
