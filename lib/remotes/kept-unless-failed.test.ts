import { expect, test } from "bun:test";
import { keptUnlessFailed } from "./kept-unless-failed.ts";

test("an answer is kept, also for those who ask while it is on its way; a failure is not", async () => {
  let asked = 0;
  const ask = keptUnlessFailed(async () => {
    asked++;
    if (asked === 1) throw new Error("not now");
    return asked;
  });
  const [one, other] = await Promise.allSettled([ask(), ask()]);
  expect([one.status, other.status]).toEqual(["rejected", "rejected"]);
  expect(asked).toBe(1);
  expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
  expect(await ask()).toBe(2);
});
