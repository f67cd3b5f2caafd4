import { afterEach, expect, test } from "bun:test";
import { asTyped, nameOfProgram, startedAs } from "./program-name.ts";

test.each([
  ["from a checkout", "/srv/zdsync/bin/zdsync.ts", "/usr/bin/bun", "bun bin/zdsync.ts"],
  ["from elsewhere", "/home/me/zdsync/bin/zdsync.ts", "/usr/bin/bun", "bun /home/me/zdsync/bin/zdsync.ts"],
  ["by cron, which sets no _", "/srv/zdsync/bin/zdsync.ts", undefined, "bun bin/zdsync.ts"],
  ["by the link on the PATH", "/srv/zdsync/bin/zdsync.ts", "/home/me/.bun/bin/zdsync", "zdsync"],
  ["in the image", "/usr/local/lib/zdsync/zdsync.js", "/usr/local/bin/zdsync", "zdsync"],
  ["by a program of another name", "/srv/zdsync/test/some.test.ts", "/usr/bin/bun", "zdsync"],
])("what a person types, started %s", (_, script, typed, name) => {
  expect(nameOfProgram(["/usr/bin/bun", script], typed, "/srv/zdsync")).toBe(name);
});

afterEach(() => startedAs("zdsync"));

test("commands in a text are those that were typed, and no other words", () => {
  const text = [
    "zdsync run r1 · Salesforce a.example",
    "Run zdsync run to apply it (zdsync explain 0014M), or zdsync explains nothing; held by zdsync run.",
    "  zdsync undo RUN --dry-run",
    "Usage: zdsync [options] /srv/zdsync run",
  ].join("\n");
  expect(asTyped(text)).toBe(text);
  startedAs("bun bin/zdsync.ts", ["run", "explain", "undo"]);
  expect(asTyped(text).split("\n")).toEqual([
    "zdsync run r1 · Salesforce a.example",
    "Run bun bin/zdsync.ts run to apply it (bun bin/zdsync.ts explain 0014M), or zdsync explains nothing; held by zdsync run.",
    "  bun bin/zdsync.ts undo RUN --dry-run",
    "Usage: bun bin/zdsync.ts [options] /srv/zdsync run",
  ]);
});
