import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OVERRIDE_KEYS } from "../../lib/settings/files/overrides.ts";
import { pages } from "./pages.ts";

const ROOT = join(import.meta.dir, "../..");
const TABLE = "docs/decisions/0037-promises-and-their-tests.md";

/** The points, by letter and how many there are. */
const POINTS = { A: 17, B: 8, C: 7 };

test("every point of the table has tests, and each is in the file that it names", async () => {
  const text = await readFile(join(ROOT, TABLE), "utf8");
  const rows = [...text.matchAll(/^\| ([ABC]\d+) \|([^|]*)\|([^|]*)\|$/gm)];
  const wanted = Object.entries(POINTS).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
  expect(rows.map(([, point]) => point)).toEqual(wanted);
  const missing: string[] = [];
  for (const [, point, , holds = ""] of rows) {
    const tests = [...holds.matchAll(/`([^`]+\.test\.ts)` "([^"]+)"/g)];
    if (tests.length === 0) missing.push(`${point}: no test`);
    for (const [, file = "", name = ""] of tests) {
      const source = await readFile(join(ROOT, file), "utf8").catch(() => "");
      if (!source.includes(name)) missing.push(`${point}: ${file} has no test "${name}"`);
    }
  }
  expect(missing).toEqual([]);
});

test("A16: docs/gitlab.md says what needs which GitLab, what to write while there is no release, and every key of an override", async () => {
  const page = (await pages()).find(({ name }) => name === "docs/gitlab.md");
  expect(page?.text).toMatch(/`access: maintainer`\s+needs GitLab \d+\.\d+/);
  expect(page?.text).toMatch(/GitLab refuses a `ref` that does not exist\. \*\*Until there is a released one\*\*/);
  const yaml = (page?.blocks ?? []).filter(({ language }) => language === "yaml").map(({ text }) => text);
  const override = yaml.find((text) => text.includes("salesforce_id:")) ?? "";
  for (const key of OVERRIDE_KEYS) expect(override).toMatch(new RegExp(`^[- ] ${key}:`, "m"));
});

test("A17: pages say that others delete what is marked, and none that marks are only for people to review", async () => {
  const all = await pages();
  for (const { name, text } of all)
    expect([name, /only marked for people|never deleted/i.test(text)]).toEqual([name, false]);
  const safety = all.find(({ name }) => name === "docs/safety.md");
  expect(safety?.text).toMatch(/What others do with a mark is up to them/);
  expect(safety?.text).toMatch(/deletes marked organizations without open tickets every Saturday/);
  expect(safety?.text).toContain("not_in_sfdc");
});
