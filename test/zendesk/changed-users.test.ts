import { afterEach, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import { RemoteError } from "../../lib/errors.ts";
import { createZendeskReader } from "../../lib/remotes/zendesk/read.ts";
import { optionsOfMsw, zendeskOfMsw } from "../support/zendesk/zendesk-of-msw.ts";
import { seedUser, serveZendesk } from "./serve-zendesk.ts";

const msw = zendeskOfMsw();
let served: Awaited<ReturnType<typeof serveZendesk>> | undefined;
afterEach(async () => {
  await served?.stop();
  served = undefined;
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const textOf = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

async function idsOf(reader: ReturnType<typeof createZendeskReader>, since: Date): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of reader.changedUsers(since)) ids.push(...page.records.map(({ id }) => id));
  return ids;
}

test("everybody who changed since then, over several pages, with the fewest requests", async () => {
  const users = Array.from({ length: 1500 }, (_, index) =>
    seedUser(`person.${index}@example.com`, { updated_at: textOf(minutesAgo(60)) }),
  );
  const old = seedUser("old@example.com", { updated_at: textOf(minutesAgo(600)) });
  served = await serveZendesk({ users: [...users, old] });
  expect((await idsOf(served.reader, minutesAgo(120))).sort()).toEqual(users.map(({ id }) => id).sort());
  expect(served.requests(/GET .*\/incremental\/users\/cursor/)).toHaveLength(2);
});

test("a moment just now is asked for as a little earlier: a start within the last minute is refused", async () => {
  served = await serveZendesk({ users: [seedUser("a@example.com", { updated_at: textOf(minutesAgo(60)) })] });
  expect(await idsOf(served.reader, new Date())).toEqual([]);
});

test("deleted users are left out", async () => {
  const user = { id: 7, name: "Sue", email: "sue@example.com", role: "end-user", suspended: false, organization_id: 5 };
  const users = [
    { ...user, active: true },
    { ...user, id: 8, active: false },
  ];
  msw.answers(() => HttpResponse.json({ users, after_cursor: "one", after_url: null, end_of_stream: true }));
  expect(await idsOf(createZendeskReader(optionsOfMsw().options), minutesAgo(120))).toEqual([7]);
});

test("credentials that are no administrator's: status 403, not asked again", async () => {
  served = await serveZendesk({ behaviour: { incrementalExports: "forbidden" } });
  const error = await idsOf(served.reader, minutesAgo(120)).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(RemoteError);
  expect(error).toMatchObject({ detail: { status: 403 } });
  expect(served.requests(/incremental/)).toHaveLength(1);
});

test("a cursor that does not move on ends it", async () => {
  msw.answers(() =>
    HttpResponse.json({ users: [], after_cursor: "same", after_url: null, before_cursor: null, end_of_stream: false }),
  );
  expect(await idsOf(createZendeskReader(optionsOfMsw().options), minutesAgo(120))).toEqual([]);
  expect(msw.requests().length).toBe(2);
});

test("an answer that is no export is an error that names no value", async () => {
  msw.answers(() => HttpResponse.json({ users: [{ email: "sue@example.com" }] }));
  const error = await idsOf(createZendeskReader(optionsOfMsw().options), minutesAgo(120)).catch((one: unknown) => one);
  expect(String(error)).toContain("the expected export of users");
  expect(String(error)).not.toContain("sue");
});
