import { forbidden, paginationError, parameterMissing, ZendeskError } from "../errors.ts";
import { type App, type Exchange, faultOf, originOf, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { respectEndpointLimit } from "../limits.ts";
import { played } from "../paging.ts";
import type { DeletedOrganization, Organization, User } from "../records.ts";
import type { Wire } from "../wire.ts";

/** Rows to a page at most, and by default (facts 7). */
const mostRows = 1000;

/** Where a page of the export ends: `<unix second>.0||<id of the last row>|`, in base64 (facts 7). */
interface Position {
  second: number;
  id: number;
}

/**
 * The incremental exports: everything that changed since `start_time`, deleted records included, in order of that change. For
 * administrators only; ten requests a minute for all exports together; the last minute is withheld (facts 7).
 */
export function incrementalExports(app: App, instance: Instance): void {
  app.get("/api/v2/incremental/users/cursor", (c) => {
    const settled = admitted(c, instance);
    const from = cursorOf(c) ?? { second: startTimeOf(c, settled), id: 0 };
    const size = sizeOf(c);
    const changed = inOrder([...instance.store.users.values()], settled).filter(({ at }) => isBehind(at, from));
    const rows = changed.slice(0, size);
    const last = rows.at(-1)?.at ?? from;
    const cursor = Buffer.from(`${last.second}.0||${last.id}|`).toString("base64");
    return c.json({
      users: played(rows, faultOf(c)).map(({ row }) => instance.userWire(row, originOf(c))),
      after_url: `${originOf(c)}/api/v2/incremental/users/cursor.json?cursor=${encodeURIComponent(cursor)}&per_page=${size}`,
      before_url: null,
      after_cursor: cursor,
      before_cursor: null,
      end_of_stream: changed.length <= size,
    });
  });

  app.get("/api/v2/incremental/organizations", (c) => {
    const settled = admitted(c, instance);
    const { organizations, deletedOrganizations } = instance.store;
    const all = [...organizations.values(), ...deletedOrganizations.values()];
    const page = timeBasedPage(
      inOrder<Organization | DeletedOrganization>(all, settled),
      startTimeOf(c, settled),
      sizeOf(c),
    );
    return c.json({
      organizations: played(page.rows, faultOf(c)).map(({ row }) => organizationExported(instance, row, originOf(c))),
      ...pageEnd(c, page),
    });
  });

  app.get("/api/v2/incremental/users", (c) => {
    const settled = admitted(c, instance);
    const page = timeBasedPage(
      inOrder([...instance.store.users.values()], settled),
      startTimeOf(c, settled),
      sizeOf(c),
    );
    const users = played(page.rows, faultOf(c)).map(({ row }) => instance.userWire(row, originOf(c)));
    return c.json({ users, ...pageEnd(c, page) });
  });
}

/** Lets the request through, or throws; answers the last second that is told by now. */
function admitted(c: Exchange, instance: Instance): number {
  if (instance.behaviour.incrementalExports === "forbidden") throw forbidden();
  const standing = instance.incrementalLimit.take();
  const { limit, remaining, resetSeconds } = standing;
  c.header("zendesk-ratelimit-incremental-exports", `total=${limit}; remaining=${remaining}; resets=${resetSeconds}`);
  respectEndpointLimit(standing);
  return Math.floor((instance.clock.now().getTime() - instance.clock.realMs(60)) / 1000);
}

interface Row<T> {
  row: T;
  at: Position;
}

interface TimeBasedPage<T> {
  rows: Row<T>[];
  end: number;
  ended: boolean;
}

/**
 * A page of whole seconds: `per_page` rows and the rest of the last one's second, but never more than a thousand. `end_time` is the second
 * after the last row's; where the thousand cut the page, or nothing comes behind it, it is the last row's own (recorded: facts 7). So a
 * thousand rows of one second are never got past.
 */
export function timeBasedPage<T>(changed: readonly Row<T>[], from: number, size: number): TimeBasedPage<T> {
  const since = changed.filter(({ at }) => at.second >= from);
  const boundary = since[size - 1]?.at.second;
  const whole = boundary === undefined ? since : since.filter(({ at }) => at.second <= boundary);
  const rows = whole.slice(0, mostRows);
  const ended = rows.length === since.length;
  const last = rows.at(-1)?.at.second ?? from;
  return { rows, end: ended || rows.length < whole.length ? last : last + 1, ended };
}

/** `next_page` is never null, at the end neither (facts 7). */
function pageEnd(c: Exchange, { rows, end, ended }: TimeBasedPage<unknown>): Wire {
  const url = urlOf(c);
  url.searchParams.set("start_time", String(end));
  return { next_page: url.toString(), count: rows.length, end_of_stream: ended, end_time: end };
}

function organizationExported(instance: Instance, row: Organization | DeletedOrganization, origin: string): Wire {
  const wire = instance.organizationWire(row, origin);
  return "deleted_at" in row ? { ...wire, deleted_at: row.deleted_at } : wire;
}

function inOrder<T extends { id: number; updated_at: string }>(records: readonly T[], settled: number): Row<T>[] {
  return records
    .map((row) => ({ row, at: { second: secondOf(row), id: row.id } }))
    .filter(({ at }) => at.second <= settled)
    .sort((one, other) => one.at.second - other.at.second || one.at.id - other.at.id);
}

function sizeOf(c: Exchange): number {
  const asked = Number(urlOf(c).searchParams.get("per_page") ?? mostRows);
  return Math.min(Math.max(1, Number.isInteger(asked) ? asked : mostRows), mostRows);
}

function cursorOf(c: Exchange): Position | null {
  const cursor = urlOf(c).searchParams.get("cursor");
  if (cursor === null) return null;
  const [, second, id] = /^(\d+)\.0\|\|(\d+)\|$/.exec(Buffer.from(cursor, "base64").toString()) ?? [];
  if (second === undefined || id === undefined)
    throw paginationError("InvalidCursor", "Invalid cursor", "cursor is not valid");
  return { second: Number(second), id: Number(id) };
}

function startTimeOf(c: Exchange, settled: number): number {
  const text = urlOf(c).searchParams.get("start_time");
  if (text === null || !/^\d+$/.test(text)) throw parameterMissing("start_time");
  // The wording is invented; that a start within the last minute is refused is documented (facts 7).
  if (Number(text) > settled)
    throw new ZendeskError(422, {
      error: "StartTimeTooRecent",
      description: "Too recent start_time. Use a start_time older than 60 seconds",
    });
  return Number(text);
}

function isBehind(at: Position, from: Position): boolean {
  return at.second > from.second || (at.second === from.second && at.id > from.id);
}

function secondOf({ updated_at }: Pick<User, "updated_at">): number {
  return Math.floor(Date.parse(updated_at) / 1000);
}
