import * as v from "valibot";
import { type Reason, reason } from "../../../domain/reason.ts";
import { messageOf, RemoteError, StoppedError } from "../../../errors.ts";
import { HttpError } from "../../http/http-error.ts";
import type { ZendeskClient } from "../client.ts";
import { type RecordOf, rowsOf } from "../list.ts";
import type { ExportedRow } from "./snapshot-row.ts";
import { readExported } from "./wire-rows.ts";

/** Rows to a page: the most that Zendesk gives (facts/zendesk.md 7). */
const ROWS = 1000;
/** Of the ten exports a minute that all clients of an account share, others get some. */
const MAX_PAGES = 8;

/** Pages of exports that one run may still request of an account: organizations and users count together (facts/zendesk.md 5). */
export class ExportBudget {
  private left = MAX_PAGES;

  /** Takes one page; false where none is left. */
  take(): boolean {
    return this.left-- > 0;
  }
}

/** Kept low because anything that cannot be exported is listed instead: no export is waited for. */
const RETRIES = { maxAttempts: 3, maxRateLimited: 1, maxWaitMs: 10_000 };

/** Everything that changed, or why that cannot be known. */
export type Exported<T> = { is: "rows"; rows: ExportedRow<T>[] } | { is: "none"; why: Reason };

/** A page of an export: its rows, and where the next one begins; null after the last one. `stuck`: it would begin where this one did. */
interface ExportPage {
  rows: unknown[];
  next: string | null;
  stuck: boolean;
}

type ExportedKind = "organizations" | "users";
type PageReader = (body: unknown, asked: string) => ExportPage | null;

const TimeBasedSchema = v.object({ end_time: v.nullable(v.number()), end_of_stream: v.boolean() });
const CursorSchema = v.object({ after_cursor: v.nullable(v.string()), end_of_stream: v.boolean() });

/**
 * Organizations that changed since a second, deleted ones among them, by the time-based export: there is no other for them. Its pages hold whole
 * seconds, and go on with the second that the last one ended with; so a thousand changes in one second are never got past.
 */
export function exportOrganizations(
  client: ZendeskClient,
  since: number,
  budget: ExportBudget,
): Promise<Exported<RecordOf<"organizations">>> {
  return exportAll(
    client,
    "organizations",
    `/incremental/organizations?start_time=${since}&per_page=${ROWS}`,
    timeBased,
    budget,
  );
}

/** Users that changed since a second, deleted ones among them, by the export with cursors. */
export function exportUsers(
  client: ZendeskClient,
  since: number,
  budget: ExportBudget,
): Promise<Exported<RecordOf<"users">>> {
  return exportAll(
    client,
    "users",
    `/incremental/users/cursor?start_time=${since}&per_page=${ROWS}`,
    withCursor,
    budget,
  );
}

/** Throws `StoppedError` alone: whatever else goes wrong is why there is no export. */
async function exportAll<K extends ExportedKind>(
  client: ZendeskClient,
  kind: K,
  first: string,
  read: PageReader,
  budget: ExportBudget,
): Promise<Exported<RecordOf<K>>> {
  const rows: ExportedRow<RecordOf<K>>[] = [];
  let next: string | null = first;
  try {
    while (next !== null) {
      if (!budget.take()) return none(reason("snapshot.exports_used_up", { list: kind }));
      const answer: { headers: Headers; body: unknown } = await client.ask(next, RETRIES);
      const found: ExportPage | null = read(answer.body, next);
      const mapped = found && readExported(found.rows, kind, client.userMarkField);
      if (!found || !mapped) throw noExport(client, kind);
      rows.push(...mapped);
      if (found.stuck) return none(reason("snapshot.export_stuck", { list: kind }));
      if (found.next !== null && isUsedUp(answer.headers))
        return none(reason("snapshot.exports_used_up", { list: kind }));
      next = found.next;
    }
    return { is: "rows", rows };
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    return none(whyNot(error, kind));
  }
}

function timeBased(body: unknown, asked: string): ExportPage | null {
  const rows = rowsOf(body, "organizations");
  const paging = v.safeParse(TimeBasedSchema, body);
  if (!rows || !paging.success) return null;
  const { end_time: end, end_of_stream: ended } = paging.output;
  if (ended) return { rows, next: null, stuck: false };
  if (end === null) return null;
  const from = Number(/start_time=(\d+)/.exec(asked)?.[1]);
  // The link of the answer says the same; `end_time` cannot lead to another place.
  return { rows, next: asked.replace(/start_time=\d+/, `start_time=${end}`), stuck: end <= from };
}

function withCursor(body: unknown, asked: string): ExportPage | null {
  const rows = rowsOf(body, "users");
  const paging = v.safeParse(CursorSchema, body);
  if (!rows || !paging.success) return null;
  const { after_cursor: cursor, end_of_stream: ended } = paging.output;
  if (ended) return { rows, next: null, stuck: false };
  if (cursor === null) return null;
  const next = `/incremental/users/cursor?cursor=${encodeURIComponent(cursor)}&per_page=${ROWS}`;
  return { rows, next, stuck: next === asked };
}

/** True if the next export request would be refused (facts/zendesk.md 5). */
function isUsedUp(headers: Headers): boolean {
  const told =
    headers.get("zendesk-ratelimit-incremental-exports") ?? headers.get("zendesk-rate-limit-incremental-exports");
  return /\bremaining=0\b/.test(told ?? "");
}

function none(why: Reason): { is: "none"; why: Reason } {
  return { is: "none", why };
}

function noExport({ instance }: ZendeskClient, kind: ExportedKind): RemoteError {
  return new RemoteError(`Zendesk ${instance} answered no export of ${kind} where one was expected.`, {
    service: "Zendesk",
  });
}

function whyNot(error: unknown, list: ExportedKind): Reason {
  const status = error instanceof HttpError ? error.status : null;
  if (status === 429) return reason("snapshot.exports_used_up", { list });
  if (status === 403) return reason("snapshot.export_refused", { list, status });
  return reason("snapshot.not_completed", { list, message: messageOf(error) });
}
