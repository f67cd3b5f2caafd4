import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { SandboxOptions } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";
import { type AtTerminal, atTerminal, type Shown, type TerminalOptions } from "./screen.ts";

const ROOT = join(import.meta.dir, "../..");

/** A sandbox, and zdsync as a person starts it. */
export interface TerminalWorld extends AsyncDisposable {
  sandbox: RunningSandbox;
  folder: string;
  /** Starts a command at a terminal; its data directory is `folder/data`. */
  start(args: readonly string[], options?: TerminalOptions): AtTerminal;
  /** Runs a command at a terminal to its end. */
  shown(args: readonly string[], options?: TerminalOptions): Promise<Shown>;
  env: Readonly<Record<string, string>>;
  /** The lines that the same command prints where there is no terminal; `before`: what a shell does before it starts. */
  plain(
    args: readonly string[],
    env?: TerminalOptions["env"],
    before?: string,
  ): Promise<{ exit: number; lines: string[] }>;
}

/** Starts a world for commands at a terminal. */
export async function startTerminalWorld(options: SandboxOptions): Promise<TerminalWorld> {
  const sandbox = await startSandbox({ today: TODAY, timeFactor: 1000, ...options });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-terminal-"));
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const own = { ...sandbox.env, ZDSYNC_CONFIG: config, ZDSYNC_DATA_DIR: join(folder, "data") };
  const start = (args: readonly string[], { env, ...size }: TerminalOptions = {}) =>
    atTerminal([process.execPath, "bin/zdsync.ts", ...args], { ...size, env: { ...own, ...env } });
  return {
    sandbox,
    folder,
    start,
    shown: (args, given) => start(args, given).ended,
    env: own,
    plain: (args, env, before) => plainLines(args, { ...own, ...env }, before),
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What zdsync prints where there is no terminal, both streams in the order of their lines. */
export async function plainLines(
  args: readonly string[],
  env: TerminalOptions["env"] = {},
  before = "",
): Promise<{ exit: number; lines: string[] }> {
  const child = Bun.spawn(["sh", "-c", `${before}exec "$@" 2>&1`, "sh", process.execPath, "bin/zdsync.ts", ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await child.stdout.text();
  return { exit: await child.exited, lines: text.trimEnd().split("\n") };
}
