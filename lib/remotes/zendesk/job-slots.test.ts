import { describe, expect, test } from "bun:test";
import { JobSlots, jobsOfAccount, limitOf } from "./job-slots.ts";

const header = (total: number, remaining: number) =>
  new Headers({ "zendesk-ratelimit-inflight-jobs": `total=${total}; remaining=${remaining}; resets=60` });

/** Places that are asked for at once; answers how many were given, now and whenever it is asked. */
async function asked(slots: JobSlots, count: number) {
  const given = { count: 0 };
  for (let one = 0; one < count; one++) void slots.take().then(() => given.count++);
  await Bun.sleep(0);
  return given;
}

describe("what the account says of its jobs", () => {
  test("is read from the header, by both of its names; anything else says nothing", () => {
    expect(jobsOfAccount(header(30, 29))).toEqual({ total: 30, remaining: 29 });
    const older = new Headers({ "Zendesk-Rate-Limit-Inflight-Jobs": "total=30; remaining=0; resets=60" });
    expect(jobsOfAccount(older)).toEqual({ total: 30, remaining: 0 });
    for (const value of ["", "30", "remaining=3", "total=x; remaining=y"])
      expect(jobsOfAccount(new Headers({ "zendesk-ratelimit-inflight-jobs": value }))).toBeNull();
  });

  test("alone on the account: all of them, whether or not the present job is counted", () => {
    expect(limitOf({ total: 30, remaining: 30 }, 0, 1)).toBe(30);
    expect(limitOf({ total: 30, remaining: 29 }, 0, 1)).toBe(30);
    expect(limitOf({ total: 30, remaining: 0 }, 29, 1)).toBe(30);
    expect(limitOf({ total: 30, remaining: 9 }, 29, 1)).toBe(30);
  });

  test("with others: what they leave; one at least", () => {
    expect(limitOf({ total: 30, remaining: 5 }, 0, 1)).toBe(5);
    expect(limitOf({ total: 30, remaining: 10 }, 10, 1)).toBe(20);
    expect(limitOf({ total: 30, remaining: 0 }, 0, 1)).toBe(1);
    expect(limitOf({ total: 30, remaining: 9 }, 20, 0)).toBe(29);
  });
});

describe("places", () => {
  test("the first job goes alone; then as many as the account has", async () => {
    const slots = new JobSlots();
    const given = await asked(slots, 40);
    expect(given.count).toBe(1);
    slots.readLimit(header(30, 29));
    await Bun.sleep(0);
    expect(given.count).toBe(30);
    slots.release(false);
    await Bun.sleep(0);
    expect(given.count).toBe(31);
  });

  test("an account that says nothing is believed to have thirty", async () => {
    const slots = new JobSlots();
    const given = await asked(slots, 40);
    slots.readLimit(new Headers());
    slots.accepted();
    await Bun.sleep(0);
    expect(given.count).toBe(30);
  });

  test("TooManyJobs takes places away until jobs end; whoever was refused goes first", async () => {
    const slots = new JobSlots();
    slots.readLimit(header(30, 30));
    const given = await asked(slots, 40);
    expect(given.count).toBe(30);
    for (let one = 0; one < 29; one++) slots.accepted();
    const order: string[] = [];
    const refused = slots.refused().then((again) => order.push(`refused ${again}`));
    await Bun.sleep(0);
    expect([order, given.count]).toEqual([[], 30]);
    slots.release(true);
    await refused;
    expect([order, given.count]).toEqual([["refused true"], 30]);
    slots.readLimit(header(30, 2));
    await Bun.sleep(0);
    expect(given.count).toBe(31);
  });

  test("where all jobs are others', one place is kept: one waits for all", async () => {
    const slots = new JobSlots();
    const given = await asked(slots, 5);
    expect(await slots.refused()).toBe(false);
    await Bun.sleep(0);
    expect(given.count).toBe(1);
  });
});

describe("room for looking at what comes next", () => {
  test("a little more than there are places, and no more while those wait", async () => {
    const slots = new JobSlots();
    slots.readLimit(header(2, 2));
    const leaves: (() => void)[] = [];
    for (let one = 0; one < 20; one++) void slots.room().then((leave) => leaves.push(leave));
    await Bun.sleep(0);
    expect(leaves).toHaveLength(6);
    for (const leave of leaves.slice(0, 6)) {
      leave();
      void slots.take();
    }
    await Bun.sleep(0);
    // Two have their places, four wait: nobody else looks.
    expect(leaves).toHaveLength(6);
    slots.release(false);
    await Bun.sleep(0);
    expect(leaves).toHaveLength(7);
  });

  test("what is not sent makes room, once", async () => {
    const slots = new JobSlots();
    const leaves: (() => void)[] = [];
    for (let one = 0; one < 20; one++) void slots.room().then((leave) => leaves.push(leave));
    await Bun.sleep(0);
    expect(leaves).toHaveLength(5);
    leaves[0]?.();
    leaves[0]?.();
    await Bun.sleep(0);
    expect(leaves).toHaveLength(6);
  });
});
