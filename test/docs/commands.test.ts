import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { COMMANDS } from "../../bin/commands.ts";
import { program } from "../../bin/program.ts";
import { parseCommand } from "../../bot/commands/parse-command.ts";
import { EXIT } from "../../lib/errors.ts";
import { describeInputs } from "../../lib/pipeline/parse-inputs.ts";
import { pages } from "./pages.ts";

/* Every command that a page shows is one that the program takes. Nothing is run: README's own two are, by CI and test/bot/demo.test.ts. */

const ROOT = join(import.meta.dir, "../..");
const all = await pages();
/** Languages of blocks whose lines are typed at a terminal, or run by a machine. */
const SHELLS = ["sh", "crontab", "ini"];
const CALL = /(?:^|[\s=])(?:bun bin\/zdsync\.ts|zdsync)(?= |$)(.*)/;

/** What stands for something else in examples. */
const PLACEHOLDERS: [RegExp, string][] = [
  [/\bDIGEST\b/g, "0".repeat(64)],
  [/\bRUN_ID\b/g, "20261123T210303Z-4f3a9c"],
  [/=N\b/g, "=1"],
];

/** The words of a call, without comment, redirection and what other programs get. */
function wordsOf(line: string): string[] | null {
  const [, rest] = CALL.exec(line.replace(/\s+#\s.*$/, "")) ?? [];
  if (rest === undefined) return null;
  let call = rest.replace(/\s*(?:>>?|&&|\|).*$/, "");
  for (const [pattern, value] of PLACEHOLDERS) call = call.replaceAll(pattern, value);
  return [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

const shown = all.flatMap(({ name, blocks, inline }) => [
  ...blocks
    .filter(({ language }) => SHELLS.includes(language))
    .flatMap(({ text }) => text.split("\n").filter((line) => !/^\s*#/.test(line)))
    .map((line) => ({ name, line })),
  // In a sentence `zdsync` begins a command; what a log or a pipeline's name says is quoted with a colon.
  ...inline.filter((code) => /^(?:bun bin\/zdsync\.ts|zdsync) (?!.*:)/.test(code)).map((line) => ({ name, line })),
]);
const calls = shown.flatMap(({ name, line }) => {
  const words = wordsOf(line);
  return words ? [{ name, line: line.trim(), words }] : [];
});

test("there are such commands, on every page for operators", () => {
  expect(calls.length).toBeGreaterThan(30);
  for (const page of ["README.md", "docs/safety.md", "docs/slack.md", "docs/rehearse.md"])
    expect(calls.filter(({ name }) => name === page).length).toBeGreaterThan(2);
});

test.each(calls.map(({ name, line, words }) => [name, line, words] as const))("%s: %s", async (_page, _line, words) => {
  let performed = 0;
  const exit = await program(words, {}, async () => {
    performed++;
    return EXIT.done;
  });
  expect({ words, exit, performed }).toEqual({ words, exit: EXIT.done, performed: words.includes("--help") ? 0 : 1 });
});

test("every flag that stands alone in a sentence is one of some command", async () => {
  const loaded = await Promise.all(Object.values(COMMANDS).map((command) => command.load()));
  const flags = new Set([
    ...["--help", "--version", "--json", "--quiet"],
    ...loaded.flatMap(({ inputs }) => describeInputs(inputs).map(({ name }) => `--${name}`)),
  ]);
  // docs/benchmarks.md is about a script.
  const unknown = all
    .filter(({ name }) => name !== "docs/benchmarks.md")
    .flatMap(({ name, inline }) =>
      inline
        .flatMap((code) => /^(--[a-z-]+)(?:[ =]|$)/.exec(code)?.[1] ?? [])
        .filter((flag) => !flags.has(flag))
        .map((flag) => `${name}: ${flag}`),
    );
  expect(unknown).toEqual([]);
});

test("every `bun run` is a script of package.json", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const run = all.flatMap(({ name, text }) =>
    [...text.matchAll(/\bbun(?:@[\d.]+)? run ([a-z][a-z:-]*)/g)].map(([, script = ""]) => ({ name, script })),
  );
  expect(run.length).toBeGreaterThan(10);
  expect(run.filter(({ script }) => !Object.hasOwn(scripts, script))).toEqual([]);
});

test("every `/zdsync` is a command of the bot", () => {
  const typed = all.flatMap(({ name, inline }) =>
    inline.filter((code) => /^\/zdsync\b/.test(code)).map((code) => ({ name, code })),
  );
  expect(typed.length).toBeGreaterThan(10);
  const wrong = typed.filter(({ code }) => {
    // As the table of commands has it: brackets around what may be left out, one of several.
    const line = code
      .replace("/zdsync", "")
      .replaceAll("\\|", "|")
      .replaceAll(/\[([^\]|]*)(?:\|[^\]]*)?\]/g, "$1")
      .replace(/ failed with.*/, "")
      .replace(/<[^>]*>/, "Example")
      // The command's name alone.
      .replace(/^ (org|explain)$/, " $1 Example");
    return parseCommand(line).is !== "understood";
  });
  expect(wrong).toEqual([]);
});
