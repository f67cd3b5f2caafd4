import { describe, expect, test } from "bun:test";
import { renderFailure, shorten } from "./failure.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `    ${index},`);

describe("a failure on the terminal", () => {
  test("has its name, what was said, where, and how to see the rest", () => {
    const failure = {
      name: "a.test.ts: adds",
      message: "\n\u001b[31mboom\u001b[0m\n\n",
      where: ["a.ts:1:2"],
      more: "bun x",
    };
    expect(renderFailure(failure)).toBe("✗ a.test.ts: adds\n  boom\n  at a.ts:1:2\n  bun x");
  });

  test("a diff of thousands of lines shows what differs, with two lines around it", () => {
    const lines = [
      "expect(received).toEqual(expected)",
      "",
      "  [",
      ...numbers(2000),
      "-     1,",
      "+     2,",
      ...numbers(2000),
      "  ]",
    ];
    const short = shorten(lines, 40);
    expect(short).toEqual([
      "expect(received).toEqual(expected)",
      "",
      "  … 1999 equal lines",
      "    1998,",
      "    1999,",
      "-     1,",
      "+     2,",
      "    0,",
      "    1,",
      "  … 1999 equal lines",
    ]);
  });

  test("anything longer ends with how much was left out; a long line, too", () => {
    const short = shorten([...numbers(100), "x".repeat(1000)], 10);
    expect(short).toHaveLength(10);
    expect(short.at(-1)).toBe("… 92 more lines");
    expect(shorten(["x".repeat(1000)], 10)[0]?.length).toBeLessThan(250);
  });
});
