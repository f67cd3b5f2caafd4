import { constants } from "node:fs";
import { join } from "node:path";
import { edges } from "../../lib/edges/edges.ts";
import { mkdir, open, readFile } from "../../lib/edges/files.ts";

/** A child process; its end gives its exit code, or null if it was killed. */
export interface Child {
  pid: number;
  /** Answers once it has ended. */
  exited: Promise<number | null>;
  /** Set once it has ended. */
  hasExited(): boolean;
}

/** Never through a link. */
const APPEND_PLAIN = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/** File for a child's output, next to its record: the child redacts its output, and it is never posted. */
export const OUTPUT_LOG = "output.log";

/**
 * Starts a program in a process group of its own, so that whatever ends the bot does not take it along; never through a shell.
 * Its output goes to `output.log` in `folder`. Throws what the system says where it cannot be started.
 */
export async function startChild(
  argv: readonly string[],
  { folder, env, cwd }: { folder: string; env: Readonly<Record<string, string | undefined>>; cwd: string },
): Promise<Child> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = await open(join(folder, OUTPUT_LOG), APPEND_PLAIN, 0o600);
  try {
    const child = Bun.spawn([...argv], {
      env: { ...env },
      stdin: "ignore",
      stdout: log.fd,
      stderr: log.fd,
      detached: true,
      cwd,
    });
    child.unref();
    const exited = child.exited.then((code) => (child.signalCode === null ? code : null));
    return { pid: child.pid, exited, hasExited: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    await log.close();
  }
}

/** True if a process exists and is zdsync, as far as the system shows: process ids are reused. */
export async function isZdsync(pid: number): Promise<boolean> {
  if (!edges().process.isAlive(pid)) return false;
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  // Elsewhere than on Linux nothing tells.
  return line === null || line.includes("zdsync") || line.includes("run-id");
}
