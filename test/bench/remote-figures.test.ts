import { describe, expect, test } from "bun:test";
import type { LoggedRequest } from "../../sandbox/types.ts";
import { countRequests } from "./remote-figures.ts";

const MINUTE = 60_000;
const asked = (at: number, one: Partial<LoggedRequest> = {}): LoggedRequest => ({
  service: "zendesk-global",
  method: "GET",
  path: "/api/v2/organizations.json?page[size]=100",
  status: 200,
  at,
  ...one,
});

describe("what the remotes saw", () => {
  test("a minute's quota is used up from its last request to the minute's end, or to the end of the run", () => {
    const used = Array.from({ length: 700 }, (_, place) => asked(MINUTE + place * 10));
    const refused = asked(MINUTE + 8_000, { status: 429 });
    expect(countRequests([...used, refused], 5 * MINUTE)).toMatchObject({
      requests: { "zendesk-global": 701 },
      tooMany: 1,
      secondsAtLimit: { "zendesk-global": 60 - 6.99 },
    });
    expect(countRequests(used, MINUTE + 10_000).secondsAtLimit).toEqual({ "zendesk-global": 10 - 6.99 });
    expect(countRequests(used.slice(1), 5 * MINUTE).secondsAtLimit).toEqual({ "zendesk-global": 0 });
  });

  test("refused requests and log-ins use up nothing of the quota", () => {
    const others = Array.from({ length: 700 }, (_, place) =>
      asked(MINUTE + place, place % 2 ? { status: 429 } : { path: "/oauth/tokens", method: "POST" }),
    );
    expect(countRequests(others, 2 * MINUTE).secondsAtLimit).toEqual({ "zendesk-global": 0 });
  });

  test("kinds of requests are told without ids and queries", () => {
    const paths = ["/api/v2/users/17.json", "/services/data/v66.0/query/0r8000000000001AAA-2000"];
    expect(
      Object.keys(
        countRequests(
          paths.map((path) => asked(0, { path })),
          0,
        ).kinds,
      ),
    ).toEqual(["zendesk-global GET /api/v2/users/{id}", "zendesk-global GET /services/data/v66.0/query/{id}"]);
  });
});
