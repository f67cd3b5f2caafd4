import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** A page that people read: README.md, CONTRIBUTING.md, those of docs/ (without the decisions), and the stages. */
export interface Page {
  name: string;
  text: string;
  /** What stands between fences, with the fence's language. */
  blocks: { language: string; text: string }[];
  /** What stands in backticks within a line. */
  inline: string[];
}

export async function pages(): Promise<Page[]> {
  const docs = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  const names = ["README.md", "CONTRIBUTING.md", "actions/README.md", ...docs.sort()];
  return Promise.all(names.map(async (name) => pageOf(name, await readFile(join(ROOT, name), "utf8"))));
}

function pageOf(name: string, text: string): Page {
  const fenced = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
  const blocks = [...text.matchAll(fenced)].map(([, indent = "", language = "", body = ""]) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
  const inline = [...text.replaceAll(fenced, "").matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = ""]) => code);
  return { name, text, blocks, inline };
}
