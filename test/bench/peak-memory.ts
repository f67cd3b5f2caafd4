import { readFileSync, writeFileSync } from "node:fs";

/** The most memory that this process held, in megabytes, since `resetPeakMemory` where the system can say so, else ever. */
export function peakMemory(): number {
  const [, kilobytes] = (process.platform === "linux" && /VmHWM:\s+(\d+)/.exec(statusText())) || [];
  if (kilobytes !== undefined) return Math.round((Number(kilobytes) * 1024) / 1e6);
  return Math.round(process.resourceUsage().maxRSS / 1e6);
}

/** Collects what is garbage, and begins to measure anew. */
export function resetPeakMemory(): void {
  Bun.gc(true);
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}

function statusText(): string {
  return readFileSync("/proc/self/status", "utf8");
}

/* Preloaded into a program that is measured. What its parent sees of it would begin with the parent's own memory. */
const file = process.env.ZDSYNC_BENCH_MEMORY;
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(peakMemory())));
