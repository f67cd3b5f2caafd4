import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { refusalText } from "../reasons/reason-text.ts";
import { COMPARISONS } from "./comparisons.ts";
import {
  CONFIRMED_EFFECTS,
  CONFIRMED_ENTRY,
  type ConfirmedCounts,
  type CountedComparison,
  countsToConfirm,
  formatConfirmedCounts,
  MAX_CONFIRMED_ENTRIES,
  parseConfirmedCounts,
  unconfirmedOf,
  unconfirmedReasons,
} from "./confirmed-counts.ts";

const count = fc.integer({ min: 0, max: 9_999_999 });
const effects = fc.record(
  { creates: count, updates: count, marks: count, downgrades: count, contacts: count },
  { requiredKeys: [] },
);
const counts = fc.record(
  { global: effects, usgov: effects, partner: effects, usgov_user: effects },
  { requiredKeys: [] },
) as fc.Arbitrary<ConfirmedCounts>;
const comparison: fc.Arbitrary<CountedComparison> = fc.record({
  name: fc.constantFrom(...COMPARISONS),
  planned: fc.record({ creates: count, updates: count, marks: count, contacts: count }),
  measures: count.map((downgrades) => [
    { effect: "marked_total", count: 7 },
    { effect: "downgrades", count: downgrades },
  ]),
});

/** Without comparisons that name nothing, and without what is not named where there is none of it. */
function named(all: ConfirmedCounts): ConfirmedCounts {
  const withoutZero = Object.entries(all).map(([name, { contacts = 0, ...of }]) => [
    name,
    contacts > 0 ? { ...of, contacts } : of,
  ]);
  return Object.fromEntries(withoutZero.filter(([, of]) => Object.keys(of ?? {}).length > 0));
}

describe("as text", () => {
  test("what was written is read again, and a component lets it through", () => {
    const pattern = new RegExp(`^${CONFIRMED_ENTRY}(?: ${CONFIRMED_ENTRY}){0,${MAX_CONFIRMED_ENTRIES - 1}}$`);
    fc.assert(
      fc.property(counts, (all) => {
        fc.pre(Object.keys(named(all)).length > 0);
        expect(parseConfirmedCounts(formatConfirmedCounts(all))).toEqual(named(all));
        expect(formatConfirmedCounts(all)).toMatch(pattern);
      }),
    );
  });

  test("the order in which counts were collected makes no difference", () => {
    expect(formatConfirmedCounts({ usgov_user: { marks: 2, creates: 1 }, global: { updates: 12, creates: 3 } })).toBe(
      "global.creates=3 global.updates=12 usgov_user.creates=1 usgov_user.marks=2",
    );
  });

  test("confirming nothing at all is still a text: an empty one would be no bound", () => {
    expect(formatConfirmedCounts({})).toBe("global.creates=0");
    expect(parseConfirmedCounts("global.creates=0")).toEqual({ global: { creates: 0 } });
    expect(parseConfirmedCounts("")).toBeNull();
    expect(parseConfirmedCounts(" , ")).toBeNull();
  });

  test("no contacts are not named, so that a version that does not know them reads the text, too", () => {
    expect(formatConfirmedCounts({ global: { creates: 0, contacts: 0 } })).toBe("global.creates=0");
    expect(formatConfirmedCounts({ global: { creates: 1, contacts: 2 } })).toBe("global.creates=1 global.contacts=2");
  });

  test("of two numbers for the same the lower one holds", () => {
    expect(parseConfirmedCounts("global.marks=4,global.marks=2  global.marks=3")).toEqual({ global: { marks: 2 } });
  });

  test.each([
    "global.creates",
    "global.creates=-1",
    "global.creates=1.5",
    "global.creates=12345678",
    "global.marked_total=3",
    "us-government.creates=1",
    "creates=3",
    "__proto__.creates=3",
    "global.creates=3;id",
  ])("%s is refused and named", (text) => {
    expect(() => parseConfirmedCounts(`usgov.marks=1 ${text}`)).toThrow(text);
  });
});

describe("held against what is planned", () => {
  test("what a dry run showed is within what was confirmed from it, whatever else is confirmed", () => {
    fc.assert(
      fc.property(fc.array(comparison, { maxLength: 4 }), (all) => {
        const last = [...new Map(all.map((one) => [one.name, one])).values()];
        const confirmed = parseConfirmedCounts(formatConfirmedCounts(countsToConfirm(last)));
        for (const one of last) expect(unconfirmedOf(one, confirmed)).toEqual([]);
      }),
    );
  });

  test("one more of any effect is unconfirmed, and only that; fewer never is", () => {
    fc.assert(
      fc.property(comparison, fc.constantFrom(...CONFIRMED_EFFECTS), (one, effect) => {
        const confirmed = countsToConfirm([one])[one.name];
        const now = confirmed?.[effect] ?? 0;
        const lower = { [one.name]: { ...confirmed, [effect]: now - 1 } };
        expect(unconfirmedOf(one, lower)).toEqual([{ effect, count: now, confirmed: now - 1 }]);
        expect(unconfirmedOf(one, { [one.name]: { ...confirmed, [effect]: now + 1 } })).toEqual([]);
      }),
    );
  });

  test("what is not named may not happen; without confirmed counts there is no bound", () => {
    fc.assert(
      fc.property(comparison, (one) => {
        const some = CONFIRMED_EFFECTS.filter((effect) => (countsToConfirm([one])[one.name]?.[effect] ?? 0) > 0);
        expect(unconfirmedOf(one, {}).map(({ effect }) => effect)).toEqual(some);
        expect(unconfirmedOf(one, null)).toEqual([]);
      }),
    );
  });

  test("the message: how many there are, how many were confirmed, whose, and one way out", () => {
    const unconfirmed = [
      { effect: "updates" as const, count: 13, confirmed: 12 },
      { effect: "marks" as const, count: 1, confirmed: 0 },
      { effect: "contacts" as const, count: 4, confirmed: 0 },
    ];
    const message = refusalText(unconfirmedReasons("global", unconfirmed));
    expect(message.split("\n")).toEqual([
      '"Customers, global" now has 13 updates, and only 12 were confirmed. Nothing was written.',
      '"Customers, global" now has 1 mark, and none was confirmed. Nothing was written.',
      expect.stringContaining(
        '"Customers, global" now has 4 contacts, and none was confirmed. Nothing was written. Earlier versions of the bot',
      ),
      "Review the changes again with zdsync preview; if they are right, confirm the new numbers with --at-most.",
    ]);
  });
});
