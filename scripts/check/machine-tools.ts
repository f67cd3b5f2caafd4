import { existsSync } from "node:fs";

/** A program that the checks start and that does not come with `bun install`. */
export interface MachineTool {
  /** Its command; where distributions differ in its name, all of them. */
  commands: readonly string[];
  /** Its Debian packages. */
  debian: readonly string[];
  /** Checks that are impossible without it. */
  neededFor: string;
}

/**
 * Every program that the checks want of the machine, Bun apart. To add one, add a line here, and `requireTool` where tests begin to
 * need it: `run check` installs it where it can, and the tests fail by name where it cannot.
 */
export const MACHINE_TOOLS = {
  git: { commands: ["git"], debian: ["git"], neededFor: "pipelines and actions (test/gitlab)" },
  // Debian's Node takes certificates from the system, and only recommends the package that has them.
  npm: { commands: ["npm"], debian: ["npm", "ca-certificates"], neededFor: "the GitHub actions (test/gitlab)" },
  chromium: { commands: ["chromium"], debian: ["chromium"], neededFor: "the page of a report (test/page)" },
  rsync: { commands: ["rsync"], debian: ["rsync"], neededFor: "pipelines (test/gitlab)" },
} as const satisfies Record<string, MachineTool>;

export type ToolName = keyof typeof MACHINE_TOOLS;

/** Facts about the machine that decide whether and how a tool can be installed. */
export interface Machine {
  /** True if a command is on the PATH. */
  has(command: string): boolean;
  isRoot: boolean;
  isDebian: boolean;
}

/** The machine this program runs on. */
export function thisMachine(): Machine {
  return {
    has: (command) => Bun.which(command) !== null,
    isRoot: process.getuid?.() === 0,
    isDebian: existsSync("/etc/debian_version"),
  };
}

/** Names of the tools of a table that a machine lacks. */
export function missingTools(tools: Readonly<Record<string, MachineTool>>, machine: Pick<Machine, "has">): string[] {
  return Object.keys(tools).filter((name) => !tools[name]?.commands.some((command) => machine.has(command)));
}

/** Remedy for missing tools: a command that installs them, or a line for the person who has to. */
export type Remedy = { install: string[] } | { say: string };

/** Installs only as root on Debian (and what is made of it): nowhere else is a package put on somebody's machine unasked. */
export function remedyFor(
  tools: Readonly<Record<string, MachineTool>>,
  missing: readonly string[],
  machine: Machine,
): Remedy {
  const packages = missing.flatMap((name) => tools[name]?.debian ?? []);
  if (machine.isRoot && machine.isDebian && machine.has("apt-get")) return { install: packages };
  return { say: missingLine(tools, missing, machine) };
}

/** One line: what is missing, what cannot be checked without it, how to get it. */
export function missingLine(
  tools: Readonly<Record<string, MachineTool>>,
  missing: readonly string[],
  { isDebian }: Pick<Machine, "isDebian">,
): string {
  const reasons = missing.map((name) => `${name}, needed for ${tools[name]?.neededFor}`);
  const packages = missing.flatMap((name) => tools[name]?.debian ?? []).join(" ");
  const remedy = isDebian
    ? `sudo apt-get install --no-install-recommends ${packages}`
    : `with this machine's package manager (in Debian: ${packages})`;
  return `Not installed: ${reasons.join("; ")}. Those tests will fail, everything else is checked. Install: ${remedy}`;
}

/** For tests that start a tool: says in one sentence that it is missing, before anything fails in a way that does not show it. */
export function requireTool(name: ToolName): void {
  const machine = thisMachine();
  if (missingTools(MACHINE_TOOLS, machine).includes(name))
    throw new Error(
      `${name} is not installed (Debian: ${MACHINE_TOOLS[name].debian.join(" ")}): nothing of this file was run`,
    );
}

/**
 * Installs what is missing where that is ours to do; tests that need what is still missing fail by themselves (`requireTool`).
 * @returns a line for the person who started the checks; null where nothing was missing
 */
export function provideTools(machine = thisMachine(), install = installPackages): string | null {
  const missing = missingTools(MACHINE_TOOLS, machine);
  if (missing.length === 0) return null;
  const remedy = remedyFor(MACHINE_TOOLS, missing, machine);
  if ("say" in remedy) return remedy.say;
  const problem = install(remedy.install);
  const still = missingTools(MACHINE_TOOLS, machine);
  if (still.length === 0) return `Installed with apt-get: ${remedy.install.join(", ")}`;
  return `${missingLine(MACHINE_TOOLS, still, machine)} (apt-get ${problem ? `failed: ${problem}` : "installed it, but it is not on the PATH"})`;
}

/** Installs Debian packages, as root. @returns null, or why it failed: apt-get's last line about an error */
function installPackages(packages: readonly string[]): string | null {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
    const { exitCode, stderr } = Bun.spawnSync(["apt-get", "-qq", ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (exitCode === 0) continue;
    const lines = stderr.toString().trim().split("\n");
    return lines.findLast((line) => line.startsWith("E:")) ?? lines.at(-1) ?? `exit ${exitCode}`;
  }
  return null;
}
