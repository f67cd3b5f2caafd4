import * as v from "valibot";
import type { ListedUser } from "../../domain/listed-user.ts";
import { now } from "../../edges/clock.ts";
import { RemoteError } from "../../errors.ts";
import type { ZendeskClient } from "./client.ts";
import { readRows, rowsOf } from "./list.ts";
import type { Page } from "./ports.ts";

/** Rows to a page: the most that Zendesk gives (facts/zendesk.md 7). Ten such requests a minute are for everybody together. */
const ROWS = 1000;
/** The last minute is withheld, and a start within it is refused; some seconds more for clocks that differ. */
const WITHHELD_MS = 90_000;

const ExportSchema = v.object({ after_cursor: v.nullable(v.string()), end_of_stream: v.boolean() });

/**
 * Users that changed since a moment, deleted ones left out, in order of that change: the incremental export with cursors. One request a
 * page, asked for only when the page is. Throws `RemoteError`, with status 403 where the credentials are no administrator's.
 */
export async function* changedUsers(client: ZendeskClient, since: Date): AsyncGenerator<Page<ListedUser>> {
  const start = Math.floor(Math.min(since.getTime(), now() - WITHHELD_MS) / 1000);
  const cursors = new Set<string>();
  let from = `start_time=${start}`;
  for (;;) {
    const body: unknown = await client.get(`/incremental/users/cursor?${from}&per_page=${ROWS}`);
    const rows = rowsOf(body, "users");
    const paging = v.safeParse(ExportSchema, body);
    if (!rows || !paging.success)
      throw new RemoteError(`Zendesk ${client.instance} did not return the expected export of users.`, {
        service: "Zendesk",
      });
    yield readRows(rows.filter(isActive), "users", client.userMarkField);
    const { after_cursor: cursor, end_of_stream: ended } = paging.output;
    // A cursor that does not move on would be asked for ever (facts/zendesk.md 7).
    if (ended || cursor === null || cursors.has(cursor)) return;
    cursors.add(cursor);
    from = `cursor=${encodeURIComponent(cursor)}`;
  }
}

function isActive(row: unknown): boolean {
  return typeof row === "object" && row !== null && (row as Record<string, unknown>).active !== false;
}
