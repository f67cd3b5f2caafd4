import { describe, expect, test } from "bun:test";
import { jsonRecords } from "./json-records.ts";
import { parseJsonText } from "./json-text.ts";

const NAME = "global_creates.json";

/** What reading gives: the records, or the message. */
function read(records: () => Iterable<unknown>): unknown {
  try {
    return [...records()];
  } catch (error) {
    return (error as Error).message;
  }
}

const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const TEXTS: Record<string, string> = {
  "as zdsync writes it": '[\n{"a":1},\n{"b":"ü, ]"}\n]\n',
  "without the last line's end": '[\n{"a":1}\n]',
  empty: "[]\n",
  "empty in two lines": "[\n]\n",
  "on one line": '[{"a":1},{"b":2}]',
  "indented from the second record on": '[\n{"a":1},\n{\n  "b": 2\n}\n]\n',
  "commas at the beginnings of lines": '[\n{"a":1}\n,{"b":2}\n]\n',
  "a comma too many": '[\n{"a":1},\n]\n',
  "a comma too few": '[\n{"a":1}\n{"b":2}\n]\n',
  "cut off within a record": '[\n{"a":1},\n{"b"',
  "cut off after a record": '[\n{"a":1},\n{"b":2}\n',
  "cut off after a comma": '[\n{"a":1},\n',
  "more after the end": '[\n{"a":1}\n]\n{"b":2}\n',
  "blank lines after the end": '[\n{"a":1}\n]\n\n \n',
  "ends twice": '[\n{"a":1}\n]\n]\n',
  "line ends of Windows": '[\r\n{"a":1},\r\n{"b":2}\r\n]\r\n',
  "mixed line ends": '[\n{"a":1},\r\n{"b":2}\n]\n',
  "a byte order mark before a record": '[\n{"a":1},\n\ufeff{"b":2}\n]\n',
  "as deep as may be": `[\n{"a":1},\n{"b":${deep(62)}}\n]\n`,
  "too deep": `[\n{"a":1},\n{"b":${deep(63)}}\n]\n`,
  "many brackets, none of them deep": `[\n{"a":[${"{},".repeat(200)}{}]}\n]\n`,
  "brackets within a text": `[\n{"a":"${"[{".repeat(100)}"}\n]\n`,
  "no list": '{\n"a":1}\n',
};

describe("records one at a time", () => {
  for (const [what, text] of Object.entries(TEXTS))
    test(`are those of the whole text, or its message: ${what}`, () => {
      const bytes = Buffer.from(text);
      const whole = read(() => {
        const all = parseJsonText(NAME, bytes);
        if (!Array.isArray(all))
          throw new Error(`${NAME} is not a JSON array of records. Run the stage that writes it again.`);
        return all;
      });
      expect(read(() => jsonRecords(NAME, bytes))).toEqual(whole);
    });

  test("are those of the whole text beyond one block of it, in every alphabet", () => {
    const records = Array.from({ length: 20_000 }, (_, n) => ({ n, name: `${"Żółw 株式会社 🦊".repeat(n % 5)}\n` }));
    const bytes = Buffer.from(`[\n${records.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
    expect([...jsonRecords(NAME, bytes)]).toEqual(records);
  });

  test("are refused where a text is not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from('[\n{"a":1},\n{"b":"'), Buffer.from([0xff]), Buffer.from('"}\n]\n')]);
    expect(read(() => jsonRecords(NAME, bytes))).toBe(read(() => [parseJsonText(NAME, bytes)]));
  });

  test("come before the text is read to its end", () => {
    const bytes = Buffer.from('[\n{"a":1},\n{"b":');
    expect(jsonRecords(NAME, bytes).next()).toEqual({ value: { a: 1 }, done: false });
  });
});
