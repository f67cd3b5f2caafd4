import { expect, test } from "bun:test";
import type { Page } from "./ports.ts";
import { SharedList } from "./shared-list.ts";

/** Lists of the pages 1 to 3, of which those from `breaksAt` on do not come; with how often one was begun. */
function lists(...breaksAt: (number | null)[]) {
  const told = { begun: 0, pages: 0 };
  const open = async function* (): AsyncGenerator<Page<number>> {
    const breaks = breaksAt[told.begun++] ?? null;
    for (let page = 1; page <= 3; page++) {
      await Promise.resolve();
      if (page === breaks) throw new Error(`broke off at page ${page}`);
      told.pages++;
      yield { records: [page], unreadable: [] };
    }
  };
  return { open, told };
}

const all = async (pages: AsyncIterable<Page<number>>) =>
  (await Array.fromAsync(pages)).flatMap(({ records }) => records);

test("whoever follows gets every page, also who comes late", async () => {
  const list = new SharedList<number>();
  const { open, told } = lists();
  const early = all(list.follow(open));
  const [first] = await Array.fromAsync(list.follow(open));
  expect(first?.records).toEqual([1]);
  expect([await early, await all(list.follow(open))]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(told.begun).toBe(1);
});

test("it is read to its end, also where who followed it stops", async () => {
  const list = new SharedList<number>();
  const { open, told } = lists();
  for await (const _ of list.follow(open)) break;
  expect(await all(list.follow(open))).toEqual([1, 2, 3]);
  expect(told.begun).toBe(1);
});

test("S1: the first who follows a list that broke off hears so, before or after it did; the next one begins anew", async () => {
  for (const isAhead of [false, true]) {
    const list = new SharedList<number>();
    const { open, told } = lists(2);
    list.begin(open);
    if (isAhead) await Bun.sleep(0);
    await expect(all(list.follow(open))).rejects.toThrow("broke off at page 2");
    expect(list.complete()).toBeNull();
    expect(await all(list.follow(open))).toEqual([1, 2, 3]);
    expect(told.begun).toBe(2);
  }
});

test("once nobody wants it any more, no further page is asked for", async () => {
  const list = new SharedList<number>();
  const { open, told } = lists();
  list.begin(open);
  await list.end();
  expect(told.pages).toBe(1);
});
