import { expect, test } from "bun:test";
import { join } from "node:path";
import { BAD_LUCK, someHours } from "./some-hours.ts";

test("the real program runs in a simulation; a quiet hour writes nothing", async () => {
  const { ends } = await someHours(1, [{}, {}]);
  expect(ends.map(({ exit }) => exit)).toEqual([0, 0]);
  const writes = ends[1]?.requests.filter(({ method, path }) => method !== "GET" && !/oauth/.test(path));
  expect(writes).toEqual([]);
});

test("one seed, one trace: twice in one process, and in another", async () => {
  const one = await someHours(5, BAD_LUCK);
  expect(one.ends.map(({ exit }) => exit)).toEqual([expect.any(Number), "killed", "killed", 5, expect.any(Number)]);
  expect((await someHours(5, BAD_LUCK)).digest).toBe(one.digest);
  expect((await someHours(6, BAD_LUCK)).digest).not.toBe(one.digest);
  const other = Bun.spawnSync([process.execPath, join(import.meta.dir, "some-hours.ts"), "5"]);
  expect(other.stdout.toString()).toBe(one.digest);
});
