import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { ExitCode } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld, stateOf, type TestWorld } from "../pipeline/world.ts";
import { startChildWorld } from "./child-run.ts";
import { fillingDisk, halfFiles } from "./filling-disk.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const NEVER = Number.POSITIVE_INFINITY;
const AFTERWARDS = [
  "run.json cannot be written",
  "will have less evidence of this run",
  "the list of runs could not be written",
];

/** What came of a command on a disk that is full from one write on. */
async function onDisk(world: TestWorld, extent: "preview" | "run", ...full: Parameters<typeof fillingDisk>) {
  using disk = await fillingDisk(...full);
  const before = world.printed().length;
  // A run with the id of a preview would be refused before it wrote anything.
  const { exit } = await world[extent]({ "run-id": `a-${extent}` });
  return { exit, writes: disk.writes(), half: await halfFiles(world.dataDir), said: world.printed().slice(before) };
}

/**
 * The exit code it must have: 1, but 0 with a warning where all that failed is what tells of a run afterwards (evidence, record, list of runs).
 * How often `run.json` is written depends on how long stages take: a run may end before its k-th write, and then must end well.
 */
function exitFor({ exit, said, writes }: { exit: ExitCode; said: string; writes: number }, k: number): ExitCode {
  if (writes < k) return 0;
  return exit === 0 && AFTERWARDS.some((warning) => said.includes(warning)) ? 0 : 1;
}

describe("B3: every file is written whole or not at all: a disk that is full from the k-th write on", () => {
  test("for every k of a preview, over the files of earlier ones", async () => {
    await using world = await startWorld({ world: smallWorld() });
    const undisturbed = await onDisk(world, "preview", NEVER);
    expect(undisturbed).toMatchObject({ exit: 0, half: [] });
    for (let k = 1; k <= undisturbed.writes; k++) {
      const end = await onDisk(world, "preview", k);
      expect({ k, half: end.half, exit: end.exit }).toEqual({ k, half: [], exit: exitFor(end, k) });
      expect(end.said.includes("ENOSPC")).toBe(end.writes >= k);
      expect(end.said).not.toMatch(/ {4}at |bug in zdsync/);
    }
    expect(await onDisk(world, "preview", NEVER)).toMatchObject({ exit: 0, half: [] });
  });

  test("for every k of a preview where one write fails and the disk has space again", async () => {
    await using world = await startWorld({ world: smallWorld() });
    const { writes } = await onDisk(world, "preview", NEVER);
    for (let k = 1; k <= writes; k++) {
      const end = await onDisk(world, "preview", k, "once");
      expect({ k, half: end.half, exit: end.exit }).toEqual({ k, half: [], exit: exitFor(end, k) });
    }
  });

  // In four parts: each k is a run of its own, in a world of its own.
  test.each([0, 1, 2, 3])(
    "for every k of a run once it can have begun to write; the run after it finishes the work (part %i)",
    async (part) => {
      await using reference = await startWorld({ world: smallWorld() });
      const { writes: first } = await onDisk(reference, "preview", NEVER);
      const { writes: last } = await onDisk(reference, "run", NEVER);
      expect(last).toBeGreaterThan(first);
      for (let k = first - 4 + part; k <= last; k += 4) {
        await using world = await startWorld({ world: smallWorld() });
        const end = await onDisk(world, "run", k);
        expect({ k, half: end.half, exit: end.exit }).toEqual({ k, half: [], exit: exitFor(end, k) });
        expect(end.said).not.toContain("bug in zdsync");
        if (k % 8 > 0) continue;
        expect((await world.run()).exit).toBe(0);
        expect(stateOf(world.sandbox)).toEqual(stateOf(reference.sandbox));
      }
    },
  );
});

test("B3: under the system's own limit on the size of files: exit 1, no half file, one sentence", async () => {
  await using world = await startChildWorld({ world: smallWorld() });
  const program = [process.execPath, "bin/zdsync.ts", "run", "--data-dir", world.path("data")];
  const child = Bun.spawn(["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", ...program], {
    cwd: join(import.meta.dir, "../.."),
    env: { PATH: process.env.PATH ?? "", ...world.sandbox.env, ZDSYNC_CONFIG: world.path("zdsync.config.yml") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = (await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])).join("");
  expect(await child.exited).toBe(1);
  expect(said).toContain("(EFBIG)");
  expect(said).not.toMatch(/ {4}at |bug in zdsync/);
  expect(await halfFiles(world.path("data"))).toEqual([]);
  expect(world.sandbox.writes()).toEqual([]);
});
