import pLimit from "p-limit";
import type { Day } from "../../domain/dates.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import type { AccountsMemory, ChildObject } from "./accounts-memory.ts";
import { CHARGES, SUBSCRIPTIONS } from "./child-lists.ts";
import { type IdRange, idRanges, isInRange } from "./id-ranges.ts";
import { type ChildList, flatAccountQuery, flatChildQuery } from "./queries.ts";
import { type Get, readPages } from "./read.ts";
import { type JoinedAccount, StreamJoin, type StreamKind } from "./stream-join.ts";
import { idInUrl, type WireRecord } from "./wire-record.ts";

/** The part of a page that is planned for: what came since must not need a page of its own. */
export const PLANNED_PART = 0.97;

/** Rows of a full page (facts/salesforce.md 2.2). */
export const FULL_PAGE = 2000;

/** Salesforce does not order ids as the ranges need it, or has no such query: whoever reads must ask the nested query instead. */
export class NoStreamsError extends Error {
  override readonly name = "NoStreamsError";
}

/** One range of one kind. */
interface Stream {
  kind: StreamKind;
  range: IdRange;
  soql: string;
  /** Id of the account that a record is, or belongs to. */
  accountOf(record: WireRecord): string | null;
}

/** Access to Salesforce for reading in streams, its limits, and its callbacks. */
export interface StreamSource {
  get: Get;
  /** The path of a query. */
  path(soql: string): string;
  /** Streams that may be read at once. */
  atOnce: number;
  /** Asked after each part: whether the rest need not be read. */
  isEnough(): boolean;
  /** Told at the end what came beside the accounts. */
  end(end: StreamsEnd): void;
}

/** Results of reading in streams, apart from the accounts. */
export interface StreamsEnd {
  /** Accounts that only their children tell of, as far as it was read. */
  orphaned: string[];
  /** Rows to plan for in a page next time. */
  pageRows: number;
  /** True if everything was read; false if reading stopped early because it was enough. */
  isWhole: boolean;
}

/**
 * All customers' accounts (A1), by flat queries over ranges of ids side by side, joined and ascending by id. Each range proves itself
 * complete (S1), and the ranges tile, so that nothing is outside of them. Accounts and children are not of one moment: whoever uses them
 * must know them as they are, or ask again. Throws `NoStreamsError` where the ranges turn out not to be what was asked for.
 */
export async function* readInStreams(
  source: StreamSource,
  today: Day,
  memory: AccountsMemory & { children: NonNullable<AccountsMemory["children"]> },
): AsyncGenerator<JoinedAccount[]> {
  const streams = planStreams(today, memory);
  const limit = pLimit({ concurrency: source.atOnce, rejectOnClear: true });
  const readings: (ReturnType<typeof readStream> | null)[] = streams.map((stream) =>
    limit(() => readStream(source, stream)),
  );
  // Whichever fails first is awaited at its turn.
  for (const reading of readings) reading?.catch(() => {});
  const join = new StreamJoin();
  let fullPage = 0;
  let isWhole = true;
  try {
    for (const [index, { kind, range }] of streams.entries()) {
      const reading = await (readings[index] as ReturnType<typeof readStream>);
      readings[index] = null;
      fullPage = Math.max(fullPage, reading.fullPage);
      join.add(kind, reading.records, reading.ids, range.to);
      const accounts = join.take();
      if (accounts.length > 0) yield accounts;
      isWhole = index === streams.length - 1 || !source.isEnough();
      if (!isWhole) break;
    }
  } finally {
    limit.clearQueue();
    await Promise.allSettled(readings);
  }
  const pageRows = fullPage > 0 ? fullPage : Math.min(FULL_PAGE, memory.pageRows * 2);
  source.end({ orphaned: join.orphaned(), pageRows, isWhole });
}

/** The streams in the order in which they are read: by where they end, so that accounts become complete from the first on. Pure. */
function planStreams(
  today: Day,
  { accounts, children, pageRows }: AccountsMemory & { children: NonNullable<AccountsMemory["children"]> },
): Stream[] {
  const perRange = Math.max(1, Math.floor(pageRows * PLANNED_PART));
  const childStreams = (kind: "subscriptions" | "charges", list: ChildList, child: ChildObject) =>
    idRanges(accounts, perRange, (account) => account[kind]).map(
      (range): Stream => ({
        kind,
        range,
        soql: flatChildQuery(list, child, { today, range }),
        accountOf: (record) => id18(record[child.lookup]),
      }),
    );
  const streams = [
    ...idRanges(accounts, perRange, () => 1).map(
      (range): Stream => ({ kind: "accounts", range, soql: flatAccountQuery(range), accountOf: idInUrl }),
    ),
    ...childStreams("subscriptions", SUBSCRIPTIONS, children.subscriptions),
    ...childStreams("charges", CHARGES, children.charges),
  ];
  const end = ({ range }: Stream) => range.to ?? "\uffff";
  return streams.sort((one, other) => (end(one) < end(other) ? -1 : end(one) > end(other) ? 1 : 0));
}

async function readStream(
  { get, path }: StreamSource,
  { kind, range, soql, accountOf }: Stream,
): Promise<{ records: WireRecord[]; ids: string[]; fullPage: number }> {
  const query = { what: kind, path: path(soql), children: [], confirmsEmpty: true };
  const records: WireRecord[] = [];
  const ids: string[] = [];
  let fullPage = 0;
  for await (const page of readPages(get, query)) {
    for (const record of page.records) {
      const id = accountOf(record);
      if (id === null || !isInRange(id, range))
        throw new NoStreamsError(`a record of ${kind} is not in the range of ids that was asked for`);
      records.push(record);
      ids.push(id);
    }
    if (records.length < page.total) fullPage = Math.max(fullPage, page.records.length);
  }
  return { records, ids, fullPage };
}

function id18(value: unknown): string | null {
  return typeof value === "string" ? toId18(value) : null;
}
