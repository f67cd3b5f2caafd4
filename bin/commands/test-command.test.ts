import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/* As whoever edits plans.yml runs it: no credentials, no data directory. */

const ROOT = join(import.meta.dir, "../..");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-test-"));
  await writeFile(join(folder, "plans.yml"), await readFile(join(ROOT, "plans.yml")));
  await writeFile(join(folder, "plans.test.yml"), await readFile(join(ROOT, "plans.test.yml")));
  await writeFile(
    join(folder, "wrong.yml"),
    "cases:\n  - { name: <one> & two, account: { charges: [SaaS - Premium - 1 Year] }, expect: {} }\n",
  );
});
afterAll(() => rm(folder, { recursive: true }));

function zdsync(...words: string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: folder };
  const { exitCode, stdout, stderr } = Bun.spawnSync(["bun", join(ROOT, "bin/zdsync.ts"), "test", ...words], {
    cwd: folder,
    env,
  });
  return { exit: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test("without files: the usual ones beside the plans; all pass, exit 0", () => {
  expect(zdsync()).toEqual({ exit: 0, out: "test: 10 of 10 cases passed.\n", err: "" });
});

test("several files; a failed case ends with 1, is shown, and stands in the JUnit file", async () => {
  const { exit, out } = zdsync("plans.test.yml", "wrong.yml", "--junit", "junit.xml");
  expect(exit).toBe(1);
  expect(out).toContain("FAILED <one> & two (wrong.yml:2)");
  expect(out).toEndWith("test: 10 of 11 cases passed, 1 failed.\n");
  const junit = await readFile(join(folder, "junit.xml"), "utf8");
  expect(junit).toContain('tests="11" failures="1"');
  expect(junit).toContain('name="wrong.yml: &lt;one&gt; &amp; two"');
});

test("files that are not there, and words that are no flags: exit 2, all at once", () => {
  const { exit, err } = zdsync("no.yml", "plans.test.yml", "--plans", "nope.yml");
  expect(exit).toBe(2);
  expect(err).toContain("no.yml: does not exist");
  expect(err).toContain("nope.yml: does not exist");
  expect(zdsync("plans.test.yml", "--juint", "x")).toMatchObject({ exit: 2, out: "" });
});
