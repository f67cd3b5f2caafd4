/** Ids in ascending order: what a cursor walks over. */
export class SortedIds {
  readonly #ids: number[];

  constructor(ids: Iterable<number> = []) {
    this.#ids = [...ids].sort((a, b) => a - b);
  }

  get all(): readonly number[] {
    return this.#ids;
  }

  add(id: number): void {
    const at = lowerBound(this.#ids, id);
    if (this.#ids[at] !== id) this.#ids.splice(at, 0, id);
  }

  delete(id: number): void {
    const at = lowerBound(this.#ids, id);
    if (this.#ids[at] === id) this.#ids.splice(at, 1);
  }
}

/** The first position whose value is not below `value`. */
export function lowerBound<T extends number | string>(sorted: readonly T[], value: T): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as T) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Finds ids by a text that Zendesk compares without case and outer blanks: names, external ids, e-mail addresses
 * (facts 2, 4). Several ids under one key are possible, because uniqueness is not race-proof (facts 2).
 */
export class KeyIndex {
  readonly #ids = new Map<string, number[]>();
  #sortedKeys: string[] | undefined;

  add(text: string | null, id: number): void {
    if (text === null) return;
    const key = folded(text);
    const ids = this.#ids.get(key);
    if (ids) ids.push(id);
    else this.#ids.set(key, [id]);
    this.#sortedKeys = undefined;
  }

  delete(text: string | null, id: number): void {
    if (text === null) return;
    const key = folded(text);
    const rest = (this.#ids.get(key) ?? []).filter((other) => other !== id);
    if (rest.length > 0) this.#ids.set(key, rest);
    else this.#ids.delete(key);
    this.#sortedKeys = undefined;
  }

  find(text: string): readonly number[] {
    return this.#ids.get(folded(text)) ?? [];
  }

  /** Whether anybody but `self` has this text. */
  isTaken(text: string, self?: number): boolean {
    return this.find(text).some((id) => id !== self);
  }

  /** All ids in the order of their keys. */
  inOrder(): number[] {
    return this.#keys().flatMap((key) => this.#ids.get(key) ?? []);
  }

  /** Ids whose key begins with `prefix`, in order. */
  withPrefix(prefix: string): number[] {
    const keys = this.#keys();
    const wanted = folded(prefix);
    const found: number[] = [];
    for (let at = lowerBound(keys, wanted); keys[at]?.startsWith(wanted); at += 1) {
      found.push(...this.find(keys[at] ?? ""));
    }
    return found;
  }

  /** Ids whose key has `text` anywhere in it. Looks at every key. */
  containing(text: string): number[] {
    const wanted = folded(text);
    return [...this.#ids].flatMap(([key, ids]) => (key.includes(wanted) ? ids : []));
  }

  #keys(): string[] {
    this.#sortedKeys ??= [...this.#ids.keys()].sort();
    return this.#sortedKeys;
  }
}

export function folded(text: string): string {
  return text.trim().toLowerCase();
}
