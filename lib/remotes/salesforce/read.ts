import { IncompleteError } from "../../errors.ts";
import { inParallel } from "./parallel.ts";
import { idInUrl, isRecord, type WireRecord } from "./wire-record.ts";

/** Requests for children at once. Salesforce caps only requests that last 20 seconds and more, at 25. */
const CHILD_REQUESTS = 8;

/** Pages in a row that are empty although the list goes on. */
const MAX_EMPTY_PAGES = 3;

/** Asks Salesforce for a path (`/services/data/…`), answers the parsed JSON. */
export type Get = (path: string) => Promise<unknown>;

/** One page of a query, its children complete. */
export interface WirePage {
  records: WireRecord[];
  /** Number of records on all pages together, as announced. */
  total: number;
}

/** A query's path, and the child lists that each record must have. */
export interface Query {
  /** Name of the records in errors: "accounts". */
  what: string;
  path: string;
  children: readonly string[];
  /**
   * Whether there is hardly ever nothing to answer, and much would follow from it: then "nothing" counts only when it is answered twice.
   * An empty answer proves itself complete (S1).
   */
  confirmsEmpty?: boolean;
}

interface Answer {
  totalSize: number;
  done: boolean;
  nextRecordsUrl: string | null;
  records: WireRecord[];
}

/**
 * Every page of a query, each with all pages of its child lists; throws `IncompleteError` where that cannot be proved (S1).
 * The children of a page are read before the next page is asked for: older API versions drop their locators then.
 */
export async function* readPages(get: Get, query: Query): AsyncGenerator<WirePage> {
  const list = new CompleteList(query.what);
  const first = await get(query.path);
  let answer = list.take(query.confirmsEmpty && saysNothing(first) ? await get(query.path) : first);
  const total = answer.totalSize;
  for (;;) {
    const { records } = answer;
    const pending = records.flatMap((record) => query.children.map((key) => childList(record, key)).filter(isOpen));
    await inParallel(CHILD_REQUESTS, pending, (child) => child.finish(get));
    const next = list.next();
    yield { records, total };
    if (next === null) return;
    answer = list.take(await get(next));
  }
}

function saysNothing(answer: unknown): boolean {
  return isRecord(answer) && answer.totalSize === 0 && answer.done === true;
}

/** One list, page after page: what it announced, what came, and where it goes on. */
class CompleteList {
  readonly #ids = new Set<string>();
  readonly #locators = new Set<string>();
  #announced: number | undefined;
  #emptyPages = 0;
  #latest: Answer | undefined;

  constructor(readonly what: string) {}

  /** Takes a page of the list; refuses a record that came before. */
  take(page: unknown): Answer {
    const answer = this.#read(page);
    this.#announced ??= answer.totalSize;
    this.#latest = answer;
    this.#emptyPages = answer.records.length === 0 ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > MAX_EMPTY_PAGES) throw this.#incomplete("it has too many pages without records");
    for (const record of answer.records) {
      const id = idInUrl(record);
      if (id === null) throw this.#incomplete("a record carries no id (attributes.url)");
      if (this.#ids.has(id)) throw this.#incomplete(`record ${id} was returned twice`);
      this.#ids.add(id);
    }
    if (this.#ids.size > this.#announced)
      throw this.#incomplete(`it returned more than the ${this.#announced} records announced`);
    return answer;
  }

  /** The locator of the next page; null when the list is complete, and proved to be. */
  next(): string | null {
    if (!this.#latest) throw this.#incomplete("no page was read");
    const { done, nextRecordsUrl } = this.#latest;
    if (done) {
      if (this.#ids.size === this.#announced) return null;
      throw this.#incomplete(`it returned ${this.#ids.size} of ${this.#announced} records announced`);
    }
    if (nextRecordsUrl === null) throw this.#incomplete("it is not done, but names no next page");
    // Anything else would be sent our access token.
    if (!nextRecordsUrl.startsWith("/services/data/"))
      throw this.#incomplete("its next page is outside of /services/data/");
    if (this.#locators.has(nextRecordsUrl)) throw this.#incomplete("its pages repeat");
    this.#locators.add(nextRecordsUrl);
    return nextRecordsUrl;
  }

  #read(page: unknown): Answer {
    if (!isRecord(page)) throw this.#incomplete("the answer is not the result of a query");
    const { totalSize, done, nextRecordsUrl, records } = page;
    if (
      typeof totalSize !== "number" ||
      typeof done !== "boolean" ||
      !Array.isArray(records) ||
      !records.every(isRecord)
    )
      throw this.#incomplete("the answer is not the result of a query");
    return { totalSize, done, records, nextRecordsUrl: typeof nextRecordsUrl === "string" ? nextRecordsUrl : null };
  }

  #incomplete(why: string): IncompleteError {
    return new IncompleteError(
      `Salesforce's response is incomplete: ${this.what}: ${why}. Nothing was kept; the next run reads it again.`,
    );
  }
}

/** A child list that may go on beyond what came with its parent; its further records are added in place. */
class ChildList {
  readonly #list: CompleteList;
  readonly #records: WireRecord[];
  readonly next: string | null;

  constructor(what: string, page: unknown) {
    this.#list = new CompleteList(what);
    this.#records = this.#list.take(page).records;
    this.next = this.#list.next();
  }

  async finish(get: Get): Promise<void> {
    for (let next = this.next; next !== null; next = this.#list.next()) {
      this.#records.push(...this.#list.take(await get(next)).records);
    }
  }
}

/** A child list of a record; null where the record has no children, which Salesforce says with null. */
function childList(record: WireRecord, key: string): ChildList | null {
  const page = record[key];
  return page === null ? null : new ChildList(`${key} of ${idInUrl(record)}`, page);
}

function isOpen(child: ChildList | null): child is ChildList {
  return child !== null && child.next !== null;
}
