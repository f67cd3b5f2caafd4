import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import { HOST, optionsOfMsw, zendeskOfMsw } from "../../../test/support/zendesk/zendesk-of-msw.ts";
import { IncompleteError } from "../../errors.ts";
import { createZendeskReader } from "./read.ts";

const zendesk = zendeskOfMsw();

const organization = (id: number, more: object = {}) => ({
  url: `${HOST}/api/v2/organizations/${id}.json`,
  id,
  name: `Example ${id}`,
  external_id: null,
  created_at: "2026-01-02T00:00:00Z",
  updated_at: "2026-01-02T00:00:00Z",
  domain_names: [],
  organization_fields: { salesforce_id: "0014m00001x0001AAA" },
  ...more,
});
const link = (cursor: string) => `${HOST}/api/v2/organizations?page%5Bsize%5D=100&page%5Bafter%5D=${cursor}`;
const page = (rows: unknown[], has_more: boolean, next: string | null) => () =>
  HttpResponse.json({ organizations: rows, meta: { has_more, after_cursor: "x" }, links: { prev: null, next } });

/** Serves pages in turn; the last one stays. */
function pages(...list: (() => Response)[]) {
  let count = 0;
  zendesk.answers(() => list[Math.min(count++, list.length - 1)]?.() ?? HttpResponse.error());
}

async function gather() {
  const ids: number[] = [];
  const unreadable: unknown[] = [];
  for await (const one of createZendeskReader(optionsOfMsw().options).organizations()) {
    ids.push(...one.records.map(({ id }) => id));
    unreadable.push(...one.unreadable);
  }
  return { ids, unreadable };
}

const failure = () => gather().catch((error: unknown) => error);

describe("S1: a list is complete or nothing", () => {
  test("ends where has_more is false, though a next link stands there; what is behind it must be empty", async () => {
    pages(page([organization(1)], true, link("a")), page([organization(2)], false, link("b")));
    expect((await gather()).ids).toEqual([1, 2]);
    expect(zendesk.requests().map(({ path }) => path)).toEqual([
      "/organizations?page%5Bsize%5D=100",
      "/organizations/count",
      "/organizations?page%5Bsize%5D=100&page%5Bafter%5D=a",
      "/organizations?page%5Bsize%5D=100&page%5Bafter%5D=b",
    ]);
  });

  test("an empty last page is none too few", async () => {
    pages(page([organization(1)], true, link("a")), page([], false, null));
    expect((await gather()).ids).toEqual([1]);
  });

  for (const [name, list, hint] of [
    [
      "a record twice",
      [page([organization(1)], true, link("a")), page([organization(1)], false, null)],
      "record 1 twice",
    ],
    ["more, but no link", [page([organization(1)], true, null)], "stopped after 1 records"],
    [
      "a cursor that goes in circles",
      [page([], true, link("a")), page([], true, link("b")), page([], true, link("a"))],
      "stopped",
    ],
    ["no records", [() => HttpResponse.json({ meta: { has_more: false }, links: { next: null } })], "without records"],
    ["no paging", [() => HttpResponse.json({ organizations: [] })], "without paging"],
    ["offset paging", [() => HttpResponse.json({ organizations: [], next_page: null, count: 0 })], "without paging"],
  ] as const) {
    test(`${name}: not complete`, async () => {
      pages(...list);
      const error = await failure();
      expect(error).toBeInstanceOf(IncompleteError);
      expect(String(error)).toContain(hint);
    });
  }

  test("B6: a list that never ends is refused when it is longer than Zendesk's count allows", async () => {
    let rows = 0;
    zendesk.answers(({ path }) => {
      if (path.startsWith("/organizations/count")) return HttpResponse.json({ count: { value: 6_000 } });
      const some = Array.from({ length: 1_000 }, () => organization(++rows));
      return page(some, true, link(`c${rows}`))();
    });
    expect(await failure()).toBeInstanceOf(IncompleteError);
    expect(rows).toBe(13_000);
  });

  test("empty pages without end are given up", async () => {
    let cursor = 0;
    zendesk.answers(() => page([], true, link(String(cursor++)))());
    expect(await failure()).toBeInstanceOf(IncompleteError);
    expect(zendesk.requests().length).toBeLessThan(10);
  });
});

describe("records", () => {
  test("one that cannot be read is told, without its values, and the others are read", async () => {
    pages(page([organization(1), organization(2, { name: 7, notes: "Secret GmbH" }), organization(3)], false, null));
    expect(await gather()).toEqual({
      ids: [1, 3],
      unreadable: [{ id: 2, salesforce_id: "0014m00001x0001AAA", reason: "field name: expected string" }],
    });
  });

  test("a record without a readable id is told as well", async () => {
    pages(page([organization(1, { id: "1" }), "what"], false, null));
    expect((await gather()).unreadable).toMatchObject([{ id: null }, { id: null, salesforce_id: null }]);
  });

  test("fields are kept whole, also a multi-select of the team's own", async () => {
    pages(
      page(
        [organization(1, { organization_fields: { vip: true, arr: "1.0", none: null, tags: ["a", "b"] } })],
        false,
        null,
      ),
    );
    const [first] = await Array.fromAsync(createZendeskReader(optionsOfMsw().options).organizations());
    expect(first?.records[0]?.organization_fields).toEqual({ vip: true, arr: "1.0", none: null, tags: '["a","b"]' });
  });

  test("asked for by id, one that cannot be read is an error that names it", async () => {
    zendesk.answers(() => HttpResponse.json({ organizations: [organization(2, { name: null })] }));
    const error = await createZendeskReader(optionsOfMsw().options).organizationsById([2]).catch(String);
    expect(error).toContain("(2) that cannot be read: field name");
  });
});

describe("Y2: users by address", () => {
  const user = (id: number, email: string | null) => ({
    id,
    name: "Sue",
    email,
    role: "end-user",
    suspended: false,
    organization_id: null,
    user_fields: {},
  });
  const reader = () => createZendeskReader(optionsOfMsw().options);

  for (const [address, query] of [
    ["sue+tag@example.com", "email:sue+tag@example.com"],
    ["o'neil@example.com", 'email:"o\'neil@example.com"'],
    ['a"b\\ or *@example.com', 'email:"ab or *@example.com"'],
  ] as const) {
    test(`S9: ${address} cannot say more to the search than an address`, async () => {
      zendesk.answers(() => HttpResponse.json({ users: [user(1, address)], next_page: null }));
      expect(await reader().usersByAddress(address)).toMatchObject([{ id: 1, by: "primary" }]);
      const asked = new URL(zendesk.requests()[0]?.path ?? "", HOST);
      expect([asked.pathname, [...asked.searchParams]]).toEqual(["/users/search", [["query", query]]]);
    });
  }

  test("the one that is meant may be on a later page", async () => {
    const identities = () =>
      HttpResponse.json({ identities: [], meta: { has_more: false, after_cursor: null }, links: { next: null } });
    zendesk.answers(({ path }) => {
      if (path.includes("identities")) return identities();
      const later = path.includes("page=2");
      const next_page = later ? null : `${HOST}/api/v2/users/search?query=x&page=2`;
      return HttpResponse.json({
        users: [later ? user(2, "SUE@example.com") : user(1, "xsue@example.com")],
        next_page,
      });
    });
    expect(await reader().usersByAddress("sue@example.com")).toMatchObject([{ id: 2, email: "sue@example.com" }]);
  });

  test("an answer without users is no proof that there are none", async () => {
    zendesk.answers(() => HttpResponse.json({ error: "something" }));
    expect(await reader().usersByAddress("sue@example.com").catch(String)).toContain(
      "did not return the expected list of users",
    );
  });
});
