import type { Day } from "../../domain/dates.ts";
import { ConfigurationError, RemoteError } from "../../errors.ts";
import { type AccountsMemory, digestOf, type KnownAccount, textDigest } from "./accounts-memory.ts";
import { CHARGES, SUBSCRIPTIONS } from "./child-lists.ts";
import { readChildObjects } from "./describe.ts";
import { idChunks } from "./id-chunks.ts";
import { idRanges } from "./id-ranges.ts";
import { mapAccount } from "./map-account.ts";
import { inParallel } from "./parallel.ts";
import type { AccountPage, AccountsOptions } from "./ports.ts";
import { accountQuery, accountsByIdQuery, accountsInRangeQuery, flatAccountQuery } from "./queries.ts";
import { readPages } from "./read.ts";
import { FULL_PAGE, NoStreamsError, PLANNED_PART, readInStreams, type StreamsEnd } from "./read-streams.ts";
import { queryPath, type Session } from "./session.ts";
import { idInUrl, valueAt, type WireRecord } from "./wire-record.ts";

/** From so many pages of the nested query on, one after the other, streams are faster: they need two rounds. */
const MIN_NESTED_PAGES = 3;

/** A memory by which accounts can be read in streams. */
type StreamMemory = AccountsMemory & { children: NonNullable<AccountsMemory["children"]> };

/**
 * All customers' accounts (A1). The first time, and where streams are not to be had, by the nested query. Else in streams: what is as the
 * last reading left it is taken, everything else is read again by the nested query, so that no account is a mixture of two moments
 * (docs/decisions/0045-salesforce-in-streams.md).
 */
export async function* readAccounts(
  session: Session,
  today: Day,
  { remembered = null, missing, leave }: AccountsOptions,
): AsyncGenerator<AccountPage> {
  const given = new Set<string>();
  const memory = streamMemory(session, remembered);
  if (memory !== null) {
    try {
      const left = headerOf(memory);
      const learn = (pageRows: number) => Object.assign(left, { pageRows });
      for await (const page of readWhatChanged(session, today, memory, { learn, missing })) {
        for (const { id } of page.known) given.add(id);
        yield page;
      }
      return leave?.(left);
    } catch (error) {
      if (!saysNoStreams(error)) throw error;
    }
  }
  let nestedRequests = 0;
  for await (const page of readNested(session, accountQuery(today))) {
    nestedRequests++;
    yield mappedPage(page.records, page.total, (id) => !given.has(id));
  }
  if (!leave) return;
  const { host } = session;
  const known = memory === null ? knownChildren(session, remembered) : null;
  const children = nestedRequests < MIN_NESTED_PAGES ? known : (known ?? (await describedChildren(session)));
  const pageRows = remembered?.pageRows ?? FULL_PAGE;
  leave({ host, query: queryDigest(), nestedRequests, pageRows, children });
}

/** Pages of accounts by the nested query, mapped: for one account, or a few. */
export async function* readAccountPages(session: Session, soql: string): AsyncGenerator<AccountPage> {
  for await (const { records, total } of readNested(session, soql)) yield mappedPage(records, total);
}

/**
 * In streams; `learn` is told the rows of a page for the next time. The nested query has the last word on every account that is not as it was:
 * changed, new, gone, or known by its children only. Where most have changed, it reads the rest of them range by range.
 */
async function* readWhatChanged(
  session: Session,
  today: Day,
  memory: StreamMemory,
  { learn, missing }: { learn(pageRows: number): void; missing: AccountsOptions["missing"] },
): AsyncGenerator<AccountPage> {
  const remembered = new Map(memory.accounts.map(({ id, digest }) => [id, digest]));
  const seen = new Set<string>();
  const again = new Set<string>();
  let last = "";
  let ended: StreamsEnd = { orphaned: [], pageRows: memory.pageRows, isWhole: true };
  const source = {
    get: session.get,
    path: (soql: string) => queryPath(session, soql),
    atOnce: session.streams.max,
    isEnough: () => seen.size >= memory.pageRows / 2 && again.size > seen.size / 2,
    end: (end: StreamsEnd) => {
      ended = end;
    },
  };
  for await (const part of readInStreams(source, today, memory)) {
    for (const { id } of part) seen.add(id);
    last = part.at(-1)?.id ?? last;
    const records = part.map(({ record }) => record);
    yield mappedPage(records, Math.max(remembered.size, seen.size), (id, digest) => {
      const isAsItWas = remembered.get(id) === digest;
      if (!isAsItWas) again.add(id);
      return isAsItWas;
    });
  }
  const { orphaned, pageRows, isWhole } = ended;
  learn(pageRows);
  const isBehind = (id: string) => isWhole || id <= last;
  for (const id of [...remembered.keys(), ...orphaned]) if (!seen.has(id) && isBehind(id)) again.add(id);
  const unseen = [...remembered.keys()].filter((id) => !seen.has(id));
  if (isWhole && unseen.length > 0) missing?.(unseen);
  const queries = isWhole ? [] : queriesFrom(last, today, memory);
  const parts = await Promise.all([
    readAgain(session, today, [...again]),
    // The streams told of the account with which the rest begins.
    readSideBySide(session, queries, (id) => id !== last),
  ]);
  for (const page of parts.flat()) yield { ...page, total: Math.max(remembered.size, seen.size) };
}

/** Accounts by their ids, in the fewest requests. Those that are no customers any more do not come. */
async function readAgain(session: Session, today: Day, ids: readonly string[]): Promise<AccountPage[]> {
  const room = { pathBytes: queryPath(session, "").length, tokenBytes: session.tokenBytes() };
  const chunks = idChunks(ids, (some) => accountsByIdQuery(today, some), room);
  return readSideBySide(
    session,
    chunks.map((chunk) => accountsByIdQuery(today, chunk)),
  );
}

/** Nested queries of all accounts from an id on, each of about a page. Pure. */
function queriesFrom(id: string, today: Day, { accounts, nestedRequests }: StreamMemory): string[] {
  const rowsOf = ({ subscriptions, charges }: KnownAccount) => 1 + subscriptions + charges;
  const nestedRows = accounts.reduce((sum, one) => sum + rowsOf(one), 0) / nestedRequests;
  const rest = accounts.filter((one) => one.id >= id);
  const [first, ...others] = idRanges(rest, Math.max(1, nestedRows * PLANNED_PART), rowsOf);
  return [{ ...first, from: id, to: first?.to ?? null, rows: 0 }, ...others].map((range) =>
    accountsInRangeQuery(today, range),
  );
}

/** @param isWanted which accounts are given; default: all */
async function readSideBySide(
  session: Session,
  queries: readonly string[],
  isWanted?: (id: string) => boolean,
): Promise<AccountPage[]> {
  const pages = await inParallel(session.streams.max, queries, (soql) =>
    Array.fromAsync(readNested(session, soql), ({ records, total }) => mappedPage(records, total, isWanted)),
  );
  return pages.flat();
}

function readNested(session: Session, soql: string) {
  const children = [SUBSCRIPTIONS.list, CHARGES.list];
  return readPages(session.get, { what: "accounts", path: queryPath(session, soql), children, confirmsEmpty: true });
}

/** @param isWanted which of them are given; the others are left out */
function mappedPage(
  records: readonly WireRecord[],
  total: number,
  isWanted: (id: string, digest: string) => boolean = () => true,
): AccountPage {
  const page: AccountPage = { accounts: [], unreadable: [], known: [], total };
  for (const record of records) {
    const id = idInUrl(record) ?? "";
    const mapped = mapAccount(record);
    const digest = digestOf(mapped);
    if (!isWanted(id, digest)) continue;
    if ("account" in mapped) page.accounts.push(mapped.account);
    else page.unreadable.push(mapped.unreadable);
    page.known.push({ id, digest, ...childCounts(record) });
  }
  return page;
}

function childCounts(record: WireRecord): Pick<KnownAccount, "subscriptions" | "charges"> {
  const count = (list: string) => {
    const records = valueAt(record, `${list}.records`);
    return Array.isArray(records) ? records.length : 0;
  };
  return { subscriptions: count(SUBSCRIPTIONS.list), charges: count(CHARGES.list) };
}

/** The memory where streams are to be had and pay. */
function streamMemory(session: Session, memory: AccountsMemory | null): StreamMemory | null {
  const children = knownChildren(session, memory);
  if (memory === null || children === null) return null;
  if (memory.query !== queryDigest() || memory.nestedRequests < MIN_NESTED_PAGES) return null;
  return memory.accounts.length === 0 ? null : { ...memory, children };
}

function knownChildren(session: Session, memory: AccountsMemory | null): AccountsMemory["children"] {
  return memory?.host === session.host ? memory.children : null;
}

/** Null where Salesforce does not say: then the nested query is used again. */
async function describedChildren(session: Session): Promise<AccountsMemory["children"]> {
  try {
    const objects = await readChildObjects(session, "Account");
    const [subscriptions, charges] = [objects[SUBSCRIPTIONS.list], objects[CHARGES.list]];
    return subscriptions && charges ? { subscriptions, charges } : null;
  } catch (error) {
    if (error instanceof RemoteError || error instanceof ConfigurationError) return null;
    throw error;
  }
}

function headerOf({ accounts: _, ...header }: AccountsMemory): Omit<AccountsMemory, "accounts"> {
  return header;
}

/** Digest of the queries for accounts, independent of the day. */
function queryDigest(): string {
  return textDigest(accountQuery("2000-01-01") + flatAccountQuery({ from: null, to: null, rows: 0 }));
}

/** Refusals of a query: the nested one may be answered all the same, and if not, says what is wrong. */
const QUERY_REFUSALS = new Set([
  "MALFORMED_QUERY",
  "INVALID_TYPE",
  "INVALID_QUERY_FILTER_OPERATOR",
  "QUERY_TIMEOUT",
  "QUERY_TOO_COMPLICATED",
  "OPERATION_TOO_LARGE",
]);

function saysNoStreams(error: unknown): boolean {
  if (error instanceof NoStreamsError || error instanceof ConfigurationError) return true;
  return error instanceof RemoteError && QUERY_REFUSALS.has(error.detail.code ?? "");
}
