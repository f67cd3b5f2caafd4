import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { peakMemory, resetPeakMemory } from "./peak-memory.ts";

/** What some work took. Seconds of a processor are those of all threads: other work that shares the machine does not lengthen them much. */
export interface Measured<T> {
  value: T;
  seconds: number;
  processor: number;
  /** The most memory that was held meanwhile, in megabytes; in this process, with what was held before. */
  megabytes: number;
}

/** Measures work in this process. */
export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  resetPeakMemory();
  const began = performance.now();
  const used = process.cpuUsage();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { value, seconds, processor: (user + system) / 1e6, megabytes: peakMemory() };
}

/** Measures a command of zdsync as a program of its own, its start included. Throws where it ends with another exit code than expected. */
export async function measuredCommand(args: readonly string[], exits: readonly number[]): Promise<Measured<string>> {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-memory-"));
  try {
    const memory = join(folder, "megabytes");
    const began = performance.now();
    const command = [
      "--preload",
      `${import.meta.dir}/peak-memory.ts`,
      `${import.meta.dir}/../../bin/zdsync.ts`,
      ...args,
    ];
    const child = Bun.spawn([process.execPath, ...command], {
      env: { PATH: process.env.PATH ?? "", ZDSYNC_BENCH_MEMORY: memory },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [value, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const exit = await child.exited;
    const seconds = (performance.now() - began) / 1000;
    if (!exits.includes(exit)) throw new Error(`zdsync ${args[0]} ended with ${exit}: ${complaint.slice(0, 2000)}`);
    const processor = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
    return { value, seconds, processor, megabytes: Number(await readFile(memory, "utf8")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line for docs/benchmarks.md. */
export function told({ seconds, processor, megabytes }: Measured<unknown>): string {
  return `${seconds.toFixed(2)} s (processor ${processor.toFixed(2)} s), most memory ${megabytes} MB`;
}

/** The machine, and what else it is doing. */
export function machine(): string {
  const load = loadavg().map((one) => one.toFixed(1));
  return `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model}), Bun ${Bun.version}, load ${load.join(" ")}`;
}
