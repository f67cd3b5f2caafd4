import { expect, setDefaultTimeout, test } from "bun:test";
import { brokenLimits } from "../../sandbox/test/broken-limits.ts";

setDefaultTimeout(600_000);

test.each([1_000, 1_199, 1_450, 2_000])(
  "a first run passes the default limits, whatever the seed: %d accounts",
  (accounts) => {
    for (let seed = 1; seed <= 12; seed++) expect(brokenLimits(accounts, seed)).toEqual({});
  },
);

test("a first run passes the default limits with 20,000 accounts", () => {
  expect(brokenLimits(20_000, 1)).toEqual({});
});
