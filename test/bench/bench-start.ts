import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../scripts/bundle.ts";
import { machine } from "./measured.ts";

/**
 * How long zdsync takes to begin, over an empty script (docs/benchmarks.md): `bun run bench:start [TIMES]`, from the source and from the
 * bundle. The best of each counts, as other work shares the machine. Exit 1 beyond 25 ms for `--help` or 60 ms for a stage, whichever of the two times is less.
 */
const TIMES = Number(process.argv[2] ?? 20);
const MOST: Readonly<Record<string, number>> = { "--help": 25, "process --help": 60, "sync --help": 60 };

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-start-"));
try {
  const empty = join(folder, "empty.js");
  await Bun.write(empty, "");
  const programs = {
    source: join(import.meta.dir, "../../bin/zdsync.ts"),
    bundle: (await bundle(join(folder, "dist"))).program,
  };
  const nothing = { wall: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY };
  const cases = Object.entries(programs).flatMap(([from, program]) =>
    Object.keys(MOST).map((line) => ({ from, line, args: [program, ...line.split(" ")], best: { ...nothing } })),
  );
  const base = { from: "", line: "an empty script", args: [empty], best: { ...nothing } };
  // In turns: what else the machine does meets all of them.
  for (let time = 0; time < TIMES; time++) for (const one of [base, ...cases]) await start(one, folder);
  for (const { from, line, best } of cases) {
    const [wall, processor] = [best.wall - base.best.wall, best.processor - base.best.processor];
    console.log(`${line}, ${from}: ${wall.toFixed(0)} ms, ${processor.toFixed(0)} ms of a processor`);
    if (Math.min(wall, processor) > (MOST[line] ?? 0)) process.exitCode = 1;
  }
  console.log(`over an empty script, which takes ${base.best.wall.toFixed(0)} ms; best of ${TIMES}; ${machine()}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function start(
  { args, best }: { args: readonly string[]; best: { wall: number; processor: number } },
  cwd: string,
) {
  const began = performance.now();
  const child = Bun.spawn([process.execPath, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "ignore", "ignore"],
  });
  if ((await child.exited) !== 0) throw new Error(`${args.join(" ")} failed`);
  best.wall = Math.min(best.wall, performance.now() - began);
  best.processor = Math.min(best.processor, Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000);
}
