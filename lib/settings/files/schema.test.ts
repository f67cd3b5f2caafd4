import { describe, expect, test } from "bun:test";
import type * as v from "valibot";
import { check } from "./parse-yaml-file.ts";
import {
  day,
  exactText,
  flag,
  listOf,
  lowerCaseText,
  mapOf,
  mapping,
  optional,
  orNull,
  percent,
  salesforceId,
  text,
  wholeNumber,
  word,
} from "./schema.ts";

const resultOf = (schema: v.GenericSchema<unknown, unknown>, data: unknown) => {
  const checked = check(data, schema);
  return "value" in checked ? checked.value : checked.mistakes;
};
const refused = (what: string) => [{ path: [], what }];

describe("values", () => {
  const cases: [string, v.GenericSchema<unknown, unknown>, [unknown, unknown][], unknown[], string][] = [
    [
      "text",
      text(),
      [
        ["a", "a"],
        [" a b ", "a b"],
      ],
      [5, null, true, []],
      "must be text; put it in quotes",
    ],
    ["filled text", text(), [], ["", "  "], "must not be empty"],
    [
      "flag",
      flag(),
      [
        [true, true],
        [false, false],
      ],
      ["yes", "true", 1, null],
      "must be true or false, without quotes",
    ],
    [
      "percent",
      percent(),
      [
        [0, 0],
        [100, 100],
        [2.5, 2.5],
      ],
      [-1, 100.1, "5", "5%", Number.NaN, Number.POSITIVE_INFINITY, null],
      "must be a number from 0 to 100, without quotes and without %",
    ],
    [
      "whole number from 0",
      wholeNumber(0),
      [
        [0, 0],
        [7, 7],
      ],
      [-1, 1.5, "7", Number.POSITIVE_INFINITY],
      "must be a whole number, 0 or more, without quotes",
    ],
    ["whole number from 1", wholeNumber(1), [[1, 1]], [0], "must be a whole number, 1 or more, without quotes"],
    [
      "day",
      day(),
      [["2028-02-29", "2028-02-29"]],
      ["2026-02-29", "2026-2-1", 2026, "tomorrow"],
      "must be an existing date, as YYYY-MM-DD",
    ],
    [
      "salesforce id",
      salesforceId(),
      [
        ["0014M00001kAbCd", "0014M00001kAbCdQAK"],
        ["0014M00001kAbCdQAK", "0014M00001kAbCdQAK"],
      ],
      ["0014M", "", null, true],
      "must be a Salesforce id with 15 or 18 characters",
    ],
    [
      "salesforce id as a number",
      salesforceId(),
      [],
      [1400000012345, Number.POSITIVE_INFINITY],
      "must be quoted: YAML reads this Salesforce id as a number",
    ],
    ["lower-case text", lowerCaseText(/^[a-z]+$/, "letters"), [[" AbC ", "abc"]], ["a1", 5], "must be letters"],
    ["exact text", exactText(/^[A-Z]+$/, "capitals"), [["ABC", "ABC"]], ["abc", " A", 5], "must be capitals"],
    [
      "list",
      listOf(flag()),
      [
        [[true], [true]],
        [[], []],
      ],
      ["a", null, {}],
      "must be a list, even for a single value",
    ],
    [
      "map",
      mapOf(flag()),
      [
        [{ a: true }, new Map([["a", true]])],
        [{}, new Map()],
      ],
      [null, [], "a", 5],
      "must be a mapping of keys and values",
    ],
    [
      "mapping",
      mapping({ a: flag() }),
      [[{ a: true }, { a: true }]],
      [null, [], "a", 5],
      "must be a mapping of keys and values",
    ],
    ["word", word(["keep", "mark"]), [["keep", "keep"]], [5, null, []], "must be one of keep, mark"],
  ];

  test.each(cases)("%s", (_name, schema, good, bad, what) => {
    for (const [data, value] of good) expect(resultOf(schema, data)).toEqual(value);
    for (const data of bad) expect(resultOf(schema, data)).toEqual(refused(what));
  });

  test("a wrong word is repeated, with the nearest", () => {
    expect(resultOf(word(["keep", "mark"]), "marc")).toEqual(
      refused('must be one of keep, mark, not "marc"; did you mean "mark"?'),
    );
  });

  test("a key may be left out or empty in favour of a default, or of null", () => {
    const schema = mapping({ a: optional(wholeNumber(0), 7), b: orNull(flag()) });
    expect(resultOf(schema, {})).toEqual({ a: 7, b: null });
    expect(resultOf(schema, { a: null, b: null })).toEqual({ a: 7, b: null });
    expect(resultOf(schema, { a: 0, b: false })).toEqual({ a: 0, b: false });
    expect(resultOf(schema, { a: "x", b: "x" })).toEqual([
      { path: ["a"], what: "must be a whole number, 0 or more, without quotes" },
      { path: ["b"], what: "must be true or false, without quotes" },
    ]);
  });

  test("missing, unknown and wrong keys are all found at once", () => {
    const schema = mapping({ first: flag(), second: flag(), third: mapping({ fourth: flag() }) });
    expect(resultOf(schema, { secnd: 1, second: 2, thrd: 3, third: { forth: 4 } })).toEqual([
      { path: ["first"], what: "is missing" },
      { path: ["second"], what: "must be true or false, without quotes" },
      { path: ["third", "fourth"], what: "is missing" },
      { path: ["third", "forth"], what: 'is not a known key; did you mean "fourth"?' },
      { path: ["secnd"], what: 'is not a known key; did you mean "second"?' },
      { path: ["thrd"], what: 'is not a known key; did you mean "third"?' },
    ]);
  });
});
