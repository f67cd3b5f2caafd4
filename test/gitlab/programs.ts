import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { SandboxOptions } from "../../sandbox/types.ts";
import { requireTool } from "../../scripts/check/machine-tools.ts";
import { TODAY } from "../pipeline/world.ts";

export const ROOT = join(import.meta.dir, "../..");

/** How a program ended, and what it printed. */
export interface Ended {
  exit: number;
  out: string;
  /** Both streams. */
  printed: string;
}

/** Runs a program with exactly this environment: nothing of the machine's, so that no test needs what a clean one lacks. */
export async function runProgram(
  command: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
): Promise<Ended> {
  const child = Bun.spawn([...command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exit, out, printed: `${out}\n${err}` };
}

/** A temporary folder that removes itself with `await using`. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "zdsync-ci-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The folders of the machine's own programs (git, bash, rsync), without any Bun. */
export const MACHINE_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(
  delimiter,
);

/** Makes a folder with nothing but `bun` in it, the one the tests run on. @returns the folder, for a PATH */
export async function folderWithBun(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await symlink(process.execPath, join(folder, "bun"));
  return folder;
}

/** The folder of the `npm` in use, for those who install Bun with it. */
export function folderOfNpm(): string {
  requireTool("npm");
  return dirname(Bun.which("npm") ?? "");
}

/** A sandbox as programs of their own see it: by its environment, with the configuration in a file. */
export async function sandboxFor(
  folder: string,
  options: SandboxOptions = {},
): Promise<{ sandbox: RunningSandbox; env: Record<string, string> } & AsyncDisposable> {
  const sandbox = await startSandbox({ today: TODAY, timeFactor: 1000, ...options });
  const config = join(folder, "sandbox-config.yml");
  await writeFile(config, sandbox.world.config);
  return {
    sandbox,
    env: { ...sandbox.env, ZDSYNC_CONFIG: config },
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}
