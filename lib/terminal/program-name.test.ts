import { expect, test } from "bun:test";
import { nameOfProgram } from "./program-name.ts";

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
