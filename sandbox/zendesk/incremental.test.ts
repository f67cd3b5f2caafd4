import { describe, expect, test } from "bun:test";
import { seedUser, type TestInstance, testInstance } from "./testing.ts";

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
