import { dirname, join } from "node:path";
import { Glob } from "bun";
import { type Edges, withEdges } from "../../lib/edges/edges.ts";
import { MACHINE } from "../../lib/edges/machine.ts";
import { streamOf } from "../simulate/kernel/chance.ts";
import { VirtualClock } from "../simulate/kernel/clock.ts";
import { countedFiles, passesOver } from "./counted-files.ts";
import { peakMemory } from "./peak-memory.ts";
import { ProgramMeter } from "./program-meter.ts";
import { askPort, timedNetwork } from "./timed-network.ts";

/* One run of a program, in a process of its own: its processor time and its memory are this process's. */

export interface ProgramOptions {
  program: "ours" | "original";
  /** Of the remotes. */
  port: number;
  /** Milliseconds since 1970. */
  startAt: number;
  env: Record<string, string>;
  dataDir: string;
  /** Whether the program's work takes time. Without it the same commit asks the same requests at the same moments, on every machine. */
  workTakesTime: boolean;
  /** Where the result is written. */
  result: string;
}

/** What one run came to. */
export interface ProgramResult {
  exit: number;
  /** Milliseconds since 1970, on the virtual clock. */
  endedAt: number;
  /** Of virtual time, work included. */
  seconds: number;
  /** Of those, in which no request was under way. */
  quietSeconds: number;
  processorSeconds: number;
  megabytes: number;
  /** Of each artifact, how often it was read and written whole. */
  passes: Record<string, { reads: number; writes: number }>;
  /** The last of what was printed. */
  said: string;
}

const ROOT = join(import.meta.dir, "../..");
const SAID = 4_000;

/** Runs a program on virtual time with its work in it. */
export async function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  const meter = await ProgramMeter.begun();
  const program = options.program === "ours" ? await ours() : (await import("./original/original.ts")).original;
  const clock = new VirtualClock(
    options.startAt,
    streamOf(1, "order of what is due"),
    options.workTakesTime ? meter : null,
  );
  const { files, traffic } = countedFiles(clock);
  const network = timedNetwork(askPort(options.port), { clock, meter });
  const drawn = streamOf(1, "chance of the program");
  const said: string[] = [];
  const stream = { isTerminal: false, write: (text: string) => void said.push(text) };
  const edges: Edges = {
    fetch: network.fetch,
    clock: {
      now: () => Math.floor(clock.now()),
      after: (milliseconds, act, { keepsAlive = true } = {}) => clock.after(milliseconds, act, { keepsAlive }),
    },
    chance: { random: () => drawn.random(), bytes: (length) => drawn.bytes(length) },
    files,
    process: { ...MACHINE.process, stdout: stream, stderr: stream, onSignal: () => () => {} },
  };
  let ended: { exit: number } | { error: unknown } | null = null;
  const note = (end: { exit: number } | { error: unknown }) => {
    ended ??= end;
    clock.touch();
  };
  withEdges(edges, () => program(options)).then(
    (exit) => note({ exit }),
    (error: unknown) => note({ error }),
  );
  await clock.until(() => ended !== null);
  const endedAt = clock.now();
  const quietSeconds = network.quietMs() / 1000;
  const processorSeconds = meter.processorMs() / 1000;
  const end = ended as { exit: number } | { error: unknown } | null;
  if (end === null) throw new Error("the program waits for something that never comes");
  if ("error" in end) throw end.error;
  return {
    exit: end.exit,
    endedAt,
    seconds: (endedAt - options.startAt) / 1000,
    quietSeconds,
    processorSeconds,
    megabytes: peakMemory(),
    passes: await passesOver(traffic, options.dataDir),
    said: said.join("").slice(-SAID),
  };
}

/** The real command. All that it loads when it needs it is loaded now: a module that is loaded takes real time. */
async function ours(): Promise<(options: ProgramOptions) => Promise<number>> {
  const { program } = await import("../../bin/program.ts");
  for (const file of new Glob("{actions,bin,lib}/**/*.ts").scanSync(ROOT)) {
    if (/\.test\.ts$|(?:bot|sandbox|demo|simulate|undo|explain|audit|doctor)-[\w-]*command|\/bot\b/.test(file))
      continue;
    const text = await Bun.file(join(ROOT, file)).text();
    for (const [, name = ""] of text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g))
      if (!/bot\/|sandbox|-command\.ts$|bolt/.test(name) || /run-command\.ts$/.test(name))
        await import(name.startsWith(".") ? join(ROOT, dirname(file), name) : Bun.resolveSync(name, ROOT));
  }
  return ({ env, dataDir }) => program(["run", "--data-dir", dataDir], env);
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? "{}") as ProgramOptions;
  await Bun.write(options.result, JSON.stringify(await runProgram(options)));
  process.exit(0);
}
