import type { ZendeskClient } from "../client.ts";
import type { ListedPage, RecordOf } from "../list.ts";
import type { SnapshotRow } from "./snapshot-row.ts";
import type { SnapshotPage } from "./store.ts";
import { type ListedKind, rowsOfPage } from "./wire-rows.ts";

/** A full listing while it is read: what a snapshot would keep of it. */
export class Listing<K extends ListedKind> {
  /** When it was begun: Zendesk's time. Null where that is not known, and nothing can be kept. */
  readonly begunAt: number | null;
  readonly rows: SnapshotRow<RecordOf<K>>[] = [];
  readonly pages: SnapshotPage[] = [];
  #behindId: number | null = null;
  #canBeKept = true;

  constructor(
    private readonly client: ZendeskClient,
    private readonly kind: K,
  ) {
    this.begunAt = client.remoteNow();
  }

  /** Takes a page as it comes. */
  readonly take = ({ asked, rows, page }: ListedPage<RecordOf<K>>): void => {
    const found = this.#canBeKept ? rowsOfPage({ rows, page }, this.kind, this.client.userMarkField) : null;
    const path = pathOf(asked);
    if (found === null || path === null) {
      this.#canBeKept = false;
      return;
    }
    this.pages.push({ place: this.pages.length, path, behindId: this.#behindId, checkedAt: this.begunAt ?? 0 });
    for (const row of found) {
      // Pages can be listed again one by one only where the list goes by id.
      if (row.id <= (this.#behindId ?? 0)) this.#canBeKept = false;
      this.#behindId = row.id;
      this.rows.push(row);
    }
  };

  /** True if a later run can use it. */
  get canBeKept(): boolean {
    return this.#canBeKept && this.begunAt !== null && this.pages.length > 0;
  }
}

/** The path of a link below `/api/v2`, with its query; null where it is none. Pure. */
export function pathOf(asked: string): string | null {
  if (asked.startsWith("/")) return asked;
  return /^https?:\/\/[^/]+\/api\/v2(\/.*)$/.exec(asked)?.[1] ?? null;
}
