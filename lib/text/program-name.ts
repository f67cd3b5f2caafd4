import { basename, relative } from "node:path";

/** Text that a person types to start this program; commands that people are told to type begin with it. */
let name = "zdsync";

/** Returns the text that starts this program: `zdsync`, or in a checkout `bun bin/zdsync.ts`. */
export function programName(): string {
  return name;
}

/** Matches the name before one of our commands in a text that suggests it; null if no commands were given. */
let beforeCommand: RegExp | null = null;

/**
 * Told once, when the program starts. `commands`: what may follow the name in a text. At the beginning of a line the name says who is
 * speaking (`zdsync run RUN_ID · …`), and after "by" whose work something is.
 */
export function startedAs(startedName: string, commands: readonly string[] = []): void {
  name = startedName;
  const following = `(?=(?:${commands.join("|")})(?![\\w-])|\\[)`;
  beforeCommand = commands.length === 0 ? null : new RegExp(`(?<![\\w/.-]|^|by )zdsync ${following}`, "gm");
}

/** A text for the terminal whose commands are those that were typed. Files that others read keep `zdsync`. */
export function asTyped(text: string): string {
  return beforeCommand === null || name === "zdsync" ? text : text.replace(beforeCommand, () => `${name} `);
}

/**
 * The name by which a program was started. Bun's `argv` has the script's real path also where a link on the `PATH` was typed; the shell's
 * `_` has what was typed. Pure.
 *
 * @param argv as `process.argv`: the runtime, the script, …
 * @param typed the environment's `_`
 */
export function nameOfProgram(argv: readonly string[], typed: string | undefined, directory: string): string {
  const script = argv[1] ?? "";
  if (basename(script) !== "zdsync.ts" || basename(typed ?? "") === "zdsync") return "zdsync";
  const path = relative(directory, script);
  return `bun ${path.startsWith("..") ? script : path}`;
}
