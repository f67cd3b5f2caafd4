import { invalidAttribute, RecordInvalid, recordNotFound, usedAddress } from "./errors.ts";
import { folded } from "./key-index.ts";
import { type Identity, isObject, timestamp, type User } from "./records.ts";
import type { Store } from "./store.ts";

export function emailIdentity(id: number, value: string, primary: boolean, verified: boolean, at: Date): Identity {
  const now = timestamp(at);
  return { id, type: "email", value: value.trim(), verified, primary, created_at: now, updated_at: now };
}

/** The `identities` attribute of a new user: `[{type, value}]`, added to those it has. */
export function identitiesGiven(given: unknown, has: Identity[], nextId: () => number, at: Date): Identity[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalidAttribute("user.identities");
  const known = new Set(has.map(({ value }) => folded(value)));
  const added: Identity[] = [];
  for (const item of given.filter(isObject)) {
    const value = String(item.value);
    if (known.has(folded(value))) continue;
    known.add(folded(value));
    const primary = item.type === "email" && ![...has, ...added].some(({ type }) => type === "email");
    added.push({ ...emailIdentity(nextId(), value, primary, false, at), type: String(item.type) });
  }
  return added;
}

/** The rules of single identities over a store (facts 4). */
export class Identities {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(user: User, id: number): Identity {
    const identity = user.identities.find((candidate) => candidate.id === id);
    if (!identity) throw recordNotFound();
    return identity;
  }

  create(user: User, given: Record<string, unknown>, at: Date): Identity {
    const value = String(given.value ?? "");
    const type = String(given.type ?? "email");
    if (type === "email" && this.#store.addresses.find(value).length > 0) {
      throw new RecordInvalid(usedAddress("value", value));
    }
    const primary = type === "email" && !user.identities.some((identity) => identity.type === "email");
    const identity = { ...emailIdentity(this.#store.nextId(), value, primary, given.verified === true, at), type };
    this.#put(user, [...user.identities, identity], at);
    return identity;
  }

  /** `verified` can be set, never unset; `primary` not at all (that is makePrimary). */
  update(user: User, id: number, given: Record<string, unknown>, at: Date): Identity {
    const before = this.get(user, id);
    const value = given.value === undefined ? before.value : String(given.value);
    if (before.type === "email" && this.#store.addresses.isTaken(value, user.id)) {
      throw new RecordInvalid(usedAddress("value", value));
    }
    const verified = before.verified || given.verified === true;
    const after = { ...before, value, verified, updated_at: timestamp(at) };
    this.#put(
      user,
      user.identities.map((identity) => (identity.id === id ? after : identity)),
      at,
    );
    return after;
  }

  makePrimary(user: User, id: number, at: Date): Identity[] {
    const { type } = this.get(user, id);
    const identities = user.identities.map((identity) =>
      identity.type === type ? { ...identity, primary: identity.id === id } : identity,
    );
    this.#put(user, identities, at);
    return identities;
  }

  delete(user: User, id: number, at: Date): void {
    this.get(user, id);
    this.#put(
      user,
      user.identities.filter((identity) => identity.id !== id),
      at,
    );
  }

  #put(user: User, identities: Identity[], at: Date): void {
    this.#store.putUser({ ...user, identities, updated_at: timestamp(at) });
  }
}
