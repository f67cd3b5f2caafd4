import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { RUN_TIMEOUT, startWorld } from "../pipeline/world.ts";
import { plainLines, startTerminalWorld } from "../terminal/terminal-world.ts";
import { fillingDisk } from "./filling-disk.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const NEVER = Number.POSITIVE_INFINITY;
const FULL = "could not be written: the disk is full (ENOSPC). Free some space, then run again.";

const AFTERWARDS =
  /run\.json cannot be written|will have less evidence of this run|the list of runs could not be written/;

/** How many writes to the disk a preview and a run make. */
async function writesOf(extent: "preview" | "run"): Promise<number> {
  await using world = await startWorld({ world: smallWorld() });
  using disk = await fillingDisk(NEVER);
  await world[extent]();
  return disk.writes();
}

describe("A7: a disk that is full in mid-run", () => {
  test("ends with the summary of what was applied, and exit 1, wherever it happens", async () => {
    const [first, last] = [await writesOf("preview"), await writesOf("run")];
    let written = 0;
    for (let k = first; k < last - 1; k += 3) {
      await using world = await startWorld({ world: smallWorld() });
      using disk = await fillingDisk(k);
      const { exit, summary } = await world.run();
      const failures = summary.failures.map(({ message }) => message);
      // Only what tells of the run afterwards was missing: a warning, for everything was applied. `run.json` is written so often as there is time.
      if (exit === 0) {
        expect({ k, warned: AFTERWARDS.test(world.printed()) }).toEqual({ k, warned: disk.writes() >= k });
        for (const { comparison } of summary.reports) {
          if (!comparison) continue;
          const planned = Object.values(comparison.planned).reduce((total, count) => total + count, 0);
          const told = await world.artifact(`${comparison.name}_results.json`);
          expect({ k, name: comparison.name, told: told.length }).toEqual({ k, name: comparison.name, told: planned });
        }
        expect(await world.text("report.md")).toMatch(/^# Applied: /);
        continue;
      }
      expect({ k, exit, told: failures.length > 0 }).toEqual({ k, exit: 1, told: true });
      expect(failures).toContainEqual(expect.stringContaining(FULL));
      expect(world.printed()).not.toContain("bug in zdsync");
      // What a full disk kept from being kept for later is no second trouble.
      expect(world.printed()).not.toContain("will have less evidence of this run");
      const applied = summary.reports
        .flatMap(({ comparison }) => Object.values(comparison?.results ?? {}))
        .reduce((total, counts) => total + counts.applied, 0);
      const zendesk = world.sandbox.writes().filter(({ service }) => service.startsWith("zendesk-"));
      if (zendesk.length > 0) expect({ k, applied: applied > 0 }).toEqual({ k, applied: true });
      if (applied > 0) written++;
    }
    expect(written).toBeGreaterThan(3);
  });

  test("an undo says what it has put back by then", async () => {
    await using world = await startWorld({ world: smallWorld() });
    await world.run({ "run-id": "first" });
    const file = join(world.dataDir, "history/first/global_results.json");
    const { summary: whole } = await world.undo(file, { "dry-run": "true" });
    using _ = await fillingDisk(3);
    const { exit, summary } = await world.undo(file);
    expect(whole.exit).toBe(0);
    expect(exit).toBe(1);
    expect(world.printed()).toContain(FULL);
    const { applied, failed, skipped } = summary.results as Record<string, number>;
    expect((applied ?? 0) + (failed ?? 0) + (skipped ?? 0)).toBeGreaterThan(0);
  });
});

describe("A7: what the system refuses is one sentence, with what to do", () => {
  const told = ({ exit, lines }: { exit: number; lines: string[] }) => ({
    exit,
    errors: lines.filter((line) => /^error: |bug in zdsync|^ +at /.test(line)),
  });

  test.each([
    ["a file", (folder: string) => join(folder, "zdsync.config.yml"), /a part of its path is a file|EEXIST/],
    ["below a file", (folder: string) => join(folder, "zdsync.config.yml/data"), /a part of its path is a file/],
    // Nobody may make files there, not even root.
    ["of the system", () => "/sys/zdsync", /is not accessible to the user|file system is read-only|no such/],
  ])("a data directory that is %s: exit 2", async (_, dataDir, said) => {
    await using world = await startTerminalWorld({ world: smallWorld() });
    const { exit, errors } = told(await world.plain(["preview", "--data-dir", dataDir(world.folder)]));
    expect(exit).toBe(2);
    expect(errors).toEqual([expect.stringMatching(said)]);
    expect(errors[0]).toMatch(/--data-dir/);
  });

  test("a file larger than the system allows: exit 1", async () => {
    await using world = await startTerminalWorld({ world: smallWorld() });
    const { exit, errors } = told(await world.plain(["preview"], {}, "trap '' XFSZ; ulimit -f 0; "));
    expect(exit).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/zdsync\.lock could not be written: .*\(EFBIG\)\. Raise the limit/)]);
  });

  test("no file handles left: exit 1", async () => {
    await using world = await startTerminalWorld({ world: smallWorld() });
    const script = `
      import { openSync } from "node:fs";
      import { runCommand } from "./bin/commands/run.ts";
      import { processOutput } from "./lib/report/terminal/output.ts";
      import "./lib/storage/runs/run-lock.ts";
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      process.exitCode = await runCommand("preview", {}, { env: process.env, output: processOutput([], false), clock: () => new Date(), json: false });`;
    const child = Bun.spawn(["sh", "-c", 'ulimit -n 100; exec "$0" -e "$1" 2>&1', process.execPath, script], {
      cwd: join(import.meta.dir, "../.."),
      env: { PATH: process.env.PATH, ...world.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = (await child.stdout.text()).split("\n");
    const { exit, errors } = told({ exit: await child.exited, lines });
    expect(exit).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/could not be opened: too many open files \(EMFILE\)/)]);
  });

  test("a port of the sandbox that is taken: exit 2", async () => {
    await using taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
    const first = Math.min(taken.port ?? 0, 65_000);
    const { exit, errors } = told(await plainLines(["sandbox", "--accounts", "1", "--port", String(first)]));
    expect(exit).toBe(2);
    expect(errors).toEqual([
      expect.stringMatching(
        /^error: Port \d+ is in use by another program \(EADDRINUSE\)\. Stop that program, or choose another port/,
      ),
    ]);
  });
});

test("A7: what was written before the disk was full adds up, record by record, in the summary", async () => {
  const first = await writesOf("preview");
  await using world = await startWorld({ world: smallWorld() });
  using _ = await fillingDisk(first + 12);
  const { summary } = await world.run();
  for (const { comparison } of summary.reports) {
    if (!comparison?.results) continue;
    const { create, update, mark } = comparison.results;
    const all = [create, update, mark].map(({ applied, failed, skipped }) => applied + failed + skipped);
    const { creates, updates, marks } = comparison.planned;
    expect(all).toEqual([creates, updates, marks]);
  }
});
