import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pages } from "./pages.ts";

/*
 * What a page says that people will see is what the program says. In the tables of symptoms the first column quotes messages, `…` for what differs:
 * what stands between must be in the sources as it is.
 */

const ROOT = join(import.meta.dir, "../..");
const TABLES = [
  ["README.md", "| what you see |"],
  ["docs/slack.md", "| you see | do |"],
] as const;
/** Said by others: Slack, and a program's ends. */
const OTHERS = /dispatch_failed|operation_timeout|^SIGTERM$|^deadline$/;

const all = await pages();
const sources = await sourceText();

function quotedIn(page: string, head: string): string[] {
  const text = all.find(({ name }) => name === page)?.text ?? "";
  const [table = ""] = text.slice(text.indexOf(head)).split("\n\n");
  const firstColumn = table.split("\n").map((row) => row.split(/(?<!\\)\|/)[1] ?? "");
  return firstColumn.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`|"([^"]+)"/g)].map(([, code, said]) => code ?? said ?? ""),
  );
}

async function sourceText(): Promise<string> {
  const texts = await Promise.all(
    ["lib", "bin", "bot", "actions"].map(async (folder) => {
      const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
      const files = entries.filter(({ name }) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
      return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
    }),
  );
  return texts.flat().join("\n");
}

test.each(TABLES)("%s: the symptoms are messages of the program", (page, head) => {
  const quoted = quotedIn(page, head).filter((text) => !OTHERS.test(text));
  expect(quoted.length).toBeGreaterThan(4);
  const parts = quoted.flatMap((text) =>
    text
      .split("…")
      .map((part) => part.trim())
      .filter((part) => part.length > 3),
  );
  expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
});
