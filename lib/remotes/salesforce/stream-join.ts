import { CHARGES, SUBSCRIPTIONS } from "./child-lists.ts";
import type { WireRecord } from "./wire-record.ts";

/** Records that a stream reads: accounts without children, or the children of one list without accounts. */
export type StreamKind = "accounts" | "subscriptions" | "charges";

const LISTS = { subscriptions: SUBSCRIPTIONS.list, charges: CHARGES.list } as const;

/** After every id. */
const END = "\uffff";

/** An account with its id, joined with its children as the nested query would give it. */
export interface JoinedAccount {
  id: string;
  record: WireRecord;
}

/**
 * Puts accounts and children that were read apart together again, in the order of ids. Each kind is added range after range, ascending;
 * an account is given as soon as all kinds were read beyond it, so that little is held.
 */
export class StreamJoin {
  readonly #readUpTo: Record<StreamKind, string> = { accounts: "", subscriptions: "", charges: "" };
  readonly #children = {
    subscriptions: new Map<string, WireRecord[]>(),
    charges: new Map<string, WireRecord[]>(),
  };
  #accounts: JoinedAccount[] = [];

  /**
   * Adds all records of a range.
   * @param ids the account's id of each record
   * @param to where the range ends; null: it is the last
   */
  add(kind: StreamKind, records: readonly WireRecord[], ids: readonly string[], to: string | null): void {
    this.#readUpTo[kind] = to ?? END;
    if (kind === "accounts") {
      const accounts = records.map((record, index) => ({ id: ids[index] as string, record }));
      this.#accounts.push(...accounts.sort((one, other) => (one.id < other.id ? -1 : 1)));
      return;
    }
    const children = this.#children[kind];
    for (const [index, record] of records.entries()) {
      const id = ids[index] as string;
      const siblings = children.get(id);
      if (siblings) siblings.push(record);
      else children.set(id, [record]);
    }
  }

  /** The accounts that are complete by now, each once. */
  take(): JoinedAccount[] {
    const { accounts, subscriptions, charges } = this.#readUpTo;
    const [reached = ""] = [accounts, subscriptions, charges].sort();
    const next = this.#accounts.findIndex(({ id }) => id >= reached);
    const complete = next === -1 ? this.#accounts : this.#accounts.slice(0, next);
    this.#accounts = next === -1 ? [] : this.#accounts.slice(next);
    return complete.map(({ id, record }) => ({
      id,
      record: {
        ...record,
        [LISTS.subscriptions]: this.#listOf("subscriptions", id),
        [LISTS.charges]: this.#listOf("charges", id),
      },
    }));
  }

  /** Once everything was taken: accounts that only their children tell of. */
  orphaned(): string[] {
    return [...this.#children.subscriptions.keys(), ...this.#children.charges.keys()];
  }

  #listOf(kind: keyof typeof LISTS, id: string): { records: WireRecord[] } | null {
    const records = this.#children[kind].get(id);
    this.#children[kind].delete(id);
    return records === undefined ? null : { records };
  }
}
