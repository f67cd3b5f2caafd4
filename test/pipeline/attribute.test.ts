import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_TIMEOUT } from "./world.ts";

/** The README's "add an organization attribute", word by word: a copy of the repository in which that one line was added. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const ROOT = join(import.meta.dir, "../..");
const FIELD = "customer_health";
/** What the stages rest on; the rest of the tests is about what surrounds them, and takes minutes. */
const CORE = [
  "lib/domain",
  "lib/remotes/salesforce",
  "lib/storage/artifacts",
  "lib/changesets",
  "lib/doctor",
  "lib/sync",
  "lib/report",
];
const WORLD = ["test/pipeline/oddities.test.ts"];

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-attribute-"));
  const left = /^\/(?:node_modules|\.git|dist|reports|(?:demo-)?data)$/;
  await cp(ROOT, folder, { recursive: true, filter: (source) => !left.test(source.slice(ROOT.length)) });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const [, line = ""] = /add one line to `ATTRIBUTES`[\s\S]*?```ts\n(.*\n)```/.exec(
    await readFile(join(ROOT, "README.md"), "utf8"),
  ) ?? ["", ""];
  expect(line).toContain(FIELD);
  const path = join(folder, "lib/domain/attributes.ts");
  const source = await readFile(path, "utf8");
  const marker = "export const ATTRIBUTES = {\n";
  expect(source).toContain(marker);
  await writeFile(path, source.replace(marker, marker + line));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs Bun in the copy. */
async function bun(...args: string[]) {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exit: await child.exited, out, printed: `${out}\n${err}` };
}

describe("adding an organization attribute is one line in one file", () => {
  test("types, format, lint and generated files are as they must be", async () => {
    for (const args of [
      ["x", "tsc", "-p", "."],
      ["x", "biome", "ci", "--error-on-warnings", "lib/domain"],
      ["scripts/generate.ts", "--check"],
    ]) {
      const { exit, printed } = await bun(...args);
      expect({ args, exit, printed: exit === 0 ? "" : printed }).toEqual({ args, exit: 0, printed: "" });
    }
  });

  test("the demo writes the field in both instances, and nothing when it runs again", async () => {
    const { exit, printed } = await bun(
      "bin/zdsync.ts",
      "demo",
      "--accounts",
      "500",
      "--data-dir",
      join(folder, "demo"),
    );
    expect({ exit, printed: exit === 0 ? "" : printed }).toEqual({ exit: 0, printed: "" });
    expect(printed).toMatch(/Second run: .* reads and 0 writes/);
    const history = join(folder, "demo/history/demo-first");
    for (const instance of ["global", "usgov"]) {
      const names = (await readdir(history)).filter((name) => name.startsWith(instance) && /update/.test(name));
      const changes = await Promise.all(names.map((name) => readFile(join(history, name), "utf8")));
      expect({ instance, names, written: changes.some((text) => text.includes(`"${FIELD}":"Sample"`)) }).toEqual({
        instance,
        names,
        written: true,
      });
    }
  });

  test("the tests of everything that the stages rest on pass as they are", async () => {
    const { exit, printed } = await bun("test", "--timeout=60000", ...CORE, ...WORLD);
    const failed = printed.match(/^\(fail\) .*$|^error: .*$/gm) ?? [];
    expect({ exit, failed }).toEqual({ exit: 0, failed: [] });
  });
});
