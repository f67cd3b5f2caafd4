import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INVARIANTS } from "../invariants/invariants.ts";
import { PLANTED } from "./planted.ts";

const root = join(import.meta.dir, "../../..");

test("the text that each planted bug replaces stands exactly once in its file", () => {
  const counts = PLANTED.map(({ name, file, find }) => [
    name,
    readFileSync(join(root, file), "utf8").split(find).length - 1,
  ]);
  expect(counts).toEqual(PLANTED.map(({ name }) => [name, 1]));
});

test("there are at least thirty planted bugs, each with a name of its own, a change and an invariant that should find it", () => {
  expect(PLANTED.length).toBeGreaterThanOrEqual(30);
  expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
  expect(PLANTED.filter(({ find, replace, expects }) => find === replace || expects.length === 0)).toEqual([]);
});

test("some of them are found in the story where they were found last, which holds without them", () => {
  const names = ["the lock is ignored", "undo forgets the name", "organizations are created without a look"];
  const { stdout, exitCode } = Bun.spawnSync([process.execPath, "test/simulate/plant.ts", "--remembered", ...names], {
    cwd: root,
  });
  expect(stdout.toString()).toContain(`${names.length} of ${names.length} found`);
  expect(exitCode).toBe(0);
}, 300_000);

test("each planted bug names invariants that there are", () => {
  const known = new Set(INVARIANTS.map(({ name }) => name));
  expect(PLANTED.flatMap(({ expects }) => expects.filter((name) => !known.has(name)))).toEqual([]);
});
