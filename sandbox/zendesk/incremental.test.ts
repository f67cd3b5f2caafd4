import { describe, expect, test } from "bun:test";
import { seedOrganization, seedUser, type TestInstance, testInstance } from "../test/zendesk.ts";

/** The clock of a test instance stands at 2026-11-23T10:00:00Z. */
const NOW = Date.parse("2026-11-23T10:00:00Z") / 1000;
const changedAt = (seconds: number) => ({
  updated_at: `${new Date((NOW - seconds) * 1000).toISOString().slice(0, 19)}Z`,
});

interface Export {
  users: { id: number; email: string | null; active: boolean }[];
  after_url: string;
  after_cursor: string;
  end_of_stream: boolean;
}

async function page(instance: TestInstance, query: string) {
  const { status, headers, body } = await instance.call("GET", `/api/v2/incremental/users/cursor.json?${query}`);
  return { status, headers, body: body as unknown as Export };
}

describe("the incremental export of users with cursors (facts 7)", () => {
  const users = [
    seedUser(3, "c@example.com", changedAt(500)),
    seedUser(1, "a@example.com", changedAt(300)),
    seedUser(2, "b@example.com", changedAt(300)),
    seedUser(4, "old@example.com", changedAt(9000)),
    seedUser(5, "fresh@example.com", changedAt(30)),
  ];

  test("everybody who changed since then, in order of the change; the last minute is withheld", async () => {
    const instance = testInstance({ users });
    const { body } = await page(instance, `start_time=${NOW - 1000}`);
    expect(body.users.map(({ id }) => id)).toEqual([3, 1, 2]);
    expect(body.end_of_stream).toBeTrue();
    expect(Object.keys(body)).toEqual([
      "users",
      "after_url",
      "before_url",
      "after_cursor",
      "before_cursor",
      "end_of_stream",
    ]);
    expect(Buffer.from(body.after_cursor, "base64").toString()).toBe(`${NOW - 300}.0||2|`);
    instance.wait(60);
    expect((await page(instance, `cursor=${body.after_cursor}`)).body.users.map(({ id }) => id)).toEqual([5]);
  });

  test("pages hold as many rows as asked for, and go on where the last one ended", async () => {
    const instance = testInstance({ users });
    const ids: number[] = [];
    let query = `start_time=${NOW - 1000}&per_page=1`;
    for (let ended = false; !ended; ) {
      const { body } = await page(instance, query);
      ids.push(...body.users.map(({ id }) => id));
      ended = body.end_of_stream;
      query = new URL(body.after_url).search.slice(1);
    }
    expect(ids).toEqual([3, 1, 2]);
  });

  test("deleted users stay in it", async () => {
    const instance = testInstance({ users });
    await instance.call("DELETE", "/api/v2/users/1");
    instance.wait(60);
    const { body } = await page(instance, `start_time=${NOW - 1000}`);
    expect(body.users.find(({ id }) => id === 1)).toMatchObject({ active: false });
  });

  test("ten requests a minute, with a header and a limit of its own", async () => {
    const instance = testInstance({ users });
    const first = await page(instance, `start_time=${NOW - 1000}`);
    expect(first.headers.get("zendesk-ratelimit-incremental-exports")).toBe("total=10; remaining=9; resets=60");
    for (let count = 1; count < 10; count += 1) await page(instance, `start_time=${NOW - 1000}`);
    const refused = await page(instance, `start_time=${NOW - 1000}`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("x-rate-limit-remaining"))).toBeGreaterThan(600);
  });

  test("for administrators only; a start within the last minute, none at all and a cursor that is none are refused", async () => {
    const forbidden = testInstance({ users, behaviour: { incrementalExports: "forbidden" } });
    expect((await page(forbidden, `start_time=${NOW - 1000}`)).status).toBe(403);
    const instance = testInstance({ users });
    expect((await page(instance, `start_time=${NOW - 59}`)).status).toBe(422);
    expect((await page(instance, "")).status).toBe(400);
    expect((await page(instance, "cursor=zzz")).status).toBe(400);
  });
});

interface TimeBasedExport {
  organizations: { id: number; name: string; deleted_at?: string; updated_at: string }[];
  count: number;
  next_page: string;
  end_time: number;
  end_of_stream: boolean;
}

async function organizationsPage(instance: TestInstance, query: string) {
  const { status, headers, body } = await instance.call("GET", `/api/v2/incremental/organizations.json?${query}`);
  return { status, headers, body: body as unknown as TimeBasedExport };
}

/** Every page from a second on, at most so many. */
async function allPages(instance: TestInstance, query: string, most = 20): Promise<TimeBasedExport[]> {
  const pages: TimeBasedExport[] = [];
  for (let next = query; pages.length < most; ) {
    const { body } = await organizationsPage(instance, next);
    pages.push(body);
    if (body.end_of_stream) break;
    next = new URL(body.next_page).search.slice(1);
  }
  return pages;
}

describe("the time-based incremental export of organizations (facts 7)", () => {
  const organizations = [
    seedOrganization(1, "a", changedAt(300)),
    seedOrganization(2, "b", changedAt(500)),
    seedOrganization(3, "c", changedAt(300)),
    seedOrganization(4, "d", changedAt(200)),
    seedOrganization(5, "old", changedAt(9000)),
    seedOrganization(6, "fresh", changedAt(30)),
  ];

  test("everything that changed since then, the last minute withheld; the last page ends with its last row's second", async () => {
    const instance = testInstance({ organizations });
    const { body } = await organizationsPage(instance, `start_time=${NOW - 1000}`);
    expect(body.organizations.map(({ id }) => id)).toEqual([2, 1, 3, 4]);
    expect(body).toMatchObject({ count: 4, end_of_stream: true, end_time: NOW - 200 });
    expect(Object.keys(body)).toEqual(["organizations", "next_page", "count", "end_of_stream", "end_time"]);
    // Never null, at the end neither.
    expect(body.next_page).toContain(`start_time=${NOW - 200}`);
    instance.wait(60);
    const [next] = await allPages(instance, `start_time=${body.end_time}`);
    expect(next?.organizations.map(({ id }) => id)).toEqual([4, 6]);
  });

  test("pages hold whole seconds, and go on with the second after their last row's", async () => {
    const instance = testInstance({ organizations });
    const pages = await allPages(instance, `start_time=${NOW - 1000}&per_page=2`);
    expect(pages.map((one) => one.organizations.map(({ id }) => id))).toEqual([[2, 1, 3], [4]]);
    expect(pages.map(({ end_time }) => end_time)).toEqual([NOW - 299, NOW - 200]);
    expect(pages.map(({ count }) => count)).toEqual([3, 1]);
  });

  test("a thousand rows cut a page in the middle of a second, whose rows come again", async () => {
    const many = [
      seedOrganization(1, "first", changedAt(400)),
      ...Array.from({ length: 1200 }, (_, place) => seedOrganization(10 + place, `one ${place}`, changedAt(300))),
    ];
    const instance = testInstance({ organizations: many });
    const [first, second] = await allPages(instance, `start_time=${NOW - 1000}`, 2);
    expect(first).toMatchObject({ count: 1000, end_time: NOW - 300, end_of_stream: false });
    // From here on it stands still: more than a thousand of one second.
    expect(second).toMatchObject({ count: 1000, end_time: NOW - 300, end_of_stream: false });
    expect(second?.organizations[0]?.id).toBe(10);
  });

  test("deleted ones stay in it, with the moment they were deleted", async () => {
    const instance = testInstance({ organizations });
    await instance.call("DELETE", "/api/v2/organizations/2");
    await instance.call("DELETE", "/api/v2/organizations/destroy_many?ids=3");
    instance.wait(120);
    instance.zendesk.state();
    instance.wait(60);
    const { body } = await organizationsPage(instance, `start_time=${NOW - 1000}`);
    const deleted = body.organizations.filter(({ deleted_at: at }) => at !== undefined);
    expect(deleted.map(({ id }) => id).sort()).toEqual([2, 3]);
    expect(deleted.every(({ deleted_at: at, updated_at: updated }) => at === updated)).toBeTrue();
    expect(body.organizations.find(({ id }) => id === 1)).not.toHaveProperty("deleted_at");
    expect((await instance.call("GET", "/api/v2/organizations/2")).status).toBe(404);
  });

  test("ten requests a minute, shared with the other exports; for administrators only; no start within the last minute", async () => {
    const instance = testInstance({ organizations });
    for (let count = 0; count < 9; count += 1) await page(instance, `start_time=${NOW - 1000}`);
    const tenth = await organizationsPage(instance, `start_time=${NOW - 1000}`);
    expect(tenth.headers.get("zendesk-ratelimit-incremental-exports")).toBe("total=10; remaining=0; resets=60");
    expect((await organizationsPage(instance, `start_time=${NOW - 1000}`)).status).toBe(429);
    const forbidden = testInstance({ organizations, behaviour: { incrementalExports: "forbidden" } });
    expect((await organizationsPage(forbidden, `start_time=${NOW - 1000}`)).status).toBe(403);
    const young = testInstance({ organizations });
    expect((await organizationsPage(young, `start_time=${NOW - 59}`)).status).toBe(422);
    expect((await organizationsPage(young, "")).status).toBe(400);
  });

  test("users have a time-based one, too", async () => {
    const instance = testInstance({ users: [seedUser(1, "a@example.com", changedAt(300))] });
    const { body } = await instance.call("GET", `/api/v2/incremental/users.json?start_time=${NOW - 1000}`);
    expect(body).toMatchObject({ users: [{ id: 1 }], count: 1, end_of_stream: true, end_time: NOW - 300 });
  });
});

test("every answer says what time it is in Zendesk", async () => {
  const instance = testInstance();
  instance.wait(90);
  const { headers } = await instance.call("GET", "/api/v2/organizations/count");
  expect(headers.get("date")).toBe("Mon, 23 Nov 2026 10:01:30 GMT");
});
