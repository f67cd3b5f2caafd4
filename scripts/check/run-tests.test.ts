import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTests } from "./run-tests.ts";

/** Each file as `bun test` meets it, with the real runner: what the closing counts and the named failures must be. */
setDefaultTimeout(60_000);

const OK = 'import { expect, test } from "bun:test";\ntest("ok", () => expect(1).toBe(1));\n';

async function outcome(files: Record<string, string>, args: string[] = []) {
  const cwd = await mkdtemp(join(tmpdir(), "zdsync-run-tests-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const begun: number[] = [];
    const env = { PATH: process.env.PATH ?? "", CI: "1" };
    const { passed, failures, log } = await runTests(args, { cwd, env, onProgress: (count) => begun.push(count) });
    const printed = log === null ? "" : await readFile(log, "utf8");
    if (log !== null) await rm(dirname(log), { recursive: true });
    return { passed, failures, names: failures.map(({ name }) => name), begun, printed };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

describe("tests of run check", () => {
  test("what passes counts, what is skipped does not, and nothing is a failure", async () => {
    const skipped = `${OK}test.skip("not now", () => {});\ntest.todo("one day");\n`;
    const { passed, failures, begun } = await outcome({ "a.test.ts": OK, "b.test.ts": skipped });
    expect({ passed, failures, begun }).toEqual({ passed: 2, failures: [], begun: [1, 2] });
  });

  test("a failed test is named with its file and groups, its message and place; its noise is in the log only", async () => {
    const { passed, failures, printed } = await outcome({
      "a.test.ts": `${OK}import { describe } from "bun:test";
describe("outer", () => describe("in <&>", () => test("deep", () => {
  console.log("noise");
  expect({ a: 1 }).toEqual({ a: 2 });
})));`,
    });
    expect(passed).toBe(1);
    expect(failures).toEqual([
      {
        name: "a.test.ts: outer > in <&> > deep",
        message: expect.stringContaining('-   "a": 2'),
        where: ["a.test.ts:6:20"],
      },
    ]);
    expect(printed).toContain("noise");
  });

  test("a test that takes too long says so", async () => {
    const slow = 'import { test } from "bun:test";\ntest("slow", () => new Promise(() => {}), 20);\n';
    const { failures } = await outcome({ "a.test.ts": slow });
    expect(failures).toEqual([{ name: "a.test.ts: slow", message: "test timed out", where: ["a.test.ts:2"] }]);
  });

  test("a hook that fails is one failure, and what its file had passed still counts", async () => {
    const hook = (when: string) =>
      `import { ${when} } from "bun:test";\n${OK}${when}(() => { throw new Error("${when} broke"); });\n`;
    const { passed, failures } = await outcome({ "a.test.ts": hook("beforeAll"), "b.test.ts": hook("afterAll") });
    expect(failures.map(({ name, message }) => [name, message])).toEqual([
      ["a.test.ts: (hook)", "beforeAll broke"],
      ["b.test.ts: (hook)", "afterAll broke"],
    ]);
    expect(passed).toBe(1);
  });

  test("files that do not load are failures with what was said, those without tests, too", async () => {
    const { passed, failures } = await outcome({
      "a.test.ts": 'import { nothing } from "./missing.ts";\nnothing();\n',
      "b.test.ts": 'throw new Error("top level");\n',
      "c.test.ts": "export {};\n",
      "d.test.ts": OK,
    });
    const messages = Object.fromEntries(failures.map(({ name, message }) => [name, message]));
    expect(messages).toEqual({
      "a.test.ts did not load": expect.stringContaining("Cannot find module './missing.ts'"),
      "b.test.ts did not load": expect.stringContaining("top level"),
      "c.test.ts": "has no test",
    });
    expect(passed).toBe(1);
  });

  for (const [how, end] of [
    ["exits as if all were well", "process.exit(0)"],
    ["exits", "process.exit(3)"],
    ["is killed", 'process.kill(process.pid, "SIGKILL")'],
  ] as const)
    test(`a file that ${how} is a failure with its last output; what had passed and failed before still counts, other files, too`, async () => {
      const dying = `${OK}test("bad", () => expect(1).toBe(2));\ntest("last", () => { console.error("my words"); ${end}; });\n`;
      const { passed, names, failures } = await outcome({ "a.test.ts": OK, "b.test.ts": dying, "c.test.ts": OK });
      expect({ passed, names }).toEqual({ passed: 3, names: ["b.test.ts: bad", "b.test.ts: (worker crashed)"] });
      expect(failures[1]?.message).toContain("my words");
    });

  test("a pattern that no file has is a failure, not a green run", async () => {
    const { passed, names, failures } = await outcome({ "a.test.ts": OK }, ["nosuch"]);
    expect({ passed, names }).toEqual({ passed: 0, names: ["bun test"] });
    expect(failures[0]?.message).toContain("did not match any test files");
  });
});
