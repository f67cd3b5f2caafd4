import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { limitsWorld } from "../safety/limits-world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { atTerminal } from "./screen.ts";
import { plainLines, startTerminalWorld } from "./terminal-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Lines as a terminal and a log have them alike: no mark before progress; no times, run ids, ports, and counts of requests. */
function comparable(lines: readonly string[], folder = ""): string[] {
  return lines.map((line) =>
    line
      .trimEnd()
      .replaceAll(folder || "\n", "<folder>")
      .replace(/^ {2}[✓–✗] /, "")
      .replace(/\d+(?:\.\d)? s\b/g, "… s")
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, "<run>")
      .replace(/(?<=\(process )\d+/g, "<process>")
      .replace(/(?<=127\.0\.0\.1:)\d+/g, "<port>")
      .replace(/[\d,]+(?= reads| of 100,?000 )/g, "<count>"),
  );
}

/** The stages go on side by side, so that the order of their lines is not certain; that of the last ones is. */
function expectSame(shown: readonly string[], plain: readonly string[]): void {
  expect([...shown].sort()).toEqual([...plain].sort());
  expect(shown.slice(-2)).toEqual(plain.slice(-2));
}

describe("A3: a terminal shows all that was said, to the closing line, and nothing of what was redrawn", () => {
  test.each([
    ["run", smallWorld, 80, ["run"], 0],
    ["run, in a narrow window where lines of progress wrap", smallWorld, 37, ["run"], 0],
    ["run --dry-run", smallWorld, 80, ["run", "--dry-run"], 0],
    ["preview", smallWorld, 80, ["preview"], 0],
    ["a refusal by limits", limitsWorld, 80, ["run"], 4],
    ["a setting that is wrong", smallWorld, 80, ["run", "--deadline", "soon"], 2],
    ["doctor", smallWorld, 80, ["doctor", "--verbose"], 0],
  ] as const)("%s", async (_, world, columns, args, exit) => {
    await using logged = await startTerminalWorld({ world: world() });
    await using seen = await startTerminalWorld({ world: world() });
    const [plain, shown] = await Promise.all([logged.plain(args), seen.shown(args, { columns })]);
    expect([plain.exit, shown.exit]).toEqual([exit, exit]);
    expectSame(comparable(shown.lines, seen.folder), comparable(plain.lines, logged.folder));
  });

  test("undo, its preview and what came of it", async () => {
    await using world = await startTerminalWorld({ world: smallWorld() });
    await world.plain(["run"]);
    const undo = ["undo", "--results", join(world.folder, "data/global_results.json")];
    // A terminal gets names and values with each record, a log the ids only.
    const shared = (lines: readonly string[]) =>
      comparable(lines).filter((line) => !/^\+ |^ {4}|\(values: /.test(line));
    const plain = await world.plain([...undo, "--dry-run"]);
    const preview = await world.shown([...undo, "--dry-run"], { columns: 200 });
    expect(shared(preview.lines)).toEqual(shared(plain.lines));
    const { lines } = await world.shown([...undo, "--yes"]);
    const ended = plain.lines.indexOf("Nothing was written (--dry-run).");
    expect(ended).toBeGreaterThan(1);
    expect(shared(lines)).toEqual(expect.arrayContaining(shared(plain.lines.slice(1, ended))));
    expect(lines).toContainEqual(expect.stringMatching(/^undo: \d+ applied, 0 failed/));
    expect(lines.at(-1)).toMatch(/^Report: .*report\.html$/);
  });

  test("demo", async () => {
    const folder = await mkdtemp(join(tmpdir(), "zdsync-terminal-"));
    try {
      const demo = (name: string) => [
        "demo",
        "--accounts",
        "20",
        "--time-factor",
        "1000",
        "--data-dir",
        join(folder, name),
      ];
      const plain = await plainLines(demo("plain"));
      const shown = await atTerminal([process.execPath, "bin/zdsync.ts", ...demo("shown")]).ended;
      expect(shown.exit).toBe(0);
      expectSame(comparable(shown.lines, join(folder, "shown")), comparable(plain.lines, join(folder, "plain")));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test.each([80, 20])(
    "%d columns: lines of exactly that width, wrapped and too many ones on both streams",
    async (columns) => {
      const script = `
      const { processOutput } = await import("./lib/report/terminal/output.ts");
      const output = processOutput(["c0nfidential"], false);
      const block = (...widths) => output.live.show(widths.map((width) => "#".repeat(width - 13) + " c0nfidential"));
      block(80, 81);
      output.err("1 " + "a".repeat(78));
      block(19, 20, 21, 40, 200);
      output.out("2 " + "b".repeat(300) + "\\n\\n3");
      block(...Array(40).fill(79));
      output.err("4");
      block(80);
      output.live.show([]);
      output.out("5");
      block(17);
      output.err("6");
      output.live.show([]);`;
      const { exit, lines, sent } = await atTerminal([process.execPath, "-e", script], { columns }).ended;
      expect(exit).toBe(0);
      expect(lines).toEqual([`1 ${"a".repeat(78)}`, `2 ${"b".repeat(300)}`, "", "3", "4", "5", "6"]);
      expect(sent).toContain("# [secret]");
      expect(sent).not.toContain("c0nfidential");
    },
  );
});
