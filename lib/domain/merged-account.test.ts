import { describe, expect, test } from "bun:test";
import { forgottenFrom, knownMerges, type MergedAccount } from "./merged-account.ts";

const TODAY = "2026-11-23";
/** 18 characters, recognisable by the first. */
const id = (letter: string) => `001${letter.repeat(15)}`;

function merge(from: string, into: string, change: Partial<MergedAccount> = {}): MergedAccount {
  return {
    salesforce_id: id(from),
    merged_into: id(into),
    merged_at: "2026-11-20T10:00:00.000Z",
    forgotten: false,
    ...change,
  };
}

function known(told: MergedAccount[], remembered: MergedAccount[] = [], alive: string[] = []) {
  const living = new Set(alive.map(id));
  const { merged, circular } = knownMerges(told, remembered, { isAlive: (one) => living.has(one), today: TODAY });
  return {
    merged: merged.map((one) => [one.salesforce_id[3], one.merged_into[3], one.forgotten]),
    circular: circular.map((one) => one[3]),
  };
}

describe("merged accounts (C9)", () => {
  test("are followed to the account that is there in the end", () => {
    expect(known([merge("a", "b"), merge("b", "c"), merge("c", "d")])).toEqual({
      merged: [
        ["a", "d", false],
        ["b", "d", false],
        ["c", "d", false],
      ],
      circular: [],
    });
  });

  test("that come back to themselves end nowhere, and take nobody else along", () => {
    expect(known([merge("a", "b"), merge("b", "a"), merge("c", "a"), merge("d", "d"), merge("x", "y")])).toEqual({
      merged: [["x", "y", false]],
      circular: ["a", "b", "c", "d"],
    });
  });

  test("are remembered when Salesforce has forgotten them, and said to be", () => {
    expect(known([], [merge("a", "b")]).merged).toEqual([["a", "b", true]]);
    expect(known([merge("a", "b")], [merge("a", "c", { forgotten: true })]).merged).toEqual([["a", "b", false]]);
  });

  test("that were forgotten lead on over merges of today", () => {
    expect(known([merge("b", "c")], [merge("a", "b")]).merged).toEqual([
      ["a", "c", true],
      ["b", "c", false],
    ]);
  });

  test("are not remembered for ever, nor when the account is alive again", () => {
    expect(known([], [merge("a", "b", { merged_at: "2025-11-22T10:00:00.000Z" })]).merged).toEqual([]);
    expect(known([], [merge("a", "b", { merged_at: "2025-11-24T10:00:00.000Z" })]).merged).toHaveLength(1);
    expect(known([], [merge("a", "b")], ["a"]).merged).toEqual([]);
  });

  test("come out the same in whatever order", () => {
    const merges = [merge("a", "b"), merge("b", "c"), merge("x", "y"), merge("m", "n")];
    expect(known(merges.toReversed())).toEqual(known(merges));
  });

  test("are forgotten by Salesforce fifteen days after they were merged, as far as is known", () => {
    expect(forgottenFrom(merge("a", "b"))).toBe("2026-12-05");
  });
});
