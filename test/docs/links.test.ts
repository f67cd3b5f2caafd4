import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pages } from "./pages.ts";

/* Whatever a page points at is there: files, headings, functions. */

const ROOT = join(import.meta.dir, "../..");
const all = await pages();

/** A heading's anchor, as GitHub and GitLab make it. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
}

async function anchorsOf(path: string): Promise<string[]> {
  const text = (await readFile(path, "utf8")).replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading.trim()));
}

test("every link within the repository leads somewhere, headings included", async () => {
  const dead: string[] = [];
  let links = 0;
  for (const { name, text } of all) {
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      links++;
      const [file = "", anchor] = target.split("#");
      const path = join(ROOT, file === "" ? name : join(dirname(name), file));
      if (!existsSync(path)) dead.push(`${name}: ${target}`);
      else if (anchor !== undefined && !(await anchorsOf(path)).includes(anchor)) dead.push(`${name}: ${target}`);
    }
  }
  expect(links).toBeGreaterThan(50);
  expect(dead).toEqual([]);
});

test("every file of the repository that a page names is there", () => {
  const named = all.flatMap(({ name, inline }) =>
    inline.flatMap((code) => {
      const [path] =
        /^(?:actions|bin|bot|docs|lib|sandbox|scripts|templates|test|\.gitlab)\/[\w./-]+$/.exec(code) ?? [];
      return path ? [{ name, path }] : [];
    }),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("every function that docs/life-of-an-account.md names is one", async () => {
  const [page] = all.filter(({ name }) => name === "docs/life-of-an-account.md");
  const named = (page?.inline ?? []).filter((code) => /^[a-z]+[A-Z]\w*$/.test(code));
  expect(named.length).toBeGreaterThan(15);
  const files = (await Promise.all(["lib", "actions", "bin"].map(sources))).flat();
  const code = (await Promise.all(files.map((path) => readFile(path, "utf8")))).join("\n");
  const isThere = (name: string) =>
    new RegExp(`\\b(?:function|const|async|get) \\*?${name}\\b|^ {2}${name}\\(`, "m").test(code);
  // A resource of Salesforce's API.
  expect(named.filter((name) => name !== "queryAll" && !isThere(name))).toEqual([]);
});

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const isSource = (name: string) => name.endsWith(".ts") && !name.endsWith(".test.ts");
  return entries.filter((one) => one.isFile() && isSource(one.name)).map((one) => join(one.parentPath, one.name));
}
