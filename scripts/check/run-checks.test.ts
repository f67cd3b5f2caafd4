import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Check, runChecks } from "./run-checks.ts";

setDefaultTimeout(60_000);

const FINE = { name: "fine", args: ["-e", "console.log('noise')"] };
const BROKEN = { name: "broken", args: ["-e", "console.log('a.ts(1,2): wrong'); process.exit(2)"] };

/** Prints of a run over a folder with these test files. */
async function printed(checks: readonly Check[], files: Record<string, string>, live = false) {
  const root = await mkdtemp(join(tmpdir(), "zdsync-run-checks-"));
  let text = "";
  const out = { write: (part: string) => (text += part) };
  try {
    for (const [name, file] of Object.entries(files)) await writeFile(join(root, name), file);
    const passed = await runChecks({ root, checks, testArgs: [], env: { PATH: process.env.PATH ?? "" }, out, live });
    const [, log = ""] = /printed: (.*)$/m.exec(text) ?? [];
    if (log) await rm(dirname(log), { recursive: true });
    return { passed, text };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const tests = (count: number, body = "") =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `t${index}.test.ts`,
      `import { test } from "bun:test";\ntest("t", () => { console.log("noise"); ${body} });\n`,
    ]),
  );

test("a green run is a line for each check, one for each fifty test files, and the counts alone on the last line", async () => {
  const { passed, text } = await printed([FINE, FINE], tests(101));
  expect(passed).toBeTrue();
  expect(text).toBe(
    "✓ fine\n✓ fine\n  tests: 50 files so far\n  tests: 100 files so far\n✓ tests (101)\n\n103 passed, 0 failed\n",
  );
});

test("a red run goes on to the end, shows the failures and nothing else, and closes with the counts", async () => {
  const { passed, text } = await printed([BROKEN, FINE], {
    ...tests(1),
    "u.test.ts": 'import { test } from "bun:test";\ntest("t", () => { throw new Error("boom"); });\n',
  });
  expect(passed).toBeFalse();
  expect(text.replace(/printed: .*/, "printed: LOG")).toBe(`
✗ broken
  a.ts(1,2): wrong
  all of it: bun -e console.log('a.ts(1,2): wrong'); process.exit(2)
✓ fine

✗ u.test.ts: t
  boom
  at u.test.ts:2:41

All that the tests printed: LOG

2 passed, 2 failed
`);
});

test("where the dependencies cannot be installed nothing else is tried, and the counts say so", async () => {
  const { text } = await printed([{ ...BROKEN, first: true }, FINE], tests(1));
  expect(text).toEndWith("\n\n0 passed, 1 failed\n");
});

test("on a terminal a live line is overwritten, and never by the last one", async () => {
  const { text } = await printed([FINE], tests(2), true);
  expect(text).toContain("\r\u001b[2Ktests: 2 files");
  expect(text).toEndWith("\r\u001b[2K\n3 passed, 0 failed\n");
});
