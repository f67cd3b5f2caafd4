import { describe, expect, test } from "bun:test";
import { streamOf } from "./chance.ts";
import { VirtualClock } from "./clock.ts";

const clockOf = (seed = 1) => new VirtualClock(0, streamOf(seed, "ties"));

describe("a virtual clock", () => {
  test("what is due happens in the order of time, and all that follows from it before time goes on", async () => {
    const clock = clockOf();
    const seen: string[] = [];
    clock.after(200, () => seen.push(`b at ${clock.now()}`));
    clock.after(100, async () => {
      seen.push(`a at ${clock.now()}`);
      await new Response("some body").text();
      seen.push(`a's body at ${clock.now()}`);
    });
    await clock.advanceTo(3_600_000);
    expect(seen).toEqual(["a at 100", "a's body at 100", "b at 200"]);
    expect(clock.now()).toBe(3_600_000);
  });

  test("what is due at one moment comes in an order that the seed decides", async () => {
    const orderOf = async (seed: number) => {
      const clock = clockOf(seed);
      let order = "";
      for (const name of "abcdef") clock.after(10, () => (order += name));
      await clock.advanceTo(10);
      return order;
    };
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(new Set(await Promise.all([1, 2, 3, 4].map(orderOf))).size).toBeGreaterThan(1);
  });

  test("what was cancelled or forgotten never happens", async () => {
    const clock = clockOf();
    let happened = 0;
    clock.after(10, () => happened++)();
    clock.after(10, () => happened++, { owner: "gone" });
    clock.forget("gone");
    await clock.advanceTo(20);
    expect(happened).toBe(0);
  });

  test("time stands while somebody is at work", async () => {
    const clock = clockOf();
    let workedUntil = -1;
    const work = async () => {
      for (let turns = 0; turns < 20; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
      workedUntil = clock.now();
    };
    clock.after(5, () => void clock.during(work()));
    clock.after(6, () => {});
    await clock.advanceTo(6);
    expect(workedUntil).toBe(5);
  });

  test("work that is measured is time that passes: what was due meanwhile comes late, and what is waited for goes on beside it", async () => {
    let worked = 0;
    const take = () => {
      const taken = worked;
      worked = 0;
      return taken;
    };
    const clock = new VirtualClock(0, streamOf(1, "ties"), { take, turned: () => {} });
    const seen: string[] = [];
    clock.after(100, () => {
      seen.push(`answer at ${clock.now()}`);
      worked = 250;
      seen.push(`worked until ${clock.now()}`);
      clock.after(100, () => seen.push(`asked then, at ${clock.now()}`));
    });
    clock.after(200, () => seen.push(`late at ${clock.now()}`));
    clock.after(400, () => seen.push(`in time at ${clock.now()}`));
    await clock.advanceTo(1_000);
    expect(seen).toEqual(["answer at 100", "worked until 350", "late at 350", "in time at 400", "asked then, at 450"]);
  });

  test("nothing that keeps a program alive is due: waiting for it will never end, and says so", async () => {
    const clock = clockOf();
    clock.after(10, () => {}, { keepsAlive: false });
    expect(await clock.until(() => false)).toBe(false);
    expect(clock.now()).toBe(0);
  });

  test("an error in what happens reaches whoever waits", async () => {
    const clock = clockOf();
    clock.after(1, () => {
      throw new Error("a mistake in the simulation");
    });
    expect(clock.advanceTo(2)).rejects.toThrow("a mistake in the simulation");
  });
});

test("streams of one seed do not shift each other", () => {
  const first = streamOf(7, "network").bytes(8);
  const other = streamOf(7, "ids");
  other.random();
  expect(streamOf(7, "network").bytes(8)).toEqual(first);
  expect(other.bytes(8)).not.toEqual(first);
  expect(streamOf(8, "network").bytes(8)).not.toEqual(first);
});
