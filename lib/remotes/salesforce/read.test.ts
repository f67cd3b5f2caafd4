import { describe, expect, test } from "bun:test";
import type { FakeRecord } from "../../../test/support/salesforce/fake-org.ts";
import { id18 } from "../../../test/support/salesforce/records.ts";
import { IncompleteError } from "../../errors.ts";
import { type Get, readPages, type WirePage } from "./read.ts";

/** A record with its own address, and its children's list or null. */
function row(number: number, children: unknown = null): FakeRecord {
  return { attributes: { url: `/services/data/v66.0/sobjects/Account/${id18("001", number)}` }, Kids: children };
}

function kid(number: number): FakeRecord {
  return { attributes: { url: `/services/data/v66.0/sobjects/Kid/${id18("a0S", number)}` } };
}

const next = (name: string) => `/services/data/v66.0/query/${name}`;

/** Reads a query whose first page is `first`; further pages by their locator. Paths asked for are added to `asked`. */
async function read(first: unknown, further: Record<string, unknown> = {}, asked: string[] = []): Promise<WirePage[]> {
  const get: Get = async (path) => {
    asked.push(path);
    return structuredClone(path === "first" ? first : further[path]);
  };
  return Array.fromAsync(readPages(get, { what: "accounts", path: "first", children: ["Kids"] }));
}

async function refusal(first: unknown, further?: Record<string, unknown>): Promise<string> {
  const error = await read(first, further).catch((thrown: unknown) => thrown);
  if (!(error instanceof IncompleteError)) throw new Error(`expected an IncompleteError, got ${String(error)}`);
  return error.message;
}

describe("complete answers", () => {
  test("every page at both levels is followed; children before the next page", async () => {
    const asked: string[] = [];
    const kids = { totalSize: 3, done: false, nextRecordsUrl: next("k1"), records: [kid(1)] };
    const pages = await read(
      { totalSize: 3, done: false, nextRecordsUrl: next("p2"), records: [row(1), row(2, kids)] },
      {
        [next("k1")]: { totalSize: 3, done: false, nextRecordsUrl: next("k2"), records: [kid(2)] },
        [next("k2")]: { totalSize: 3, done: true, records: [kid(3)] },
        [next("p2")]: { totalSize: 3, done: true, records: [row(3, { totalSize: 1, done: true, records: [kid(4)] })] },
      },
      asked,
    );
    expect(asked).toEqual(["first", next("k1"), next("k2"), next("p2")]);
    expect(pages.map((page) => [page.records.length, page.total])).toEqual([
      [2, 3],
      [1, 3],
    ]);
    expect(pages[0]?.records[1]?.Kids).toMatchObject({ records: [kid(1), kid(2), kid(3)] });
  });

  test("no records at all is a complete answer", async () => {
    expect(await read({ totalSize: 0, done: true, records: [] })).toEqual([{ records: [], total: 0 }]);
  });
});

describe("S1: an empty answer proves itself complete, so where much follows from it, it is asked for twice", () => {
  const nothing = { totalSize: 0, done: true, records: [] };
  const reads = async (confirmsEmpty: boolean, ...answers: unknown[]) => {
    let asked = 0;
    const get: Get = async () => structuredClone(answers[asked++]);
    const pages = await Array.fromAsync(
      readPages(get, { what: "contacts", path: "first", children: [], confirmsEmpty }),
    );
    return { asked, found: pages.flatMap(({ records }) => records).length };
  };

  test("one that was wrong is made good; the second answer counts", async () => {
    expect(await reads(true, nothing, { totalSize: 1, done: true, records: [row(1)] })).toEqual({ asked: 2, found: 1 });
    expect(await reads(true, nothing, nothing)).toEqual({ asked: 2, found: 0 });
  });

  test("nothing is asked twice where something came, or where nothing is usual", async () => {
    expect(await reads(true, { totalSize: 1, done: true, records: [row(1)] })).toEqual({ asked: 1, found: 1 });
    expect(await reads(false, nothing)).toEqual({ asked: 1, found: 0 });
  });
});

/** Pages of a list of two that is never done. */
function endless(records: (page: number) => FakeRecord[]): Record<string, unknown> {
  const pages = Array.from({ length: 9 }, (_, page) => [
    next(`p${page}`),
    { totalSize: 2, done: false, nextRecordsUrl: next(`p${page + 1}`), records: records(page) },
  ]);
  return Object.fromEntries(pages);
}

describe("incomplete answers (S1)", () => {
  const whole = { totalSize: 2, done: true, records: [row(1), row(2)] };

  test("fewer records than announced", async () => {
    expect(await refusal({ ...whole, totalSize: 3 })).toContain("accounts: it returned 2 of 3 records announced");
  });

  test("more records than announced", async () => {
    expect(await refusal({ ...whole, totalSize: 1 })).toContain(
      "accounts: it returned more than the 1 records announced",
    );
  });

  test("B6: more records than announced are refused at once, however long it would go on", async () => {
    const asked: string[] = [];
    const first = { totalSize: 2, done: false, nextRecordsUrl: next("p0"), records: [row(1)] };
    const error = await read(
      first,
      endless((page) => [row(page + 2)]),
      asked,
    ).catch(String);
    expect(error).toContain("it returned more than the 2 records announced");
    expect(asked).toEqual(["first", next("p0"), next("p1")]);
  });

  test("B6: pages without records are not followed without end", async () => {
    const asked: string[] = [];
    const first = { totalSize: 2, done: false, nextRecordsUrl: next("p0"), records: [row(1)] };
    expect(
      await read(
        first,
        endless(() => []),
        asked,
      ).catch(String),
    ).toContain("too many pages without records");
    expect(asked).toHaveLength(5);
  });

  test("a page with a record missing", async () => {
    const first = { totalSize: 3, done: false, nextRecordsUrl: next("p2"), records: [row(1), row(2)] };
    expect(await refusal(first, { [next("p2")]: { totalSize: 3, done: true, records: [] } })).toContain(
      "it returned 2 of",
    );
  });

  test("a record that comes twice", async () => {
    expect(await refusal({ ...whole, records: [row(1), row(1)] })).toContain(
      `record ${id18("001", 1)} was returned twice`,
    );
    const first = { totalSize: 2, done: false, nextRecordsUrl: next("p2"), records: [row(1)] };
    expect(await refusal(first, { [next("p2")]: { totalSize: 2, done: true, records: [row(1)] } })).toContain(
      "was returned twice",
    );
  });

  test("not done, and no way on", async () => {
    expect(await refusal({ ...whole, done: false })).toContain("names no next page");
  });

  test("never done: the same place again and again", async () => {
    const page = { totalSize: 2, done: false, nextRecordsUrl: next("p2"), records: [] };
    expect(await refusal({ ...page, records: [row(1)] }, { [next("p2")]: page })).toContain("its pages repeat");
  });

  test("a way on that leads elsewhere is not followed", async () => {
    for (const nextRecordsUrl of [
      "https://evil.example.com/services/data/v66.0/query/1",
      "/evil",
      "//evil.example.com/",
    ])
      expect(await refusal({ totalSize: 3, done: false, nextRecordsUrl, records: [row(1)] })).toContain("outside");
  });

  test("a child missing, in the first page of children or a later one", async () => {
    const short = { totalSize: 2, done: true, records: [kid(1)] };
    const told = `Kids of ${id18("001", 2)}: it returned 1 of 2 records announced`;
    expect(await refusal({ ...whole, records: [row(1), row(2, short)] })).toContain(told);
    const open = { ...short, done: false, nextRecordsUrl: next("k1") };
    const last = { [next("k1")]: { totalSize: 2, done: true, records: [] } };
    expect(await refusal({ ...whole, records: [row(1), row(2, open)] }, last)).toContain(told);
  });

  test("a child that comes twice, a child list that is never done", async () => {
    const twice = { totalSize: 2, done: true, records: [kid(1), kid(1)] };
    expect(await refusal({ ...whole, records: [row(1), row(2, twice)] })).toContain(
      `record ${id18("a0S", 1)} was returned twice`,
    );
    const open = { totalSize: 2, done: false, nextRecordsUrl: next("k1"), records: [kid(1)] };
    const endless = { [next("k1")]: { ...open, records: [] } };
    expect(await refusal({ ...whole, records: [row(1), row(2, open)] }, endless)).toContain("its pages repeat");
  });

  test("a child list that is not there at all, where null would say that there are no children", async () => {
    const { Kids: _, ...without } = row(2);
    expect(await refusal({ ...whole, records: [row(1), without] })).toContain(`Kids of ${id18("001", 2)}`);
  });

  test("anything else than a query's result", async () => {
    for (const answer of [
      null,
      [],
      "<html>",
      {},
      { ...whole, totalSize: "2" },
      { ...whole, done: undefined },
      { ...whole, records: [1] },
    ])
      expect(await refusal(answer)).toContain("not the result of a query");
  });

  test("a record without an id", async () => {
    expect(
      await refusal({ totalSize: 1, done: true, records: [{ attributes: { url: "/x/y" }, Kids: null }] }),
    ).toContain("no id");
  });
});

test("after a failure no further children are asked for", async () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    row(index, { totalSize: 1, done: false, nextRecordsUrl: next(`k${index}`), records: [] }),
  );
  let asked = 0;
  const get: Get = async (path) => {
    if (path === "first") return { totalSize: 40, done: true, records: rows };
    asked++;
    throw new Error("refused");
  };
  const query = { what: "accounts", path: "first", children: ["Kids"] };
  await expect(Array.fromAsync(readPages(get, query))).rejects.toThrow("refused");
  expect(asked).toBeLessThan(20);
});
