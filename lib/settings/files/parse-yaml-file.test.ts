import { describe, expect, test } from "bun:test";
import { ConfigurationError } from "../../errors.ts";
import { check, problemsOf, readYaml, sentence } from "./parse-yaml-file.ts";
import { flag, listOf, mapOf, mapping, text } from "./schema.ts";

/** Every problem as `line: what`. */
function problems(content: string): string[] {
  try {
    readYaml(content, "plans.yml");
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ where, what }) => `${where}: ${what}`);
    throw error;
  }
  return [];
}

describe("plain YAML", () => {
  test("is read as YAML 1.2: days, yes and no are text", () => {
    const { data } = readYaml("day: 2026-12-31\nanswer: yes\nflag: true\nnumber: 5\nlist: [a, b]\nnothing:\n", "f");
    expect(data).toEqual({ day: "2026-12-31", answer: "yes", flag: true, number: 5, list: ["a", "b"], nothing: null });
  });

  test("may have a byte order mark, Windows line ends and comments", () => {
    expect(readYaml("\uFEFF# a comment\r\na: 1\r\nb: 2\r\n", "f").data).toEqual({ a: 1, b: 2 });
  });

  test.each(["", "\n\n", "# only a comment\n", "---\n", "~\n"])("is null where there is nothing: %j", (content) => {
    expect(readYaml(content, "f").data).toBeNull();
  });

  test("may have a few aliases", () => {
    expect(readYaml("a: &x [1]\nb: *x\n", "f").data).toEqual({ a: [1], b: [1] });
  });

  test("keys are text, whatever they look like", () => {
    expect(readYaml("1: a\ntrue: b\n<<: c\n", "f").data).toEqual({ "1": "a", true: "b", "<<": "c" });
  });
});

describe("mistakes of the text are named with their line", () => {
  const cases: [string, string, string[]][] = [
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", ['plans.yml:3: the key "a" is duplicated, first on line 1; keep one']],
    [
      "a duplicate key within",
      "x:\n  a: 1\n  'a': 3\n",
      ['plans.yml:3: the key "a" is duplicated, first on line 2; keep one'],
    ],
    ["a tab", "a:\n\t- b\n", ["plans.yml:2: a tab is used for indentation; YAML allows only spaces there"]],
    [
      "a byte order mark within",
      "a: 1\n\uFEFFb: 2\n",
      ["plans.yml:2: the invisible character U+FEFF is not allowed; remove it, or save the file as UTF-8"],
    ],
    [
      "a control character",
      "a: 1\nb: x\u0007\n",
      ["plans.yml:2: the invisible character U+0007 is not allowed; remove it, or save the file as UTF-8"],
    ],
    [
      "a file in UTF-16",
      "a\u0000:\u0000",
      ["plans.yml:1: the invisible character U+0000 is not allowed; remove it, or save the file as UTF-8"],
    ],
    [
      "C1 control characters",
      "a: x\u0080\u009f\n",
      [
        "plans.yml:1: the invisible character U+0080 is not allowed; remove it, or save the file as UTF-8",
        "plans.yml:1: the invisible character U+009F is not allowed; remove it, or save the file as UTF-8",
      ],
    ],
    ["__proto__", "a:\n  __proto__: {b: 1}\n", ["plans.yml:2: the key __proto__ is not allowed"]],
    [
      "constructor and prototype",
      "constructor: 1\nprototype: 2\n",
      ["plans.yml:1: the key constructor is not allowed", "plans.yml:2: the key prototype is not allowed"],
    ],
    [
      "a name that starts with [",
      "a:\n  - [EDU Program] SaaS\n",
      ["plans.yml:2: unexpected text after a value; put text that contains brackets, quotes or | in quotes"],
    ],
    [
      "a name that starts with @",
      "- @a\n",
      ["plans.yml:1: a value starts with a character that YAML reserves (@, `, %); put the value in quotes"],
    ],
    [
      "a name with a colon",
      "- a\n- b: c: d\n",
      ["plans.yml:2: the line has a second colon; put text that contains a colon in quotes"],
    ],
    [
      "an open quote",
      'a: "b\nc: d\n',
      ["plans.yml:3: a closing quote or bracket, or the colon after a key, is missing here or before"],
    ],
    [
      "an open bracket",
      "a: [b, c\nd: e\n",
      ["plans.yml:2: the indentation does not match the lines around it, or a bracket before this is not closed"],
    ],
    [
      "bad indentation",
      "a:\n  b: 1\n c: 2\n",
      ["plans.yml:3: the indentation does not match the lines around it, or a bracket before this is not closed"],
    ],
    ["a missing colon", "a\nb: 1\n", ["plans.yml:1: a colon is missing after the key, or a key spans several lines"]],
    [
      "two documents",
      "a: 1\n---\nb: 2\n",
      ["plans.yml:2: a second document starts here; remove the line --- or ... so that there is only one"],
    ],
    [
      "a directive that would change the meaning of yes",
      "%YAML 1.1\n---\na: yes\n",
      ["plans.yml:1: a line that starts with % is not allowed here; remove it"],
    ],
    [
      "an unknown directive",
      "%FOO x\n---\na: yes\n",
      ["plans.yml:1: a line that starts with % is not allowed here; remove it"],
    ],
    [
      "a tag",
      "a: 1\nb: !!timestamp 2026-01-01\nc: !secret x\n",
      [
        "plans.yml:2: tags (!name) are not allowed here; remove it",
        "plans.yml:3: tags (!name) are not allowed here; remove it",
      ],
    ],
    [
      "an alias without anchor",
      "a: 1\nb: *x\n",
      ["plans.yml:2: an alias (*name) has no anchor (&name) before it; put text that starts with * in quotes"],
    ],
    ["a key that is no text", "? [a]\n: b\n", ["plans.yml:1: a key must be plain text"]],
    [
      "a bad escape",
      'a: "\\q"\n',
      ["plans.yml:1: a backslash in double quotes must be followed by a known escape; use single quotes instead"],
    ],
    ["two anchors", "a: &x &y 1\n", ["plans.yml:1: a value can have only one anchor (&name)"]],
    [
      "an alias with an anchor",
      "a: &y 1\nb: &x *y\n",
      ["plans.yml:2: an alias (*name) cannot be followed by other text; write the value out instead"],
    ],
    [
      "a list within brackets",
      "a: [\n  - b\n  ]\n",
      ["plans.yml:2: an indented list or mapping is not allowed inside brackets"],
    ],
    [
      "a lone asterisk",
      "a: 1\nb: *\n",
      [
        "plans.yml:2: an alias (*name) is not written correctly; put text that starts with * or & in quotes",
        "plans.yml:2: an alias (*name) has no anchor (&name) before it; put text that starts with * in quotes",
      ],
    ],
    [
      "two tags",
      "a: !x !y b\n",
      [
        "plans.yml:1: a value can have only one tag (!name)",
        "plans.yml:1: tags (!name) are not allowed here; remove it",
      ],
    ],
    [
      "a very long key",
      `${"x".repeat(1100)}: 1\n`,
      ["plans.yml:1: a key is longer than 1024 characters; is a quote or a line break missing?"],
    ],
  ];

  test.each(cases)("%s", (_name, content, expected) => {
    expect(problems(content)).toEqual(expected);
  });

  test("all of them at once, in the order of the lines", () => {
    expect(problems("a: 1\nconstructor: x\nb: !x 1\na: 2\nc: x\u0001\n").map((one) => one.split(": ")[0])).toEqual([
      "plans.yml:2",
      "plans.yml:3",
      "plans.yml:4",
      "plans.yml:5",
    ]);
  });

  test("without a value of the file in the message", () => {
    expect(problems("a: Secret}\n}\n- Secret: Secret: x\n").join()).not.toContain("Secret");
  });
});

describe("files that would grow without end", () => {
  test("aliases of aliases are refused", () => {
    const levels = Array.from(
      { length: 8 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]`,
    );
    expect(problems(`a0: &a0 [x]\n${levels.join("\n")}\n`)).toEqual([
      "plans.yml: its aliases (*name) expand to far more data than the file contains; write the values out instead",
    ]);
  });

  test("100 aliases are allowed, more are refused", () => {
    const aliases = (count: number) => `a: &a 1\nb:\n${"  - *a\n".repeat(count)}`;
    expect(problems(aliases(100))).toEqual([]);
    expect(problems(aliases(103))).toEqual([
      "plans.yml:103: more than 100 aliases (*name); write the values out instead",
    ]);
  });

  test("an alias within itself is read and then refused by the schema", () => {
    const file = readYaml("a: &x [*x]\n", "plans.yml");
    expect(check(file.data, mapping({ a: listOf(text()) }))).toEqual({
      mistakes: [{ path: ["a", 0], what: "must be text; put it in quotes" }],
    });
  });
});

describe("mistakes of the data are named with their line", () => {
  const schema = mapping({ plans: mapOf(mapping({ on: flag(), charges: listOf(text()) })), also: flag() });
  const mistakes = (content: string) => {
    const file = readYaml(content, "plans.yml");
    const checked = check(file.data, schema);
    return "mistakes" in checked
      ? problemsOf(file, checked.mistakes).map(({ where, what }) => `${where}: ${what}`)
      : [];
  };

  test("none where all is well", () => {
    expect(check(readYaml("plans:\n  a: {on: true, charges: [x]}\nalso: false\n", "f").data, schema)).toEqual({
      value: { plans: new Map([["a", { on: true, charges: ["x"] }]]), also: false },
    });
  });

  test("each at its key or list item, in the order of the lines", () => {
    const content =
      "also: 5\nplans:\n  a b:\n    charges:\n      - x\n      - 5\n    on: 'yes'\n  c:\n    onn: true\n    charges: []\nalse: true\n";
    expect(mistakes(content)).toEqual([
      "plans.yml:1: also must be true or false, without quotes",
      "plans.yml:6: plans.(an unusual key).charges[1] must be text; put it in quotes",
      "plans.yml:7: plans.(an unusual key).on must be true or false, without quotes",
      "plans.yml:8: plans.c.on is missing",
      'plans.yml:9: plans.c.onn is not a known key; did you mean "on"?',
      'plans.yml:11: alse is not a known key; did you mean "also"?',
    ]);
  });

  test("at the place of the anchor, for what an alias repeats", () => {
    expect(
      mistakes("also: true\nplans:\n  a: {on: true, charges: &c [x,\n    5]}\n  b:\n    on: true\n    charges: *c\n"),
    ).toEqual([
      "plans.yml:4: plans.a.charges[1] must be text; put it in quotes",
      "plans.yml:4: plans.b.charges[1] must be text; put it in quotes",
    ]);
  });

  test("at the list item that holds the mistake", () => {
    const file = readYaml("# first\n- a: 1\n-\n  b: 2\n- c\n", "f");
    expect([[0], [1], [1, "b"], [2], [2, "x"], [7], ["x"], []].map((path) => file.lineOf(path))).toEqual([
      2, 4, 4, 5, 5, 2, 2, 2,
    ]);
  });

  test("for the file as a whole", () => {
    expect(mistakes("\n- a\n")).toEqual(["plans.yml:2: the file must be a mapping of keys and values"]);
    expect(sentence({ path: [], what: "is wrong" })).toBe("the file is wrong");
    expect(sentence({ path: [0, "a", 1], what: "is wrong" })).toBe("[0].a[1] is wrong");
  });
});
