import { folded } from "./key-index.ts";
import type { User } from "./records.ts";
import { addressesOf, type Store } from "./store.ts";

/**
 * The search index behind `GET /users/search`. It runs behind the database by `lagMs`, and it *searches*: an address
 * that merely contains what was asked for is found as well, and so are secondary addresses (facts 4).
 */
export class UserSearch {
  readonly #store: Store;
  readonly #lagMs: number;
  /** Users whose entry in the index is not up to date yet: what it still says, and when that ends. */
  readonly #stale = new Map<number, { addresses: string[]; until: number }>();

  constructor(store: Store, lagMs: number) {
    this.#store = store;
    this.#lagMs = lagMs;
  }

  /** To be called with a user's addresses from before every write; none for a new user. */
  willLag(userId: number, before: User | undefined, now: Date): void {
    if (this.#lagMs <= 0) return;
    const known = this.#current(userId, now) ?? (before ? addressesOf(before) : []);
    this.#stale.set(userId, { addresses: known, until: now.getTime() + this.#lagMs });
  }

  /** Ids of the active users found for `email:a@b.c`, `a@b.c` or a name, ascending. */
  find(query: string, now: Date): number[] {
    const wanted = folded(query.replace(/^(type:user\s+)?email:/i, "").replaceAll('"', ""));
    const lagging = [...this.#stale.keys()].filter((id) =>
      this.#current(id, now)?.some((address) => folded(address).includes(wanted)),
    );
    const byName = /email:/i.test(query) ? [] : this.#named(wanted);
    const upToDate = [...this.#store.addresses.containing(wanted), ...byName].filter((id) => !this.#stale.has(id));
    const active = lagging.filter((id) => this.#store.users.get(id)?.active);
    return [...new Set([...active, ...upToDate])].sort((a, b) => a - b);
  }

  #named(wanted: string): number[] {
    return this.#store.userIds.all.filter((id) => folded(this.#store.users.get(id)?.name ?? "").includes(wanted));
  }

  /** What the index still says about a user, or undefined when it is up to date. */
  #current(userId: number, now: Date): string[] | undefined {
    const entry = this.#stale.get(userId);
    if (!entry) return undefined;
    if (now.getTime() < entry.until) return entry.addresses;
    this.#stale.delete(userId);
    return undefined;
  }
}
