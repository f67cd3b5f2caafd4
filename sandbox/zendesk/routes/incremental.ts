import { forbidden, paginationError, parameterMissing, ZendeskError } from "../errors.ts";
import { type App, type Exchange, originOf, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { respectEndpointLimit } from "../limits.ts";
import type { User } from "../records.ts";

/** Rows to a page at most, and by default (facts 7). */
const mostRows = 1000;

/** Where a page of the export ends: `<unix second>.0||<id of the last row>|`, in base64 (facts 7). */
interface Position {
  second: number;
  id: number;
}

/**
 * The incremental export of users with cursors: everybody who changed since `start_time`, deleted users included, in order of that
 * change. For administrators only; ten requests a minute for all exports together; the last minute is withheld (facts 7).
 */
export function incrementalExports(app: App, instance: Instance): void {
  app.get("/api/v2/incremental/users/cursor", (c) => {
    if (instance.behaviour.incrementalExports === "forbidden") throw forbidden();
    const standing = instance.incrementalLimit.take();
    const { limit, remaining, resetSeconds } = standing;
    c.header("zendesk-ratelimit-incremental-exports", `total=${limit}; remaining=${remaining}; resets=${resetSeconds}`);
    respectEndpointLimit(standing);
    const settled = Math.floor((instance.clock.now().getTime() - instance.clock.realMs(60)) / 1000);
    const from = startOf(c, settled);
    const asked = Number(urlOf(c).searchParams.get("per_page") ?? mostRows);
    const size = Math.min(Math.max(1, Number.isInteger(asked) ? asked : mostRows), mostRows);
    const changed = [...instance.store.users.values()]
      .map((user) => ({ user, at: { second: secondOf(user), id: user.id } }))
      .filter(({ at }) => at.second <= settled && isBehind(at, from))
      .sort((one, other) => one.at.second - other.at.second || one.at.id - other.at.id);
    const rows = changed.slice(0, size);
    const last = rows.at(-1)?.at ?? from;
    const cursor = Buffer.from(`${last.second}.0||${last.id}|`).toString("base64");
    return c.json({
      users: rows.map(({ user }) => instance.userWire(user, originOf(c))),
      after_url: `${originOf(c)}/api/v2/incremental/users/cursor.json?cursor=${encodeURIComponent(cursor)}&per_page=${size}`,
      before_url: null,
      after_cursor: cursor,
      before_cursor: null,
      end_of_stream: changed.length <= size,
    });
  });
}

function startOf(c: Exchange, settled: number): Position {
  const { searchParams } = urlOf(c);
  const cursor = searchParams.get("cursor");
  if (cursor !== null) {
    const [, second, id] = /^(\d+)\.0\|\|(\d+)\|$/.exec(Buffer.from(cursor, "base64").toString()) ?? [];
    if (second === undefined || id === undefined)
      throw paginationError("InvalidCursor", "Invalid cursor", "cursor is not valid");
    return { second: Number(second), id: Number(id) };
  }
  const text = searchParams.get("start_time");
  if (text === null || !/^\d+$/.test(text)) throw parameterMissing("start_time");
  // The wording is invented; that a start within the last minute is refused is documented (facts 7).
  if (Number(text) > settled)
    throw new ZendeskError(422, {
      error: "StartTimeTooRecent",
      description: "Too recent start_time. Use a start_time older than 60 seconds",
    });
  return { second: Number(text), id: 0 };
}

function isBehind(at: Position, from: Position): boolean {
  return at.second > from.second || (at.second === from.second && at.id > from.id);
}

function secondOf({ updated_at }: User): number {
  return Math.floor(Date.parse(updated_at) / 1000);
}
