import { expect, test } from "bun:test";
import { type EndRequest, Pacer } from "./pacer.ts";

const quota = (remaining: number, reset = 30) =>
  new Headers({ "ratelimit-limit": "100", "ratelimit-remaining": String(remaining), "ratelimit-reset": String(reset) });

/** A pacer on a clock that moves when it waits. */
function paced() {
  const clock = { now: 1_000_000, slept: [] as number[] };
  const sleep = async (milliseconds: number) => {
    clock.slept.push(milliseconds);
    await Bun.sleep(0);
    clock.now += milliseconds;
  };
  return { pacer: new Pacer(0.5, { now: () => clock.now, sleep }), clock };
}

/** Asks for so many turns; answers those that were given by now. */
async function asked(pacer: Pacer, count: number, signal?: AbortSignal) {
  const given: EndRequest[] = [];
  for (let one = 0; one < count; one++) void pacer.begin(signal).then((end) => given.push(end));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return given;
}

test("the first request goes alone; then as many as are left, and the rest with the next window", async () => {
  const { pacer, clock } = paced();
  const given = await asked(pacer, 30);
  expect(given).toHaveLength(1);
  given[0]?.(quota(12));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(given).toHaveLength(13);
  await Bun.sleep(5);
  expect(clock.slept[0]).toBe(30_000);
  expect(given).toHaveLength(30);
});

test("an account that says nothing of a limit: only so many at once", async () => {
  const { pacer } = paced();
  const given = await asked(pacer, 100);
  given[0]?.(new Headers());
  await Bun.sleep(0);
  expect(given).toHaveLength(41);
  given[1]?.(null);
  await Bun.sleep(0);
  expect(given).toHaveLength(42);
});

test("a request that was not sent after all counts for nothing", async () => {
  const { pacer, clock } = paced();
  const [first] = await asked(pacer, 1);
  first?.(quota(99));
  for (let one = 0; one < 200; one++) {
    const given = await asked(pacer, 1);
    expect(given).toHaveLength(1);
    given[0]?.("unsent");
  }
  expect(clock.slept).toEqual([]);
});

test("whoever is stopped while it waits waits no longer, and takes nobody's place", async () => {
  const { pacer } = paced();
  const [first] = await asked(pacer, 1);
  const stop = new AbortController();
  const stopped = await asked(pacer, 3, stop.signal);
  const others = await asked(pacer, 2);
  stop.abort();
  await Bun.sleep(0);
  expect([stopped.length, others.length]).toEqual([3, 0]);
  for (const end of stopped) end(null);
  first?.(quota(90));
  await Bun.sleep(0);
  expect(others).toHaveLength(2);
});
